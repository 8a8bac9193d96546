/** Asks one authority for country tokens (docs/design/trust.md, The country token; RFC 8693, RFC 7523, RFC 9449). */
import { randomUUID } from 'node:crypto'
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleType, isBrokenCircuitError } from 'cockatiel'
import { SignJWT } from 'jose'
import { z } from 'zod'
import { parseJson } from '../../../contract/json-value.ts'
import { type CountryTokenClaims, countryTokenClaims } from '../../../contract/trust/country-token.ts'
import { sha256Url } from '../../../contract/trust/digest.ts'
import { parseJwsPart } from '../../../contract/trust/unambiguous-json.ts'
import type { SealedToken } from '../../../service/authenticate/sealed-token.ts'
import { MalformedAnswer } from '../../../service/http/exchange.ts'
import { AnswerTooLarge, askAgainOnce, post } from '../../../service/http/post.ts'
import type { Channel } from '../../../service/http/tls-pools.ts'
import { AuthorityUnavailable, ExchangeRefused } from '../leg-failures.ts'
import type { LegKey } from '../leg-key.ts'

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN_URN = 'urn:ietf:params:oauth:token-type:access_token'
const COUNTRY_TOKEN_URN = 'urn:istmo:token-type:country-token'
const ASSERTION_URN = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** How long an assertion and a proof live, in seconds. */
const ASSERTION_LIFETIME_S = 60

/** How long one exchange may take, with its repetitions, in milliseconds. */
const EXCHANGE_TIMEOUT_MS = 3_000

/** The largest answer that is read, in bytes: a token, and the proof of a mandate. */
const MAX_ANSWER_BYTES = 131_072

const HEADERS: readonly string[] = Object.freeze([
  ...['content-type', 'application/x-www-form-urlencoded'],
  ...['accept', 'application/json'],
])

/** The errors that are not about the caller: the gateway's own configuration, or the authority's state. */
const OWN_FAULTS: ReadonlySet<string> = new Set([
  'invalid_client',
  'unauthorized_client',
  'invalid_dpop_proof',
  'use_dpop_nonce',
  'server_error',
  'temporarily_unavailable',
])

/** An authority as the gateway knows it. */
export interface Authority {
  /** Its pinned issuer name: the `aud` of assertions, and the `iss` of country tokens. */
  readonly issuer: string
  readonly tokenEndpoint: URL
  /** The gateway's `client_id` there. */
  readonly client: string
}

/** What is asked of an authority. */
export interface ExchangeRequest {
  readonly accessToken: SealedToken
  /** The `jti` of the access token. */
  readonly tokenId: string | undefined
  /** The one country that the token is for. */
  readonly country: string
  readonly scopes: readonly string[]
  /** The question statement with the disclosure of this country; null for an access token that is not bound to a key. */
  readonly question: string | null
  readonly wantsProof: boolean
}

/** A country token as the authority gave it. The gateway passes it on and does not verify it, because the country does. */
export interface CountryToken {
  readonly token: string
  /** SHA-256 of the token, base64url. */
  readonly hash: string
  readonly claims: CountryTokenClaims
  /** The proof of the mandate, if it was asked for. */
  readonly proof?: unknown
}

/** What {@link createExchangeClient} works with. */
export interface ExchangeClientOptions {
  readonly authority: Authority
  /** The leg key: it signs assertions and proofs, and becomes the token's `cnf.jkt`. */
  readonly key: LegKey
  /** The gateway's name: `act.sub` of the token. */
  readonly gateway: string
  /** Returns the connections to the authority's token endpoint. */
  readonly channel: () => Pick<Channel, 'pool'>
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/** Gets a country token. Rejects with {@link AuthorityUnavailable} or {@link ExchangeRefused}. */
export type Exchange = (request: ExchangeRequest) => Promise<CountryToken>

/**
 * Creates the client of one authority. It keeps the authority's newest nonce, and while it has none, one request fetches it and the others wait, so
 * that a first question to many countries costs one round trip more and not one each.
 */
export function createExchangeClient(options: ExchangeClientOptions): Exchange {
  let nonce: string | undefined
  let firstNonce: Promise<void> | null = null

  return async function exchange(request) {
    const signal = AbortSignal.timeout(EXCHANGE_TIMEOUT_MS)
    if (nonce === undefined && firstNonce !== null) await firstNonce
    const first = attempt(request, signal)
    if (nonce === undefined && firstNonce === null) firstNonce = settled(first).finally(() => (firstNonce = null))
    const answer = await first
    const needsNonce = answer.error === 'use_dpop_nonce'
    return toCountryToken(needsNonce ? await attempt(request, signal) : answer, request, options)
  }

  async function attempt(request: ExchangeRequest, signal: AbortSignal): Promise<Answer> {
    const answer = await send(options, request, nonce, signal)
    nonce = answer.nonce ?? nonce
    return answer
  }
}

/** Waits until a promise is settled. */
async function settled(promise: Promise<unknown>): Promise<void> {
  await promise.catch(() => undefined)
}

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly nonce: string | undefined
  /** The error code of the body; null if it has none. */
  readonly error: string | null
  /** Closes the connection that the answer came over. */
  readonly close: () => void
}

async function send(
  options: ExchangeClientOptions,
  request: ExchangeRequest,
  nonce: string | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    // An authority that had closed the connection is asked with an assertion and a proof that are new.
    return await askAgainOnce(() => sendOnce(options, request, nonce, signal))
  } catch (cause) {
    const isBad = cause instanceof AnswerTooLarge || cause instanceof MalformedAnswer
    if (isBad) throw new AuthorityUnavailable(`the authority's answer: ${cause.message}`, { cause })
    const reason = signal.aborted ? `no answer in ${EXCHANGE_TIMEOUT_MS} ms` : 'no connection'
    throw new AuthorityUnavailable(`the authority gave ${reason}`, { cause })
  }
}

async function sendOnce(
  { authority, key, channel, now }: ExchangeClientOptions,
  request: ExchangeRequest,
  nonce: string | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  const { tokenEndpoint, client, issuer } = authority
  const nowS = Math.floor(now() / 1_000)
  const [assertion, proof] = await Promise.all([
    signAssertion(key, { client, issuer, nowS }),
    signProof(key, { tokenEndpoint, nonce, nowS }),
  ])
  const { status, headers, body, close } = await post(
    channel().pool,
    {
      path: tokenEndpoint.pathname + tokenEndpoint.search,
      headers: [...HEADERS, 'dpop', proof],
      body: toForm(request, assertion),
    },
    { signal, maxBytes: MAX_ANSWER_BYTES },
  )
  const json = parseJson(body.toString('utf8'))
  const error = errorBody.safeParse(json)
  return {
    status,
    body: json,
    nonce: typeof headers['dpop-nonce'] === 'string' ? headers['dpop-nonce'] : undefined,
    error: error.success ? error.data.error : null,
    close,
  }
}

const errorBody = z.object({ error: z.string().regex(/^[a-z_]{1,64}$/) })
const tokenBody = z.object({
  access_token: z.string(),
  issued_token_type: z.literal(COUNTRY_TOKEN_URN),
  mandate_proof: z.unknown().optional(),
})

function toForm({ accessToken, country, scopes, question, wantsProof }: ExchangeRequest, assertion: string): string {
  return new URLSearchParams({
    grant_type: GRANT_TYPE,
    subject_token: accessToken.reveal(),
    subject_token_type: ACCESS_TOKEN_URN,
    audience: country,
    scope: scopes.join(' '),
    client_assertion_type: ASSERTION_URN,
    client_assertion: assertion,
    ...(question !== null && { question }),
    ...(wantsProof && { mandate_proof: '1' }),
  }).toString()
}

function signAssertion(
  { privateKey, kid }: LegKey,
  { client, issuer, nowS }: { readonly client: string; readonly issuer: string; readonly nowS: number },
): Promise<string> {
  const times = { iat: nowS, exp: nowS + ASSERTION_LIFETIME_S }
  return new SignJWT({ iss: client, sub: client, aud: issuer, jti: randomUUID(), ...times })
    .setProtectedHeader({ alg: 'EdDSA', kid })
    .sign(privateKey)
}

function signProof(
  { privateKey, publicKeys }: LegKey,
  {
    tokenEndpoint,
    nonce,
    nowS,
  }: { readonly tokenEndpoint: URL; readonly nonce: string | undefined; readonly nowS: number },
): Promise<string> {
  const [{ kty, crv, x } = {}] = publicKeys.keys as readonly { kty?: string; crv?: string; x?: string }[]
  const htu = tokenEndpoint.origin + tokenEndpoint.pathname
  return new SignJWT({ htm: 'POST', htu, iat: nowS, jti: randomUUID(), ...(nonce !== undefined && { nonce }) })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'dpop+jwt', jwk: { kty, crv, x } as never })
    .sign(privateKey)
}

/**
 * Checks that the answer is a country token for this officer, this country and this gateway, so that a wrong one is named here and not at each node.
 * An answer to another request closes its connection: the answers behind it would be others' too.
 */
function toCountryToken(
  { status, body, error, close }: Answer,
  { accessToken, tokenId, country, question }: ExchangeRequest,
  { authority, key, gateway }: ExchangeClientOptions,
): CountryToken {
  if (status !== 200) {
    if (error === null || status >= 500 || status === 429 || OWN_FAULTS.has(error)) {
      throw new AuthorityUnavailable(
        `the authority answered with status ${status}${error === null ? '' : ` and ${error}`}`,
      )
    }
    throw new ExchangeRefused(error)
  }
  const parsed = tokenBody.safeParse(body)
  if (!parsed.success) throw new AuthorityUnavailable('expected the answer of a token exchange (RFC 8693 section 2.2)')
  const { access_token: token, mandate_proof: proof } = parsed.data
  const claims = countryTokenClaims.safeParse(parseJwsPart(token.split('.')[1] ?? ''))
  const isOurs =
    claims.success &&
    claims.data.iss === authority.issuer &&
    claims.data.aud === country &&
    claims.data.cnf.jkt === key.kid &&
    claims.data.act.sub === gateway &&
    claims.data.caller_jti === tokenId &&
    claims.data.caller_ath === (question === null ? undefined : sha256Url(accessToken.reveal()))
  if (!isOurs) {
    close()
    throw new AuthorityUnavailable('expected a country token for this access token, this country and this gateway')
  }
  return Object.freeze({ token, hash: sha256Url(token), claims: claims.data, ...(proof !== undefined && { proof }) })
}

/** After how many failures in a row an authority is not asked for a while. One question may ask for several tokens at once. */
const BREAKER_FAILURES = 5

/** How long it is not asked, in milliseconds, before one request tries it again. */
const BREAKER_COOLDOWN_MS = 1_000

/** Runs a request to the authority, or rejects with {@link AuthorityUnavailable} at once while the authority fails. */
export type GuardExchange = <Result>(exchange: () => Promise<Result>) => Promise<Result>

/**
 * Creates the circuit breaker of one authority. A refusal does not count as a failure, because an authority that refuses works.
 * @param onChange called when the breaker opens or closes.
 */
export function createAuthorityBreaker(onChange: (state: 'closed' | 'open' | 'half-open') => void): GuardExchange {
  const policy = circuitBreaker(handleType(AuthorityUnavailable), {
    breaker: new ConsecutiveBreaker(BREAKER_FAILURES),
    halfOpenAfter: BREAKER_COOLDOWN_MS,
  })
  policy.onStateChange((state) => {
    if (state === CircuitState.Closed) onChange('closed')
    else onChange(state === CircuitState.HalfOpen ? 'half-open' : 'open')
  })
  return async (exchange) => {
    // The library would make the others wait for the trial.
    if (policy.state === CircuitState.HalfOpen) throw notAsked()
    try {
      return await policy.execute(exchange)
    } catch (error) {
      throw isBrokenCircuitError(error) ? notAsked() : error
    }
  }
}

function notAsked(): AuthorityUnavailable {
  return new AuthorityUnavailable('the authority has failed several times in a row and is not asked for a moment')
}

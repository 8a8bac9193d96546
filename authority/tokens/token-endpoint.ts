import type { IncomingMessage, ServerResponse } from 'node:http'
import { compactVerify } from 'jose'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { phraseDetail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import type { KeysByThumbprint } from '../../contract/trust/key-set.ts'
import { parseJwsPart } from '../../contract/trust/unambiguous-json.ts'
import type { EntryBase, WrittenEntry } from '../../service/audit-log/recorder.ts'
import { NonceRequiredError } from '../../service/authenticate/credentials.ts'
import {
  checkKeyProof,
  type ProofWorld,
  ReplayedProofError,
  type ReplayStore,
} from '../../service/authenticate/dpop-proof.ts'
import { credentialsOf } from '../../service/http/credentials.ts'
import { NONCE_HEADER, sendJson } from '../../service/http/json-response.ts'
import type { CommitGroup } from '../log/authority-log.ts'
import type { Client } from '../settings/files.ts'
import {
  type CountRequest,
  exchangeForCountry,
  grantAccessToken,
  type KnownSoFar,
  type MadeToken,
  type TokenParts,
} from './exchanges.ts'
import { readForm, TOKEN_EXCHANGE, type TokenForm } from './form.ts'
import { TokenRefusal } from './refusal.ts'

/** The token endpoint: client authentication, proof of key, the two exchanges, and the entry before the answer. */

/** The path of the token endpoint. */
export const TOKEN_PATH = '/token'

/** How many refusals of one known client have an entry of their own within a minute. Further ones are counted. */
const MAX_REFUSAL_ENTRIES = 60

const MINUTE_MS = 60_000

/** What the endpoint works with. */
export interface EndpointParts extends TokenParts {
  readonly uses: ReplayStore
  /** Returns seconds since 1970. Assertions that were made before are refused. */
  readonly notBeforeS: () => number
  /** Against what proofs of keys are checked. */
  readonly world: ProofWorld
  /** Whether gateways must come with a client certificate. They must if the authority speaks TLS. */
  readonly demandsCertificate: boolean
  readonly group: CommitGroup
  /** The log's name, and the first members of a new entry. */
  readonly origin: string
  readonly newBase: () => EntryBase
  readonly countRejection: (reason: string) => void
  /** Resolves when the rows of an entry are written. Rejects if the database is away. */
  readonly reachRows: (written: WrittenEntry) => Promise<void>
  readonly log: Pick<Logger, 'error' | 'warn'>
}

/** What is known of a request, for its answer and the entry of its refusal. */
interface RequestState extends KnownSoFar {
  client: KnownClient | null
  nextNonce: string | null
}

/** Answers a request for a token, also one that fails. */
export type AnswerTokenRequest = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** Creates the token endpoint. No token leaves before its entry is durable. */
export function createTokenEndpoint(parts: EndpointParts): AnswerTokenRequest {
  const { world } = parts
  const countRefusal = createMinuteLimit(parts.now, MAX_REFUSAL_ENTRIES)
  const mayWriteRefusal = (client: string): boolean => countRefusal(client) === 0
  const countRequest = createMinuteLimit(parts.now, parts.settings.tokensPerMinute)
  return async (request, response) => {
    const state: RequestState = {
      client: null,
      nextNonce: null,
      officer: null,
      grant: null,
      country: null,
      mandate: null,
    }
    const end = parts.group.begin()
    try {
      const form = await readForm(request)
      const { answer } = await makeToken(request, form, { state, parts, world, countRequest })
      sendJson(response, 200, answer, nonceHeader(state.nextNonce))
    } catch (error) {
      const refusal = await noteRefusal(toRefusal(error, parts.log), state, { parts, mayWriteRefusal })
      const challenge = refusal.status === 401 ? { 'www-authenticate': 'DPoP' } : {}
      const wait = refusal.retryAfterS === null ? {} : { 'retry-after': String(refusal.retryAfterS) }
      sendJson(response, refusal.status, refusal.body, {
        ...challenge,
        ...wait,
        ...nonceHeader(refusal.nonce ?? state.nextNonce),
      })
    } finally {
      end()
    }
  }
}

interface Answering {
  readonly state: RequestState
  readonly parts: EndpointParts
  readonly countRequest: CountRequest
  readonly world: ProofWorld
}

/** Authenticates the client, makes its token, and writes the entry. */
async function makeToken(
  request: IncomingMessage,
  form: TokenForm,
  { state, parts, world, countRequest }: Answering,
): Promise<MadeToken<'access-token' | 'country-token'>> {
  if (form.grant_type !== TOKEN_EXCHANGE) {
    throw new TokenRefusal('GRANT_NOT_SUPPORTED', `expected grant_type ${TOKEN_EXCHANGE}, the only one here`)
  }
  const { settings, clients, now, notBeforeS } = parts
  const checks = { clients: clients(), issuer: settings.issuer, nowS: now() / 1_000, notBeforeS: notBeforeS() }
  const known = await authenticateClient(form, checks)
  state.client = known
  const { client, assertion } = known
  const { clientCertificate, ...credentials } = credentialsOf(request)
  const isProved = credentials.proofs.length > 0 || client.kind === 'gateway'
  const bound = client.kind === 'gateway' ? (assertion?.keyThumbprint ?? null) : null
  const proof = isProved ? await checkKeyProof(credentials, { ath: null, keyThumbprint: bound }, world) : null
  state.nextNonce = proof?.nextNonce ?? null
  if (assertion !== null && !(await parts.uses.noteFirstUse(sha256Url(assertion.use), assertion.untilS))) {
    throw new TokenRefusal('ASSERTION_REPLAYED', 'expected a client assertion with a `jti` that was not used before')
  }
  const made = await exchange(
    known,
    { form, keyThumbprint: proof?.keyThumbprint ?? null, clientCertificate },
    { state, parts, countRequest },
  )
  const written = await writeEntry({ ...parts.newBase(), origin: parts.origin, ...made.entry } as Entry, parts)
  // An access token without its row would open nothing, so its holder must not have it. No row is made of a country token.
  if (made.entry.kind === 'access-token') await parts.reachRows(written)
  else parts.reachRows(written).catch(() => undefined)
  await made.confirm()
  return made
}

interface Proved {
  readonly form: TokenForm
  readonly keyThumbprint: string | null
  readonly clientCertificate: string | null
}

function exchange(
  { client }: KnownClient,
  proved: Proved,
  { state, parts, countRequest }: Omit<Answering, 'world'>,
): Promise<MadeToken<'access-token' | 'country-token'>> {
  const { keyThumbprint, clientCertificate } = proved
  if (client.kind === 'tool') return grantAccessToken({ ...proved, client, countRequest }, parts, state)
  if (client.kind === 'oversight') throw new TokenRefusal('CLIENT_UNKNOWN', 'expected a tool or a gateway')
  if (parts.demandsCertificate && clientCertificate === null) {
    throw new TokenRefusal(
      'CERTIFICATE_MISSING',
      'expected a client certificate of the gateway that the authority’s CA issued',
    )
  }
  // The proof of a gateway was checked against the key of its assertion, so there is one.
  return exchangeForCountry({ ...proved, client, keyThumbprint: keyThumbprint ?? '' }, parts, state)
}

async function writeEntry(entry: Entry, { group }: EndpointParts): Promise<WrittenEntry> {
  try {
    return await group.write(entry)
  } catch (cause) {
    throw new TokenRefusal('UNAVAILABLE', 'the audit log of this authority cannot be written now. Try again', { cause })
  }
}

/** Turns what was thrown into what the client may see, and logs what is our own fault. */
function toRefusal(error: unknown, log: EndpointParts['log']): TokenRefusal {
  if (error instanceof TokenRefusal) return error
  if (error instanceof NonceRequiredError) {
    const message = 'expected a proof with the nonce of the header DPoP-Nonce'
    return new TokenRefusal('NONCE_REQUIRED', message, { cause: error, nonce: error.nonce })
  }
  if (error instanceof IstmoError && error.code === 'PROOF_INVALID') {
    const reason = error instanceof ReplayedProofError ? 'PROOF_REPLAYED' : 'PROOF_INVALID'
    return new TokenRefusal(reason, `of the DPoP proof, ${phraseDetail(error.detail)}`, { cause: error })
  }
  log.error({ err: error }, 'a request for a token failed')
  return new TokenRefusal('UNAVAILABLE', 'this authority cannot answer now. Try again', { cause: error })
}

interface NotingRefusals {
  readonly parts: EndpointParts
  readonly mayWriteRefusal: (client: string) => boolean
}

/**
 * Writes the entry of a refusal if it is known who asked, or counts it: strangers must not be able to fill the disk.
 * @returns the refusal that the client gets.
 */
async function noteRefusal(
  refusal: TokenRefusal,
  state: RequestState,
  { parts, mayWriteRefusal }: NotingRefusals,
): Promise<TokenRefusal> {
  const { reason } = refusal
  // A client without a nonce does nothing wrong: this is how it gets one.
  if (reason === 'NONCE_REQUIRED') return refusal
  const client = state.client?.assertion != null || state.officer !== null ? (state.client?.client ?? null) : null
  if (client === null || reason === 'UNAVAILABLE' || reason === 'TOO_OFTEN' || !mayWriteRefusal(client.id)) {
    parts.countRejection(reason)
    return refusal
  }
  const { officer, grant, country, mandate } = state
  const asked = client.kind === 'gateway' ? 'COUNTRY_TOKEN' : 'ACCESS_TOKEN'
  const base = { ...parts.newBase(), origin: parts.origin, kind: 'token-refusal' } as const
  try {
    await writeEntry({ ...base, client: client.id, asked, reason, officer, grant, country, mandate }, parts)
    return refusal
  } catch (error) {
    return toRefusal(error, parts.log)
  }
}

/** Counts what each name does in a minute. Returns 0, or after how many seconds a name that has done `most` may go on. */
function createMinuteLimit(now: () => number, most: number): (name: string) => number {
  const counts = new Map<string, number>()
  let minute = 0
  return (name) => {
    const current = Math.floor(now() / MINUTE_MS)
    if (current !== minute) counts.clear()
    minute = current
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return count <= most ? 0 : Math.ceil(((current + 1) * MINUTE_MS - now()) / 1_000)
  }
}

function nonceHeader(nonce: string | null): Readonly<Record<string, string>> {
  return nonce === null ? {} : { [NONCE_HEADER]: nonce }
}

/** The authentication of clients by signed assertions (`private_key_jwt`, RFC 7523). */

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** How long an assertion may live, in seconds (docs/design/trust.md). */
const MAX_ASSERTION_S = 60

/** How far clocks may differ, in seconds. */
const CLOCK_TOLERANCE_S = 5

const MAX_ASSERTION_LENGTH = 8_192

/** The signature algorithms of assertions. */
export const ASSERTION_ALGORITHMS = ['EdDSA', 'ES256'] as const

// No `jku`, `x5u`, `jwk` or `x5c`: a header that names a key of its own proves nothing, so nothing but these may stand here.
const header = z.strictObject({
  alg: z.enum(ASSERTION_ALGORITHMS),
  typ: z.enum(['JWT', 'jwt', 'client-authentication+jwt']).optional(),
  kid: z.string().max(256).optional(),
})
const claims = z.looseObject({
  iss: z.string(),
  sub: z.string(),
  // RFC 7523 lets `aud` be a list. With a second member the same assertion would be good at another server too.
  aud: z.union([z.string(), z.tuple([z.string()]).transform(([only]) => only)]),
  iat: z.int().min(0),
  exp: z.int().min(0),
  nbf: z.int().min(0).optional(),
  jti: z.string().min(1).max(256),
})

/** A client that showed who it is. */
export interface KnownClient {
  readonly client: Client
  /** The assertion that must not be used again; null for a public client, which shows nothing but the key of its session. */
  readonly assertion: { readonly use: string; readonly untilS: number; readonly keyThumbprint: string } | null
}

/** What {@link authenticateClient} checks against. */
export interface ClientChecks {
  readonly clients: ReadonlyMap<string, Client>
  /** The authority's name, the only `aud` of assertions. */
  readonly issuer: string
  /** Seconds since 1970. */
  readonly nowS: number
  /** Assertions that were made before are refused: whether they were used is not known. */
  readonly notBeforeS: number
}

/**
 * Finds the client of a request and verifies its assertion. It does not note the use of the assertion.
 * @throws {TokenRefusal} `CLIENT_UNKNOWN`, `ASSERTION_INVALID` or `REQUEST_MALFORMED`.
 */
export async function authenticateClient(form: TokenForm, checks: ClientChecks): Promise<KnownClient> {
  const { client_assertion: assertion, client_assertion_type: type, client_id: id } = form
  if (assertion === undefined) return { client: findPublicClient(id, checks.clients), assertion: null }
  if (type !== ASSERTION_TYPE) throw invalid(`\`client_assertion_type\` to be ${ASSERTION_TYPE}`)
  if (assertion.length > MAX_ASSERTION_LENGTH) throw invalid(`at most ${MAX_ASSERTION_LENGTH} characters`)
  const [headerPart = '', claimsPart = '', , ...others] = assertion.split('.')
  if (others.length > 0) throw invalid('a JWS of three parts')
  const { alg, kid } = readPart(header, headerPart, 'header')
  const said = readPart(claims, claimsPart, 'claims')
  if (id !== undefined && id !== said.sub) throw invalid('`client_id` to be the `sub` of the assertion')
  const client = checks.clients.get(said.sub)
  if (client === undefined || client.keys === null) throw unknownClient()
  const keyThumbprint = await findSigner(assertion, client.keys, { alg, kid })
  checkClaims(said, checks)
  return {
    client,
    assertion: { use: `assertion ${said.sub} ${said.jti}`, untilS: said.exp + CLOCK_TOLERANCE_S, keyThumbprint },
  }
}

function findPublicClient(id: string | undefined, clients: ReadonlyMap<string, Client>): Client {
  const client = id === undefined ? undefined : clients.get(id)
  // A client with keys that comes without an assertion is anybody.
  if (client === undefined || client.keys !== null) throw unknownClient()
  return client
}

/** Returns the thumbprint of the client's key that made the assertion. `kid` only chooses among the pinned keys. */
async function findSigner(
  assertion: string,
  keys: KeysByThumbprint,
  { alg, kid }: { readonly alg: string; readonly kid: string | undefined },
): Promise<string> {
  const candidates = kid !== undefined && keys.has(kid) ? [kid] : [...keys.keys()]
  for (const thumbprint of candidates) {
    const key = keys.get(thumbprint)
    const isSigner =
      key !== undefined &&
      (await compactVerify(assertion, key, { algorithms: [alg] }).then(
        () => true,
        () => false,
      ))
    if (isSigner) return thumbprint
  }
  throw invalid('a signature of one of the client’s keys')
}

function checkClaims(said: z.infer<typeof claims>, { issuer, nowS, notBeforeS }: ClientChecks): void {
  if (said.iss !== said.sub) throw invalid('`iss` and `sub` to be the client')
  if (said.aud !== issuer) throw invalid('`aud` to be the name of this authority, and nothing else')
  if (said.exp - said.iat > MAX_ASSERTION_S || said.exp <= said.iat) {
    throw invalid(`a lifetime of at most ${MAX_ASSERTION_S} s from \`iat\` to \`exp\``)
  }
  if (Math.max(said.iat, said.nbf ?? 0) > nowS + CLOCK_TOLERANCE_S) throw invalid('`iat` to be now: compare the clocks')
  if (said.exp <= nowS - CLOCK_TOLERANCE_S) throw invalid('an assertion that has not expired: compare the clocks')
  if (said.iat < notBeforeS) throw invalid('an assertion that was made after this authority began to note what is used')
}

function readPart<T>(schema: z.ZodType<T>, part: string, name: string): T {
  const json = parseJwsPart(part)
  if (json === null) throw invalid(`its ${name} to be a JSON object without duplicate members`)
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  if (issue?.code === 'unrecognized_keys') throw invalid('a header of `alg`, `typ` and `kid`')
  throw invalid(`a well-formed \`${issue?.path.join('.') ?? ''}\` in its ${name}`)
}

function unknownClient(): TokenRefusal {
  return new TokenRefusal(
    'CLIENT_UNKNOWN',
    'expected a client of this authority, with an assertion of its key if it has one. Register the client in the file of clients',
  )
}

function invalid(expected: string): TokenRefusal {
  return new TokenRefusal('ASSERTION_INVALID', `of the client assertion, expected ${expected}`)
}

/** The token endpoint: client authentication, proof of key, the two exchanges, and the entry before the answer. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { phraseDetail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
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
import type { CommitGroup } from '../log/commit-group.ts'
import { authenticateClient, type KnownClient } from './client-assertion.ts'
import { exchangeForCountry } from './exchange-for-country.ts'
import { readForm, TOKEN_EXCHANGE, type TokenForm } from './form.ts'
import { type CountRequest, grantAccessToken, type MadeToken } from './grant-access-token.ts'
import type { KnownSoFar, TokenParts } from './parts.ts'
import { TokenRefusal } from './refusal.ts'

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

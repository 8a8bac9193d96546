import { LRUCache } from 'lru-cache'
import { IstmoError } from '../../contract/errors.ts'
import { type PresentedToken, readAuthorization } from './authorization-header.ts'
import { type Binding, isCurrent, type TokenContent } from './claims.ts'
import type { Authenticate, Credentials } from './credentials.ts'
import { checkProof, type ProofWorld } from './dpop-proof.ts'
import { groundsOf } from './grounds.ts'
import type { Issuer } from './issuer.ts'
import { createKeySource, type KeySourceWorld } from './key-source.ts'
import { createReplayCache, type ReplayStore } from './replay-cache.ts'
import { verifyToken } from './verify-token.ts'

/** How many verified tokens are remembered: a signature check costs more than a small request (bench/README.md, Access). */
const MAX_REMEMBERED = 10_000

/** How long a verified token is remembered at most, in seconds: how late the withdrawal of its key is noticed. */
const REMEMBERED_S = 300

/** Who is believed. */
export interface AuthenticateOptions {
  readonly issuers: readonly Issuer[]
  /** Whether a request without a token is let in. A token that does not hold is refused all the same. */
  readonly anonymous: boolean
  /** Whether a token must name itself, a country and a mandate: so it is where countries take part. */
  readonly requireMandate: boolean
  /** The address under which callers reach this gateway, without a path: what DPoP proofs must be made for. */
  readonly publicUrl: () => string
}

/** What the room takes from outside, so that tests can stand in for it. */
export interface AuthenticateWorld extends KeySourceWorld {
  /** Where uses of DPoP proofs are noted; by default in memory. */
  readonly replays?: ReplayStore
}

interface Remembered {
  readonly content: TokenContent
  readonly untilS: number
}

/**
 * The room that turns what a request shows into a caller and the grounds it acts on. Key set files are read now; key set URLs when
 * first needed. What it gives rejects with {IstmoError} `TOKEN_MISSING`, `TOKEN_INVALID`, `PROOF_INVALID` or `KEYS_UNAVAILABLE`,
 * and with `BAD_REQUEST` or `MANDATE_NOT_COVERED` for the grounds that were stated.
 * @throws {Error} naming the file when a key set file cannot be used.
 */
export async function createAuthenticate(
  options: AuthenticateOptions,
  world: AuthenticateWorld = { now: Date.now },
): Promise<Authenticate> {
  const issuers = await Promise.all(
    options.issuers.map(async (issuer) => ({ issuer, findKey: await createKeySource(issuer.jwks, world) })),
  )
  const remembered = new LRUCache<string, Remembered>({ max: MAX_REMEMBERED })
  const { now, replays = createReplayCache(() => now() / 1000) } = world
  const proofWorld = { publicUrl: options.publicUrl, replays, now }

  return async function authenticate(credentials) {
    const presented = readAuthorization(credentials.authorization)
    if (presented === null && !options.anonymous) throw new IstmoError('TOKEN_MISSING')
    const content = presented === null ? null : await contentOf(presented.token)
    if (presented !== null && content !== null) await checkSender(credentials, presented, content.binding, proofWorld)
    const caller = content?.caller ?? null
    return { caller, ...groundsOf(caller?.mandate, credentials.mandate, now()) }
  }

  async function contentOf(token: string): Promise<TokenContent> {
    const nowS = now() / 1000
    const known = recall(remembered, token, nowS)
    if (known !== null) return known
    const content = await verifyToken(token, issuers, options, nowS)
    remembered.set(token, { content, untilS: nowS + REMEMBERED_S })
    return content
  }
}

/**
 * That whoever sends the token is whom it was given to, where it is bound to a key or a certificate; on every request, though the
 * token is remembered.
 */
async function checkSender(
  credentials: Credentials,
  { scheme, token }: PresentedToken,
  binding: Binding,
  world: ProofWorld,
): Promise<void> {
  if (binding.certificate !== null && binding.certificate !== credentials.clientCertificate) {
    throw new IstmoError('PROOF_INVALID', 'expected a connection by TLS with the client certificate of the token')
  }
  if (binding.key === null) {
    if (scheme === 'Bearer') return
    throw new IstmoError('TOKEN_INVALID', 'expected a token with `cnf.jkt` under the scheme DPoP')
  }
  // RFC 9449 section 7.1: whoever found the token could send it as a bearer's.
  if (scheme === 'Bearer') throw new IstmoError('PROOF_INVALID', 'expected `Authorization: DPoP <token>` and a proof')
  await checkProof(credentials, token, binding.key, world)
}

function recall(remembered: LRUCache<string, Remembered>, token: string, nowS: number): TokenContent | null {
  const entry = remembered.get(token)
  if (entry === undefined) return null
  if (nowS < entry.untilS && isCurrent(entry.content.caller, nowS)) return entry.content
  remembered.delete(token)
  return null
}

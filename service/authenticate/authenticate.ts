import { LRUCache } from 'lru-cache'
import type { Caller } from '../../contract/access-token.ts'
import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { createTrustedFetch } from '../http/trusted-fetch.ts'
import { type PresentedToken, readAuthorization } from './authorization-header.ts'
import { isCurrent, type TokenContent } from './claims.ts'
import { type Authenticate, type Authenticated, type Credentials, MisuseError } from './credentials.ts'
import {
  checkProof,
  createNonces,
  createReplayCache,
  type ProofWorld,
  ReplayedProofError,
  type ReplayStore,
} from './dpop-proof.ts'
import { ForeignGroundsError, groundsOf } from './grounds.ts'
import type { Issuer } from './issuer.ts'
import { readIssuerTrust } from './issuers-file.ts'
import { createKeySource, type KeySourceWorld } from './key-source.ts'
import { SealedToken } from './sealed-token.ts'
import { verifyToken } from './verify-token.ts'

/** How many verified tokens the cache holds. A signature check costs more than a small request (bench/README.md, Access). */
const MAX_CACHED = 10_000

/** How long the cache holds a verified token, in seconds. This is also how late the gateway notices the withdrawal of its key. */
const CACHED_S = 300

/** Which tokens the gateway accepts. */
export interface AuthenticateOptions {
  readonly issuers: readonly Issuer[]
  /** Whether a request without a token is accepted. A token that is not valid is rejected nevertheless. */
  readonly anonymous: boolean
  /** Whether a token must have an id, a country and a mandate. It must if countries take part. */
  readonly requireMandate: boolean
  /** Returns the address under which callers reach this gateway, without a path. DPoP proofs must be made for it. */
  readonly publicUrl: () => string
}

/** What the authentication takes from outside, so that tests can replace it. */
export interface AuthenticateWorld extends KeySourceWorld {
  /** The store of used DPoP proofs. Default: memory. */
  readonly replays?: ReplayStore
  /** Returns the secret of the nonces for DPoP proofs, 32 bytes. Default: a new one. */
  readonly nonceKey?: () => Uint8Array
}

/** A token that was verified, as it was presented. */
interface VerifiedToken extends TokenContent {
  readonly presented: PresentedToken
  /** SHA-256 of the token, base64url: the `ath` of its proofs. */
  readonly ath: string
  /** What each request with the token has in common. */
  readonly common: Pick<Authenticated, 'caller' | 'keyThumbprint' | 'accessToken'>
  /** Until when the cache may hold it, in seconds since the epoch. */
  readonly untilS: number
}

/**
 * Creates the function that determines, from the credentials of a request, the caller and the grounds that the request acts on. It reads
 * key set files now, and key set URLs when they are first needed. The function rejects with {IstmoError} `TOKEN_MISSING`,
 * `TOKEN_EXPIRED`, `TOKEN_INVALID`, `PROOF_INVALID`, `NONCE_REQUIRED` or `KEYS_UNAVAILABLE`, and with `BAD_REQUEST` or `MANDATE_NOT_COVERED` for
 * the stated grounds. It rejects with a {MisuseError} if the token is valid and the request does what the token does not allow.
 * @throws {Error} if a key set file or a file of certificates cannot be used. The message names it.
 */
export async function createAuthenticate(
  options: AuthenticateOptions,
  world: AuthenticateWorld = { now: Date.now },
): Promise<Authenticate> {
  const issuers = await Promise.all(
    options.issuers.map(async (issuer) => {
      const source = { fetch: createTrustedFetch(await readIssuerTrust(issuer)), ...world }
      return { issuer, findKey: await createKeySource(issuer.jwks, source) }
    }),
  )
  /** By the scheme, a space and the token, which is the usual form of the header. */
  const cache = new LRUCache<string, VerifiedToken>({ max: MAX_CACHED })
  const { now, replays = createReplayCache(() => now() / 1000) } = world
  const nonces = createNonces(() => now() / 1000, world.nonceKey)
  const proofWorld = { publicUrl: options.publicUrl, replays, nonces, now }

  return async function authenticate(credentials) {
    const { authorization } = credentials
    const verified = findVerified(authorization) ?? (await verify(authorization))
    if (verified === null) return { caller: null, ...groundsOf(undefined, credentials.mandate, now()) }
    const { caller, common } = verified
    try {
      const checking = checkSender(credentials, verified, proofWorld)
      const nextNonce = checking === null ? null : await checking
      const { grounds, groundsRejected } = groundsOf(caller.mandate, credentials.mandate, now())
      const authenticated = { ...common, grounds, groundsRejected }
      return nextNonce === null ? authenticated : { ...authenticated, nextNonce }
    } catch (error) {
      throw nameMisuse(error, caller)
    }
  }

  /** Finds a verified token by the exact text of its header. */
  function findVerified([line, ...others]: readonly string[]): VerifiedToken | null {
    return line === undefined || others.length > 0 ? null : readCache(cache, line, now() / 1000)
  }

  async function verify(authorization: readonly string[]): Promise<VerifiedToken | null> {
    const presented = readAuthorization(authorization)
    if (presented === null && !options.anonymous) throw new IstmoError('TOKEN_MISSING')
    if (presented === null) return null
    const nowS = now() / 1000
    const key = `${presented.scheme} ${presented.token}`
    const cached = readCache(cache, key, nowS)
    if (cached !== null) return cached
    const content = await verifyToken(presented.token, issuers, options, nowS)
    const { caller, binding } = content
    const isExchanged = options.issuers.some(({ issuer, authority }) => issuer === caller.issuer && authority)
    const common = {
      caller,
      ...(binding.key !== null && { keyThumbprint: binding.key }),
      ...(isExchanged && { accessToken: new SealedToken(presented.token) }),
    }
    const ath = sha256Url(presented.token)
    const verified = { ...content, presented, ath, common, untilS: nowS + CACHED_S }
    cache.set(key, verified)
    return verified
  }
}

/** Adds the caller to an error that says that somebody misuses the caller's token. Returns any other error as it is. */
function nameMisuse(error: unknown, caller: Caller): unknown {
  if (error instanceof ForeignGroundsError) return new MisuseError(caller, error.misuse, error)
  if (error instanceof ReplayedProofError) return new MisuseError(caller, 'PROOF_REPLAYED', error)
  if (error instanceof IstmoError && error.code === 'PROOF_INVALID') {
    return new MisuseError(caller, 'PROOF_NOT_VALID', error)
  }
  return error
}

/**
 * Checks that the sender of a bound token has the key or the certificate that the token is bound to. This happens on each request, even
 * if the token is cached.
 * @returns the nonce for the next proof; null if the sender has the newest one, or needs none.
 */
function checkSender(
  credentials: Credentials,
  { presented: { scheme }, ath, binding }: VerifiedToken,
  world: ProofWorld,
): Promise<string | null> | null {
  if (binding.certificate !== null && binding.certificate !== credentials.clientCertificate) {
    throw new IstmoError('PROOF_INVALID', detail('PROOF_CERTIFICATE'))
  }
  if (binding.key === null) {
    if (scheme === 'Bearer') return null
    throw new IstmoError('TOKEN_INVALID', detail('TOKEN_NOT_BOUND'))
  }
  // RFC 9449 section 7.1: otherwise a person who found the token could send it under the scheme Bearer.
  if (scheme === 'Bearer') throw new IstmoError('PROOF_INVALID', detail('PROOF_SCHEME'))
  return checkProof(credentials, { ath, keyThumbprint: binding.key }, world)
}

function readCache(cache: LRUCache<string, VerifiedToken>, key: string, nowS: number): VerifiedToken | null {
  const entry = cache.get(key)
  if (entry === undefined) return null
  if (nowS < entry.untilS && isCurrent(entry.caller, nowS)) return entry
  cache.delete(key)
  return null
}

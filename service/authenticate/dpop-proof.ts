import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { DPOP_ALGORITHMS } from '../../contract/access-token.ts'
import { type Detail, detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { rememberHeader } from '../../contract/trust/remember-header.ts'
import { type SessionKey, thumbprintOf } from '../../contract/trust/session-key.ts'
import { isSignedBySessionSoon } from '../../contract/trust/session-signature.ts'
import { parseJwsPart } from '../../contract/trust/unambiguous-json.ts'
import { isCompactJws } from './authorization-header.ts'
import { CLOCK_TOLERANCE_S } from './claims.ts'
import { type Credentials, NonceRequiredError } from './credentials.ts'

/**
 * Remembers ids that may be used once. The process's own memory is one implementation. Several gateways behind one address share a table
 * (gateway/admit/shared-replays.ts).
 */
export interface ReplayStore {
  /**
   * Notes that `id` was used.
   * @param untilS until when the use is remembered, in seconds since the epoch.
   * @returns true for the first use; false for any other use until `untilS`, and also if there is no room for it.
   * Rejects with {IstmoError} `PROOFS_UNAVAILABLE` if the use cannot be noted.
   */
  noteFirstUse(id: string, untilS: number): Promise<boolean>
}

/** How many uses the cache holds. A proof is held for 65 seconds, so this allows about 1,500 requests with proofs each second. */
const MAX_USES = 100_000

/**
 * Creates a replay store in memory. When it is full, it drops no use before its time, and rejects new uses instead.
 * @param nowS returns seconds since the epoch.
 */
export function createReplayCache(nowS: () => number, maxUses = MAX_USES): ReplayStore {
  const uses = new Map<string, number>()
  return {
    async noteFirstUse(id, untilS) {
      removeEnded(uses, nowS())
      if (uses.has(id) || uses.size >= maxUses) return false
      uses.set(id, untilS)
      return true
    },
  }
}

/** Removes ended uses from the oldest to the first that has not ended. A use behind that one stays longer, which does no harm. */
function removeEnded(uses: Map<string, number>, nowS: number): void {
  for (const [id, untilS] of uses) {
    if (untilS > nowS) return
    uses.delete(id)
  }
}

/** Nonces for DPoP proofs (RFC 9449 section 9), so that nobody can make a proof in advance and use it later. */

/** How long a nonce is the newest one, in seconds. The one before it is valid too, so that a request under way still passes. */
const WINDOW_S = 60

/** The number of a window, in bytes. */
const WINDOW_BYTES = 6

/** The nonces of one key. They need no memory: a nonce is the number of its window and an HMAC of that number. */
export type Nonces = ReturnType<typeof createNonces>

/**
 * Creates the nonces of a key.
 * @param nowS returns seconds since the epoch.
 * @param keyNow returns a secret of 32 bytes. Gateways behind one address share it, so that each of them knows the nonces of the others. Nonces of a key
 * that it no longer returns are invalid.
 */
export function createNonces(nowS: () => number, keyNow = constantly(randomBytes(32))) {
  let key = keyNow()
  const make = (window: number): string => {
    const head = Buffer.alloc(WINDOW_BYTES)
    head.writeUIntBE(Math.max(0, window), 0, WINDOW_BYTES)
    const mac = createHmac('sha256', key).update('istmo dpop nonce').update(head).digest().subarray(0, 18)
    return Buffer.concat([head, mac]).toString('base64url')
  }
  // Each proof is compared with two nonces, and an HMAC costs more than the rest of the comparison.
  let newest = { window: Number.NaN, nonce: '' }
  let before = newest
  const write = (window: number): string => {
    if (keyNow() !== key) {
      key = keyNow()
      newest = before = { window: Number.NaN, nonce: '' }
    }
    const known = [newest, before].find((one) => one.window === window)
    if (known !== undefined) return known.nonce
    const made = { window, nonce: make(window) }
    before = newest
    newest = made
    return made.nonce
  }
  const currentWindow = (): number => Math.floor(nowS() / WINDOW_S)
  return {
    /** Returns the newest nonce. */
    current: () => write(currentWindow()),
    /** Returns whether `nonce` is the newest one (`fresh`), the one before it (`ageing`), or neither. */
    check(nonce: unknown) {
      if (typeof nonce !== 'string') return 'invalid'
      if (isEqual(nonce, write(currentWindow()))) return 'fresh'
      return isEqual(nonce, write(currentWindow() - 1)) ? 'ageing' : 'invalid'
    },
  }
}

function constantly(key: Uint8Array): () => Uint8Array {
  return () => key
}

function isEqual(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)]
  return one.length === other.length && timingSafeEqual(one, other)
}

/** Proofs that a token's sender has the key that the token is bound to (RFC 9449). */

/** How old a proof may be, in seconds. */
const MAX_AGE_S = 60

const MAX_PROOF_LENGTH = 8192

/** What {@link checkProof} checks a proof against. */
export interface ProofWorld {
  /** Returns the address under which callers reach this gateway, without a path and without a slash at its end. */
  readonly publicUrl: () => string
  /** Further addresses of the same kind. Default: none. */
  readonly otherUrls?: readonly string[]
  readonly replays: ReplayStore
  readonly nonces: Nonces
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

const text = z.string().optional()
const described = {
  kid: text,
  alg: text,
  use: text,
  key_ops: z.array(z.string()).optional(),
  ext: z.boolean().optional(),
}
// Only public members (RFC 7517, RFC 8037): a private key in a proof is no longer secret, so it proves nothing.
const publicKey = z.union([
  z
    .strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string(), ...described })
    .transform(({ kty, crv, x, y }) => ({ kty, crv, x, y })),
  z
    .strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), ...described })
    .transform(({ kty, crv, x }) => ({ kty, crv, x })),
])
const proofHeader = z.looseObject({
  typ: z.literal('dpop+jwt'),
  alg: z.enum(DPOP_ALGORITHMS),
  jwk: publicKey,
  crit: z.undefined().optional(),
  b64: z.undefined().optional(),
})
const proofClaims = z.looseObject({
  jti: z.string().min(1).max(256),
  htm: z.string(),
  htu: z.string(),
  iat: z.number(),
  ath: z.string().optional(),
  nonce: z.string().max(256).optional(),
})

/**
 * Checks the one proof of a request. It must be for this method, this address and this token, it must be new and not used before, and
 * the key with the thumbprint `keyThumbprint` (RFC 7638) must have made it with a nonce of ours. The nonce is checked last but one: only who
 * has the key learns that a nonce is missing.
 * @returns the nonce for the next proof; null if the sender has the newest one.
 * @throws {IstmoError} `PROOF_INVALID` with what was expected: a {@link ReplayedProofError} if the proof was used before. A
 * {@link NonceRequiredError} if the proof has no nonce of ours, or an old one.
 */
export async function checkProof(
  credentials: Pick<Credentials, 'proofs' | 'method' | 'path'>,
  proofOf: { readonly ath: string; readonly keyThumbprint: string },
  world: ProofWorld,
): Promise<string | null> {
  return (await checkKeyProof(credentials, proofOf, world)).nextNonce
}

/** What a proof must be of. At a token endpoint there is no token yet, and the client may choose its key (RFC 9449 section 5). */
interface ProofOf {
  /** SHA-256 of the token that the proof is for, base64url; null at a token endpoint. */
  readonly ath: string | null
  /** The key that must have made it; null for any key. */
  readonly keyThumbprint: string | null
}

/**
 * Checks the one proof of a request as {@link checkProof} does.
 * @returns the thumbprint of the key that made it, and the nonce for the next proof; null if the sender has the newest one.
 * @throws {IstmoError} as {@link checkProof}.
 */
export async function checkKeyProof(
  { proofs, method, path }: Pick<Credentials, 'proofs' | 'method' | 'path'>,
  { ath, keyThumbprint }: ProofOf,
  world: ProofWorld,
): Promise<{ readonly keyThumbprint: string; readonly nextNonce: string | null }> {
  const proof = onlyProof(proofs)
  const [headerPart = '', claimsPart = ''] = proof.split('.')
  const header = readHeader(headerPart)
  const claims = readPart(proofClaims, claimsPart)
  const nowS = world.now() / 1000
  if (claims.htm !== method) throw invalid(detail('PROOF_METHOD'))
  const isAt = (address: string): boolean => isSameAddress(claims.htu, `${address}${path}`)
  if (!isAt(world.publicUrl()) && !(world.otherUrls ?? []).some(isAt)) {
    throw invalid(detail('PROOF_ADDRESS'))
  }
  if (claims.iat > nowS + CLOCK_TOLERANCE_S || claims.iat <= nowS - MAX_AGE_S) {
    throw invalid(detail('PROOF_TIME', { most: MAX_AGE_S }))
  }
  if (ath !== null && claims.ath !== ath) throw invalid(detail('PROOF_TOKEN'))
  const { keyThumbprint: made } = header
  if (keyThumbprint !== null && made !== keyThumbprint) throw invalid(detail('PROOF_KEY'))
  await checkSignature(proof, header)
  const nonce = world.nonces.check(claims.nonce)
  if (nonce === 'invalid') throw new NonceRequiredError(world.nonces.current())
  const untilS = nowS + MAX_AGE_S + CLOCK_TOLERANCE_S
  const isFirst = await world.replays.noteFirstUse(sha256(`${made} ${claims.jti}`), untilS)
  // Where it was noted, the uses of before may be forgotten: then no nonce of before counts any more (gateway/admit/shared-replays.ts).
  if (world.nonces.check(claims.nonce) === 'invalid') throw new NonceRequiredError(world.nonces.current())
  if (!isFirst) throw new ReplayedProofError()
  return { keyThumbprint: made, nextNonce: nonce === 'fresh' ? null : world.nonces.current() }
}

/** A proof that was used before. Somebody may have copied it. */
export class ReplayedProofError extends IstmoError {
  constructor() {
    super('PROOF_INVALID', detail('PROOF_USED'))
  }
}

function onlyProof(proofs: readonly string[]): string {
  const [proof, ...others] = proofs
  if (proof === undefined || others.length > 0 || proof.length > MAX_PROOF_LENGTH || !isCompactJws(proof)) {
    throw invalid(detail('PROOF_FORM'))
  }
  return proof
}

function readPart<T>(schema: z.ZodType<T>, part: string): T {
  const parsed = schema.safeParse(parseJwsPart(part))
  if (parsed.success) return parsed.data
  const member = parsed.error.issues[0]?.path[0]
  throw invalid(member === undefined ? detail('PROOF_NOT_JSON') : detail('PROOF_MEMBER', { member: String(member) }))
}

/** The header of a proof. */
interface ProofHeader {
  readonly alg: (typeof DPOP_ALGORITHMS)[number]
  readonly jwk: SessionKey
  /** The thumbprint of `jwk` (RFC 7638). */
  readonly keyThumbprint: string
}

const readHeader = rememberHeader((part): ProofHeader => {
  const { alg, jwk } = readPart(proofHeader, part)
  return Object.freeze({ alg, jwk, keyThumbprint: thumbprintOf(jwk) })
})

async function checkSignature(proof: string, { alg, jwk: key, keyThumbprint }: ProofHeader): Promise<void> {
  const [text, encoded] = [proof.slice(0, proof.lastIndexOf('.')), proof.slice(proof.lastIndexOf('.') + 1)]
  let holds = false
  try {
    // The key is in the header, so the signature only shows that the sender has that key. The thumbprint says which key it must be.
    const signature = Buffer.from(encoded, 'base64url')
    holds = await isSignedBySessionSoon({ key, keyThumbprint, alg, text, signature })
  } catch (cause) {
    throw invalid(detail('PROOF_SIGNATURE'), cause)
  }
  if (!holds) throw invalid(detail('PROOF_SIGNATURE'))
}

/** The last address that a proof named as it is. Whether it is the same as itself depends on nothing but its text. */
let lastSame: string | null = null

/** Compares addresses after normalisation, without query and fragment (RFC 9449 section 4.3). */
function isSameAddress(htu: string, address: string): boolean {
  // Almost all proofs name the address as it is, and the gateway has one.
  if (htu === address && htu === lastSame) return true
  const [claimed, expected] = [URL.parse(htu), URL.parse(address)]
  if (claimed === null || expected === null) return false
  const isSame = claimed.username === '' && claimed.origin === expected.origin && claimed.pathname === expected.pathname
  if (isSame && htu === address) lastSame = htu
  return isSame
}

function sha256(text: string): string {
  return hash('sha256', text, 'base64url')
}

function invalid(expected: Detail, cause?: unknown): IstmoError {
  return new IstmoError('PROOF_INVALID', expected, { cause })
}

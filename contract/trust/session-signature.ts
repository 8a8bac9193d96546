import { type KeyObject, verify } from 'node:crypto'
import { promisify } from 'node:util'
import { importSessionKey, type SessionKey } from './session-key.ts'

/** The algorithms of session keys. */
export type SessionAlgorithm = 'EdDSA' | 'ES256'

/** What a session key has signed, in the parts of a compact JWS. */
export interface SignedText {
  readonly key: SessionKey
  /** The thumbprint of the key (RFC 7638). */
  readonly keyThumbprint: string
  readonly alg: SessionAlgorithm
  /** Header and payload as they were signed, with the dot between them. */
  readonly text: string
  readonly signature: Uint8Array
}

/** How many imported keys are remembered. The one that was added first is forgotten first. */
const MAX_KEYS = 5_000

const keys = new Map<string, KeyObject>()

const verifyOnOtherThread = promisify(verify)

/**
 * Verifies a signature in the caller's own turn of the event loop. A key is remembered once it has signed something, so a stranger cannot drive
 * out the keys of others without signing.
 * @returns false if the algorithm is not that of the key, or the signature does not hold.
 * @throws {Error} if the key's point is not on its curve, or has a small order.
 */
export function isSignedBySession(signed: SignedText): boolean {
  if (!fitsKey(signed)) return false
  const key = findKey(signed)
  return noteHolds(signed, key, verify(...argumentsOf(signed, key)))
}

/**
 * Verifies a signature as {@link isSignedBySession} does, on another thread. That takes as much processor time, but two thirds of it are not
 * the caller's thread's. Rejects where the other function throws.
 */
export async function isSignedBySessionSoon(signed: SignedText): Promise<boolean> {
  if (!fitsKey(signed)) return false
  const key = findKey(signed)
  return noteHolds(signed, key, await verifyOnOtherThread(...argumentsOf(signed, key)))
}

function fitsKey({ alg, key }: SignedText): boolean {
  return (alg === 'ES256') === (key.kty === 'EC')
}

function findKey({ key, keyThumbprint }: SignedText): KeyObject {
  return keys.get(keyThumbprint) ?? importSessionKey(key)
}

/** The arguments of Node's `verify`. */
function argumentsOf({ alg, text, signature }: SignedText, key: KeyObject) {
  const given = { key, dsaEncoding: 'ieee-p1363' as const }
  return [alg === 'ES256' ? 'sha256' : null, Buffer.from(text), given, signature] as const
}

function noteHolds({ keyThumbprint }: SignedText, key: KeyObject, holds: boolean): boolean {
  if (!holds || keys.has(keyThumbprint)) return holds
  keys.set(keyThumbprint, key)
  const [oldest] = keys.keys()
  if (keys.size > MAX_KEYS && oldest !== undefined) keys.delete(oldest)
  return holds
}

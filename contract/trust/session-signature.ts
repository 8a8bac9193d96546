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
  const { hash, data, signature } = prepare(signed)
  return noteHolds(signed, key, verify(hash, data, key, signature))
}

/**
 * Verifies a signature as {@link isSignedBySession} does, on another thread. That takes as much processor time, but two thirds of it are not
 * the caller's thread's. Rejects where the other function throws.
 */
export async function isSignedBySessionSoon(signed: SignedText): Promise<boolean> {
  if (!fitsKey(signed)) return false
  const key = findKey(signed)
  const { hash, data, signature } = prepare(signed)
  return noteHolds(signed, key, await verifyOnOtherThread(hash, data, key, signature))
}

/** The length of a signature of P-256: two whole numbers of 32 bytes (RFC 7518, section 3.4). Those of Ed25519 are as long. */
const SIGNATURE_BYTES = 64

function fitsKey({ alg, key, signature }: SignedText): boolean {
  return (alg === 'ES256') === (key.kty === 'EC') && signature.length === SIGNATURE_BYTES
}

function findKey({ key, keyThumbprint }: SignedText): KeyObject {
  return keys.get(keyThumbprint) ?? importSessionKey(key)
}

/**
 * Prepares what Node's `verify` takes. It takes the two numbers of a signature of P-256 as they are only with an option beside the key, and to read
 * that option costs half as much as the signature. So it gets them in DER, which needs no option.
 */
function prepare({ alg, text, signature }: SignedText) {
  const data = Buffer.from(text)
  return alg === 'ES256' ? { hash: 'sha256', data, signature: toDer(signature) } : { hash: null, data, signature }
}

const DER_SEQUENCE = 0x30
const DER_INTEGER = 0x02
const NUMBER_BYTES = SIGNATURE_BYTES / 2
/** The longest form: tag and length, and the same with a byte for the sign before each number. */
const DER_BYTES = 2 + 2 * (3 + NUMBER_BYTES)

/** Writes a signature of P-256 in DER: a sequence of two whole numbers (RFC 3279, section 2.2.3). */
function toDer(signature: Uint8Array): Uint8Array {
  const der = new Uint8Array(DER_BYTES)
  const end = writeInteger(der, writeInteger(der, 2, signature, 0), signature, NUMBER_BYTES)
  der[0] = DER_SEQUENCE
  der[1] = end - 2
  return der.subarray(0, end)
}

/**
 * Writes the number that begins at `from` into `der`: without zeros before it, but with one before a first bit that would be a sign.
 * @returns where the number ends in `der`.
 */
function writeInteger(der: Uint8Array, at: number, signature: Uint8Array, from: number): number {
  const to = from + NUMBER_BYTES
  let first = from
  while (first < to - 1 && signature[first] === 0) first += 1
  const sign = (signature[first] ?? 0) > 0x7f ? 1 : 0
  der[at] = DER_INTEGER
  der[at + 1] = to - first + sign
  der.set(signature.subarray(first, to), at + 2 + sign)
  return at + 2 + sign + to - first
}

function noteHolds({ keyThumbprint }: SignedText, key: KeyObject, holds: boolean): boolean {
  if (!holds || keys.has(keyThumbprint)) return holds
  keys.set(keyThumbprint, key)
  const [oldest] = keys.keys()
  if (keys.size > MAX_KEYS && oldest !== undefined) keys.delete(oldest)
  return holds
}

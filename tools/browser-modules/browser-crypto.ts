import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { Buffer } from './browser-buffer.ts'

/**
 * What the code for proofs, notes and pseudonyms needs of `node:crypto`, for a browser. Bundles have it in the place of `node:crypto`
 * (browser-modules.ts). It hashes and verifies, and never signs: everything with a secret key throws.
 */

/** How a hash is written. */
type Encoding = 'hex' | 'base64' | 'base64url'

/** A public key: the raw 32 bytes of an Ed25519 key. */
interface PublicKey {
  readonly raw: Uint8Array
}

/** Where an Ed25519 public key begins in its SubjectPublicKeyInfo (RFC 8410). */
const SPKI_PREFIX_BYTES = 12

/** As `hash` of `node:crypto`, for SHA-256. */
export function hash(algorithm: string, data: Uint8Array | string, encoding: 'buffer' | Encoding = 'hex') {
  if (algorithm !== 'sha256') throw new RangeError(`expected sha256; came ${algorithm}`)
  const digest = Buffer.from(sha256(typeof data === 'string' ? Buffer.from(data) : data))
  return encoding === 'buffer' ? digest : digest.toString(encoding as 'hex')
}

/** As `createHash` of `node:crypto`, for SHA-256. */
export function createHash(algorithm: string) {
  if (algorithm !== 'sha256') throw new RangeError(`expected sha256; came ${algorithm}`)
  const state = sha256.create()
  const self = {
    update(data: Uint8Array | string) {
      state.update(typeof data === 'string' ? Buffer.from(data) : data)
      return self
    },
    digest(encoding?: Encoding) {
      const digest = Buffer.from(state.digest())
      return encoding === undefined ? digest : digest.toString(encoding as 'hex')
    },
  }
  return self
}

/** As `createPublicKey` of `node:crypto`, for an Ed25519 key as SubjectPublicKeyInfo. */
export function createPublicKey({ key }: { readonly key: Uint8Array }): PublicKey {
  return { raw: key.subarray(SPKI_PREFIX_BYTES) }
}

/** As `verify` of `node:crypto`, for Ed25519 (RFC 8032, without the lenience of ZIP 215). */
export function verify(_: null, data: Uint8Array, key: PublicKey, signature: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, data, key.raw, { zip215: false })
  } catch {
    return false
  }
}

function unavailable(): never {
  throw new Error('in a browser, these modules hash and verify, and sign nothing')
}

/** As `randomFillSync` of `node:crypto`. */
export function randomFillSync<Bytes extends Uint8Array<ArrayBuffer>>(bytes: Bytes): Bytes {
  for (let at = 0; at < bytes.length; at += MAX_RANDOM_BYTES) {
    crypto.getRandomValues(bytes.subarray(at, at + MAX_RANDOM_BYTES))
  }
  return bytes
}

/** The most random bytes that a browser gives at once. */
const MAX_RANDOM_BYTES = 65_536

/** Not in a browser: it has no secret of ours. */
export const createPrivateKey = unavailable
/** See {@link createPrivateKey}. */
export const randomBytes = unavailable
/** See {@link createPrivateKey}. */
export const sign = unavailable
/** See {@link createPrivateKey}. */
export const timingSafeEqual = unavailable

import { HASH_BYTES, writeLeafHash } from './hash.ts'

/**
 * Computes the hashes of the leaves of a bundle, one after another, without an object for each entry.
 * @throws {RangeError} if an entry is truncated.
 */
export function hashBundle(bundle: Uint8Array): Buffer {
  const hashes = Buffer.allocUnsafe(countEntries(bundle) * HASH_BYTES)
  let at = 0
  for (let to = 0; to < hashes.length; to += HASH_BYTES) {
    const end = at + 2 + lengthAt(bundle, at)
    writeLeafHash(bundle.subarray(at + 2, end), hashes, to)
    at = end
  }
  return hashes
}

function countEntries(bundle: Uint8Array): number {
  let count = 0
  let at = 0
  for (; at < bundle.length; count++) at += 2 + lengthAt(bundle, at)
  if (at > bundle.length) {
    throw new RangeError(`expected a bundle whose last entry is complete; it ends at byte ${at} of ${bundle.length}`)
  }
  return count
}

function lengthAt(bundle: Uint8Array, at: number): number {
  return (bundle[at] ?? 0) * 256 + (bundle[at + 1] ?? 0)
}

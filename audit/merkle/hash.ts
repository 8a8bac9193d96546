import { hash } from 'node:crypto'

/** The hashes of RFC 6962, section 2.1: SHA-256 with a prefix byte, so that a leaf and a node never have the same hash. */

/** The length of each hash of the tree, in bytes. */
export const HASH_BYTES = 32

/** A SHA-256 hash: 32 bytes. */
export type Hash = Uint8Array

const LEAF = Buffer.of(0)

/** The input of a node's hash: 0x01 ‖ left ‖ right. It is used again for each node, because nothing else runs in between. */
const NODE_INPUT = Buffer.of(1, ...new Uint8Array(2 * HASH_BYTES))

/** The root of a tree without leaves: the SHA-256 of the empty string. */
export const EMPTY_ROOT: Hash = hash('sha256', Buffer.alloc(0), 'buffer')

/** Computes the hash of a leaf, SHA-256(0x00 ‖ entry). */
export function hashLeaf(entry: Uint8Array): Hash {
  if (entry.length > COPY_BYTES) return sha256(Buffer.concat([LEAF, entry]))
  LEAF_INPUT.set(entry, 1)
  return sha256(LEAF_INPUT.subarray(0, 1 + entry.length))
}

/** Up to how many bytes copying an entry behind its prefix is cheaper than a buffer of its own. Entries are rarely longer. */
const COPY_BYTES = 16_384

/** The input of a leaf's hash: 0x00 ‖ entry. It is used again for each leaf, as that of a node. */
const LEAF_INPUT = Buffer.alloc(1 + COPY_BYTES)

/** Computes the hashes of leaves, one after another. */
export function hashLeaves(entries: readonly Uint8Array[]): Buffer {
  const hashes = Buffer.allocUnsafe(entries.length * HASH_BYTES)
  for (const [at, entry] of entries.entries()) writeLeafHash(entry, hashes, at * HASH_BYTES)
  return hashes
}

/** Computes the hash of a leaf, and writes it into `hashes` at `to`. */
export function writeLeafHash(entry: Uint8Array, hashes: Buffer, to: number): void {
  if (entry.length > COPY_BYTES) hashes.set(hashLeaf(entry), to)
  else {
    LEAF_INPUT.set(entry, 1)
    hashes.write(hash('sha256', LEAF_INPUT.subarray(0, 1 + entry.length), 'binary'), to, 'binary')
  }
}

/** Computes the hash of an inner node, SHA-256(0x01 ‖ left ‖ right). */
export function hashNode(left: Hash, right: Hash): Hash {
  NODE_INPUT.set(left, 1)
  NODE_INPUT.set(right, 1 + HASH_BYTES)
  return sha256(NODE_INPUT)
}

/**
 * Computes the hash of the node above two neighbours, and writes it into the same bytes.
 * @param from the offset of the left neighbour. The right one follows it.
 * @param to the offset of the result
 */
export function hashNeighbours(hashes: Buffer, from: number, to: number): void {
  NODE_INPUT.set(hashes.subarray(from, from + 2 * HASH_BYTES), 1)
  hashes.write(hash('sha256', NODE_INPUT, 'binary'), to, 'binary')
}

/** A text of one character a byte on the way is faster than a buffer from node:crypto: for 65 bytes, 0.40 µs instead of 0.78. */
function sha256(bytes: Uint8Array): Hash {
  return Buffer.from(hash('sha256', bytes, 'binary'), 'binary')
}

/** Checks whether two hashes are the same. It does not run in constant time, because the hashes of the tree are public. */
export function isSameHash(one: Hash, other: Hash): boolean {
  return Buffer.compare(one, other) === 0
}

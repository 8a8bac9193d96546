import { hash } from 'node:crypto'

/** The hashes of RFC 6962, section 2.1: SHA-256 with a prefix byte, so that a leaf and a node never have the same hash. */

/** The length of each hash of the tree, in bytes. */
export const HASH_BYTES = 32

/** A SHA-256 hash: 32 bytes. */
export type Hash = Uint8Array

const LEAF = Buffer.of(0)
const NODE = Buffer.of(1)

/** The root of a tree without leaves: the SHA-256 of the empty string. */
export const EMPTY_ROOT: Hash = hash('sha256', Buffer.alloc(0), 'buffer')

/** Computes the hash of a leaf, SHA-256(0x00 ‖ entry). */
export function hashLeaf(entry: Uint8Array): Hash {
  return hash('sha256', Buffer.concat([LEAF, entry]), 'buffer')
}

/** Computes the hash of an inner node, SHA-256(0x01 ‖ left ‖ right). */
export function hashNode(left: Hash, right: Hash): Hash {
  return hash('sha256', Buffer.concat([NODE, left, right]), 'buffer')
}

/** Checks whether two hashes are the same. It does not run in constant time, because the hashes of the tree are public. */
export function isSameHash(one: Hash, other: Hash): boolean {
  return Buffer.compare(one, other) === 0
}

import { hash } from 'node:crypto'

/** The hashes of RFC 6962, section 2.1: SHA-256, with a byte in front that keeps leaves and nodes apart. */

/** The length of every hash of the tree, in bytes. */
export const HASH_BYTES = 32

/** A SHA-256 hash: 32 bytes. */
export type Hash = Uint8Array

const LEAF = Buffer.of(0)
const NODE = Buffer.of(1)

/** The root of a tree without leaves: SHA-256 of nothing. */
export const EMPTY_ROOT: Hash = hash('sha256', Buffer.alloc(0), 'buffer')

/** The hash of a leaf, SHA-256(0x00 ‖ entry). */
export function hashLeaf(entry: Uint8Array): Hash {
  return hash('sha256', Buffer.concat([LEAF, entry]), 'buffer')
}

/** The hash of an inner node, SHA-256(0x01 ‖ left ‖ right). */
export function hashNode(left: Hash, right: Hash): Hash {
  return hash('sha256', Buffer.concat([NODE, left, right]), 'buffer')
}

/** Whether two hashes are the same. The time it takes tells nothing that is secret: hashes of the tree are public. */
export function isSameHash(one: Hash, other: Hash): boolean {
  return Buffer.compare(one, other) === 0
}

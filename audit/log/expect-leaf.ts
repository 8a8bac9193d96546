import { throwDamaged } from '../finding.ts'
import { type Hash, hashLeaf, isSameHash } from '../merkle/hash.ts'
import { formatBase64 } from '../note/base64.ts'

/**
 * Checks that an entry is the one that was hashed into the tree.
 * @param leaf the leaf's hash in the tile; undefined if the tile does not have it
 * @param file the path of the file that has the entry, for the message
 * @throws {LogDamagedError} if it is another entry.
 */
export function expectLeaf(entry: Uint8Array, index: number, leaf: Hash | undefined, file: string): void {
  const came = hashLeaf(entry)
  if (leaf !== undefined && isSameHash(came, leaf)) return
  const expected = leaf === undefined ? 'a leaf in the tile' : formatBase64(leaf)
  throwDamaged('ENTRY', `entry ${index} in ${file}`, expected, formatBase64(came))
}

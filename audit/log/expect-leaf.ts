import { refuse } from '../finding.ts'
import { type Hash, hashLeaf, isSameHash } from '../merkle/hash.ts'
import { formatBase64 } from '../note/base64.ts'

/** Refuses the log where an entry is not the one that was hashed into the tree. */
export function expectLeaf(entry: Uint8Array, index: number, leaf: Hash | undefined, file: string): void {
  const came = hashLeaf(entry)
  if (leaf !== undefined && isSameHash(came, leaf)) return
  const expected = leaf === undefined ? 'a leaf in the tile' : formatBase64(leaf)
  refuse('ENTRY', `entry ${index} in ${file}`, expected, formatBase64(came))
}

import { type Hash, hashLeaf } from '../merkle/hash.ts'
import { isIncluded } from '../merkle/proof.ts'
import { formatBase64, parseBase64 } from './base64.ts'
import type { Checkpoint } from './checkpoint.ts'
import { parseDecimal } from './decimal.ts'
import { NoteError } from './key.ts'

/** Proofs that an entry is in a log, each as one text that can be verified offline (C2SP tlog-proof). Their files end with `.tlog-proof`. */

const HEADER = 'c2sp.org/tlog-proof@v1'

/** The longest path in a tree whose size is a 64-bit number. */
const MAX_HASHES = 63

/** The content of a proof. It is not verified yet. */
export interface TlogProof {
  /** The entry's index in the log, from 0. */
  readonly index: number
  /** The inclusion proof, from the leaf's sibling to the root's child. */
  readonly hashes: readonly Hash[]
  /** The checkpoint: a note with its signatures. */
  readonly checkpoint: string
  /** Opaque bytes that nothing signs. */
  readonly extra?: Uint8Array
}

/** Formats a proof. */
export function formatTlogProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  const lines = [
    HEADER,
    ...(extra === undefined ? [] : [`extra ${formatBase64(extra)}`]),
    `index ${index}`,
    ...hashes.map(formatBase64),
  ]
  return `${lines.join('\n')}\n\n${checkpoint}`
}

/**
 * Parses a proof, except the checkpoint in it.
 * @throws {NoteError} if it is malformed.
 */
export function parseTlogProof(text: string): TlogProof {
  const cut = text.indexOf('\n\n')
  const [header, ...lines] = text.slice(0, Math.max(cut, 0)).split('\n')
  if (header !== HEADER)
    throw new NoteError(`a proof begins with ${HEADER} and has an empty line before its checkpoint`)
  const extraLine = lines[0]?.startsWith('extra ') ? lines.shift() : undefined
  const extra = parseBase64(extraLine?.slice('extra '.length) ?? '')
  if (extra === undefined) throw new NoteError('the extra data of a proof is Base 64')
  const [indexLine = '', ...path] = lines
  const index = indexLine.startsWith('index ') ? parseDecimal(indexLine.slice('index '.length)) : undefined
  if (index === undefined) throw new NoteError('a proof has a line with the index of its entry')
  const hashes = path.flatMap((line) => parseBase64(line, 32) ?? [])
  if (hashes.length !== path.length || hashes.length > MAX_HASHES) {
    throw new NoteError(`the path of a proof is up to ${MAX_HASHES} hashes of 32 bytes in Base 64`)
  }
  return { index, hashes, checkpoint: text.slice(cut + 2), ...(extraLine !== undefined && { extra }) }
}

/** Checks whether a proof proves an entry's bytes in the tree of `checkpoint`. The caller must have verified the checkpoint's signatures. */
export function provesEntry(entry: Uint8Array, { index, hashes }: TlogProof, { size, root }: Checkpoint): boolean {
  return isIncluded(hashLeaf(entry), index, size, hashes, root)
}

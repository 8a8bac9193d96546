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
 * Adds the line of extra data to a proof that was formatted without one: the same as to format it with the data.
 * @throws {NoteError} if the text is not a proof without extra data.
 */
export function addExtra(proof: string, extra: Uint8Array): string {
  if (!proof.startsWith(INDEX_LINE)) throw new NoteError(`expected a proof that begins with ${HEADER} and its index`)
  return `${HEADER_LINE}${EXTRA}${formatBase64(extra)}\n${proof.slice(HEADER_LINE.length)}`
}

/** A proof whose hashes are not read yet. */
export interface UnreadProof extends Omit<TlogProof, 'hashes'> {
  /** The lines of the inclusion proof as they came, each with its newline. There are not more than a path may have. */
  readonly path: string
}

/**
 * Parses a proof, except the checkpoint in it.
 * @throws {NoteError} if it is malformed.
 */
export function parseTlogProof(text: string): TlogProof {
  const { path, ...rest } = readTlogProof(text)
  const lines = path.split('\n').slice(0, -1)
  const hashes = lines.flatMap((line) => parseBase64(line, 32) ?? [])
  if (hashes.length !== lines.length) throw new NoteError(WRONG_PATH)
  return { ...rest, hashes }
}

/** Writes the lines of an inclusion proof, each with its newline. */
export function formatPath(hashes: readonly Hash[]): string {
  return hashes.map((hash) => `${formatBase64(hash)}\n`).join('')
}

const WRONG_PATH = `the path of a proof is up to ${MAX_HASHES} hashes of 32 bytes in Base 64`

/**
 * Parses a proof, except the checkpoint and the hashes in it.
 * @throws {NoteError} if it is malformed.
 */
export function readTlogProof(text: string): UnreadProof {
  const cut = text.indexOf('\n\n')
  const lines = text.slice(0, Math.max(cut + 1, 0))
  if (!lines.startsWith(HEADER_LINE))
    throw new NoteError(`a proof begins with ${HEADER} and has an empty line before its checkpoint`)
  const hasExtra = lines.startsWith(EXTRA, HEADER_LINE.length)
  const indexFrom = hasExtra ? endOfLine(lines, HEADER_LINE.length) : HEADER_LINE.length
  const extra = hasExtra ? parseBase64(lines.slice(HEADER_LINE.length + EXTRA.length, indexFrom - 1)) : undefined
  if (hasExtra && extra === undefined) throw new NoteError('the extra data of a proof is Base 64')
  const pathFrom = endOfLine(lines, indexFrom)
  const isIndex = lines.startsWith(INDEX, indexFrom)
  const index = isIndex ? parseDecimal(lines.slice(indexFrom + INDEX.length, pathFrom - 1)) : undefined
  if (index === undefined) throw new NoteError('a proof has a line with the index of its entry')
  const path = lines.slice(pathFrom)
  if (path.length > MAX_HASHES * LINE_LENGTH) throw new NoteError(WRONG_PATH)
  return { index, path, checkpoint: text.slice(cut + 2), ...(extra !== undefined && { extra }) }
}

const HEADER_LINE = `${HEADER}\n`
const EXTRA = 'extra '
const INDEX = 'index '

/** How a proof without extra data begins. */
const INDEX_LINE = `${HEADER_LINE}${INDEX}`

/** The length of a line of the path: 32 bytes in Base 64, and a newline. */
const LINE_LENGTH = 45

/** Returns where the line after this one begins. Each line ends with a newline. */
function endOfLine(lines: string, from: number): number {
  return lines.indexOf('\n', from) + 1 || lines.length
}

/** Checks whether a proof proves an entry's bytes in the tree of `checkpoint`. The caller must have verified the checkpoint's signatures. */
export function provesEntry(entry: Uint8Array, { index, hashes }: TlogProof, { size, root }: Checkpoint): boolean {
  return isIncluded(hashLeaf(entry), index, size, hashes, root)
}

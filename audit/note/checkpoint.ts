import type { TreeHead } from '../merkle/proof.ts'
import { formatBase64, parseBase64 } from './base64.ts'
import { parseDecimal } from './decimal.ts'
import { NoteError, type NoteVerifier } from './key.ts'
import { openNote } from './note.ts'

/** Checkpoints (C2SP tlog-checkpoint): the head of a log's tree as the text of a note. */

/** What a checkpoint says. */
export interface Checkpoint extends TreeHead {
  readonly origin: string
  /** Lines after the root, opaque; none in what we write. */
  readonly extensions: readonly string[]
}

/** The text of a checkpoint's note, ending in a newline. */
export function formatCheckpoint({ origin, size, root, extensions = [] }: TreeHead & CheckpointName): string {
  return [origin, String(size), formatBase64(root), ...extensions, ''].join('\n')
}

interface CheckpointName {
  readonly origin: string
  readonly extensions?: readonly string[]
}

/** Reads the text of a checkpoint's note. Throws a NoteError where it is none. */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n')
  const [origin = '', size = '', root = '', ...extensions] = lines.slice(0, -1)
  const [leaves, hash] = [parseDecimal(size), parseBase64(root, 32)]
  if (lines.length < 4 || lines.at(-1) !== '' || origin === '' || extensions.includes('')) {
    throw new NoteError('a checkpoint has at least three lines, none of them empty')
  }
  if (leaves === undefined) throw new NoteError('the second line of a checkpoint is a decimal size')
  if (hash === undefined) throw new NoteError('the third line of a checkpoint is a root hash of 32 bytes in Base 64')
  return { origin, size: leaves, root: hash, extensions }
}

/**
 * Reads a checkpoint and checks that the log signed it: its key's name is the origin. Other signatures are not looked at.
 * Throws a NoteError where any of this does not hold.
 */
export function openCheckpoint(note: Uint8Array | string, log: NoteVerifier): Checkpoint {
  const checkpoint = parseCheckpoint(openNote(note, [log]).text)
  if (checkpoint.origin !== log.name) {
    throw new NoteError(`a checkpoint of the log ${log.name} has its name as the origin`)
  }
  return checkpoint
}

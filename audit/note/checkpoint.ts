import type { TreeHead } from '../merkle/proof.ts'
import { formatBase64, parseBase64 } from './base64.ts'
import { parseDecimal } from './decimal.ts'
import { NoteError, type NoteVerifier } from './key.ts'
import { openNote, parseNote } from './note.ts'

/** Checkpoints (C2SP tlog-checkpoint): the size and the root of a log's tree, as the text of a note. */

/** The content of a checkpoint. */
export interface Checkpoint extends TreeHead {
  readonly origin: string
  /** Opaque lines after the root. Our own checkpoints have none. */
  readonly extensions: readonly string[]
}

/** Formats the text of a checkpoint's note. It ends with a newline. */
export function formatCheckpoint({ origin, size, root, extensions = [] }: TreeHead & CheckpointName): string {
  return [origin, String(size), formatBase64(root), ...extensions, ''].join('\n')
}

interface CheckpointName {
  readonly origin: string
  readonly extensions?: readonly string[]
}

/**
 * Parses the text of a checkpoint's note.
 * @throws {NoteError} if it is not a checkpoint.
 */
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

/** Reads the checkpoint in a note without any check of its signatures; undefined if there is none in it. */
export function readUncheckedCheckpoint(note: Uint8Array | string): Checkpoint | undefined {
  try {
    return parseCheckpoint(parseNote(note).text)
  } catch {
    return undefined
  }
}

/**
 * Parses a checkpoint, and checks that the log signed it and that the name of the log's key is the origin. Ignores other
 * signatures.
 * @throws {NoteError} if any of this fails.
 */
export function openCheckpoint(note: Uint8Array | string, log: NoteVerifier): Checkpoint {
  const checkpoint = parseCheckpoint(openNote(note, [log]).text)
  if (checkpoint.origin !== log.name) {
    throw new NoteError(`a checkpoint of the log ${log.name} must have this name as its origin`)
  }
  return checkpoint
}

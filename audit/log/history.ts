import { indexPath } from '../merkle/tile-path.ts'
import { decodeFrames, encodeFrame } from './frames.ts'

/**
 * The history: each checkpoint that the log signed and, once more, each checkpoint that witnesses cosigned. They are frames in
 * files that the log appends to (frames.ts). File `checkpoints/<N>` has the checkpoints that were written while the tree had at
 * least N * 4,096 leaves and fewer than (N + 1) * 4,096; N is written as in a tile's path. The log cannot omit a checkpoint
 * unnoticed, because witnesses saw it too.
 */

/** How many sizes of the tree have their checkpoints in one file. */
export const LEAVES_PER_FILE = 4_096

/** Returns the path of the history file that the log appends to while the tree has `size` leaves. */
export function historyPath(size: number): string {
  return `checkpoints/${indexPath(Math.floor(size / LEAVES_PER_FILE))}`
}

/** Returns the paths of the history files of a tree of `size` leaves, beginning with the file for `from` leaves. */
export function historyPaths(size: number, from = 0): readonly string[] {
  const first = Math.floor(from / LEAVES_PER_FILE)
  const count = Math.floor(size / LEAVES_PER_FILE) - first + 1
  return Array.from({ length: count }, (_, at) => `checkpoints/${indexPath(first + at)}`)
}

/** Yields the paths of the history files of a tree of `size` leaves one by one, so that a false, huge `size` costs nothing. */
export function* historyPathsFrom(size: number): Generator<string> {
  for (let at = 0; at <= Math.floor(size / LEAVES_PER_FILE); at++) yield `checkpoints/${indexPath(at)}`
}

/**
 * Encodes notes as one frame of the history, for a tree of `size` leaves.
 * @throws {RangeError} if a note is longer than 65,535 bytes.
 */
export function encodeNotes(size: number, notes: readonly string[]): Uint8Array {
  return encodeFrame({ first: size, entries: notes.map((note) => Buffer.from(note)) })
}

/** Reads a history file: the notes of its complete frames, and `length` and `strayAt` as in `ReadFrames`. */
export function decodeNotes(bytes: Uint8Array): {
  readonly notes: readonly string[]
  readonly length: number
  readonly strayAt: number | undefined
} {
  const { frames, length, strayAt } = decodeFrames(bytes)
  const notes = frames.flatMap(({ entries }) => entries.map((entry) => Buffer.from(entry).toString('utf8')))
  return { notes, length, strayAt }
}

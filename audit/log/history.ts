import { indexPath } from '../merkle/tile-path.ts'
import { decodeFrames, encodeFrame } from './frames.ts'

/**
 * The history: every checkpoint that the log signed and, once more, each that witnesses cosigned, as records in files that are
 * appended to (records.ts). File `checkpoints/<N>` has those that were recorded while the tree had from N * 4,096 leaves on, N
 * written as in a tile's path. A log of its own making alone could not leave one out unseen: witnesses saw them.
 */

const LEAVES_PER_FILE = 4_096

/** The history file for what is recorded while the tree has `size` leaves. */
export function historyPath(size: number): string {
  return `checkpoints/${indexPath(Math.floor(size / LEAVES_PER_FILE))}`
}

/** The history files of a tree of `size` leaves, from the one for `from` leaves on. */
export function historyPaths(size: number, from = 0): readonly string[] {
  const first = Math.floor(from / LEAVES_PER_FILE)
  const count = Math.floor(size / LEAVES_PER_FILE) - first + 1
  return Array.from({ length: count }, (_, at) => `checkpoints/${indexPath(first + at)}`)
}

/** The history files of a tree of `size` leaves, one after another: whoever says the size need not be believed. */
export function* historyPathsFrom(size: number): Generator<string> {
  for (let at = 0; at <= Math.floor(size / LEAVES_PER_FILE); at++) yield `checkpoints/${indexPath(at)}`
}

/** Writes notes as a record of the history, while the tree has `size` leaves. Throws a RangeError for one of over 65,535 bytes. */
export function encodeNotes(size: number, notes: readonly string[]): Uint8Array {
  return encodeFrame({ first: size, entries: notes.map((note) => Buffer.from(note)) })
}

/** A history file as far as it is whole: the notes, up to where, and where whole records stand behind a broken one. */
export function decodeNotes(bytes: Uint8Array): {
  readonly notes: readonly string[]
  readonly length: number
  readonly strayAt: number | undefined
} {
  const { records, length, strayAt } = decodeFrames(bytes)
  const notes = records.flatMap(({ entries }) => entries.map((entry) => Buffer.from(entry).toString('utf8')))
  return { notes, length, strayAt }
}

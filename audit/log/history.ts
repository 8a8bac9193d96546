/**
 * The history: each checkpoint that the log signed and, once more, each checkpoint that witnesses cosigned. They are frames in
 * files that the log appends to (frames.ts). File `checkpoints/<N>` has the checkpoints that were written while the tree had at
 * least N * 4,096 leaves and fewer than (N + 1) * 4,096; N is written as in a tile's path. The log cannot omit a checkpoint
 * unnoticed, because witnesses saw it too.
 */

import { hash } from 'node:crypto'
import { decodeBundle, encodeBundle } from '../merkle/entry-bundle.ts'
import { indexPath } from '../merkle/tile.ts'

/** How many leaves a history file covers. */
export const LEAVES_PER_HISTORY_FILE = 4_096

/** Returns the path of the history file that the log appends to while the tree has `size` leaves. */
export function historyPath(size: number): string {
  return `checkpoints/${indexPath(Math.floor(size / LEAVES_PER_HISTORY_FILE))}`
}

/** Returns the paths of the history files of a tree of `size` leaves, beginning with the file for `from` leaves. */
export function historyPaths(size: number, from = 0): readonly string[] {
  const first = Math.floor(from / LEAVES_PER_HISTORY_FILE)
  const count = Math.floor(size / LEAVES_PER_HISTORY_FILE) - first + 1
  return Array.from({ length: count }, (_, at) => `checkpoints/${indexPath(first + at)}`)
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

/**
 * Files of frames. The journal has one frame for the entries of each commit, and the history has frames of checkpoints. A frame
 * is a head (mark, length of the bundle, a number), a bundle in the form of tlog-tiles, and the SHA-256 of both.
 *
 * The log syncs each frame before it writes the next one, so only the last frame can be torn. The log acknowledged a torn frame
 * to nobody. If a complete frame follows a broken one, the file is therefore damaged: a torn write cannot look like that.
 */

const MARK = Buffer.from('istmo\u0001')
const HEAD_BYTES = MARK.length + 4 + 8
const DIGEST_BYTES = 32

/** One frame. `first` is the index of the first entry or, in the history, the size of the tree when the frame was written. */
export interface Frame {
  readonly first: number
  readonly entries: readonly Uint8Array[]
}

/** The content of a file of frames. */
interface ReadFrames {
  readonly frames: readonly Frame[]
  /** The length of the complete frames, in bytes. The next frame begins there. */
  readonly length: number
  /** The offset of a complete frame behind a broken one, in bytes. If there is one, the file is damaged. */
  readonly strayAt: number | undefined
}

/**
 * Encodes one frame.
 * @throws {RangeError} if an entry is longer than 65,535 bytes.
 */
export function encodeFrame({ first, entries }: Frame): Uint8Array {
  const bundle = encodeBundle(entries)
  const head = Buffer.alloc(HEAD_BYTES)
  head.set(MARK)
  head.writeUInt32BE(bundle.length, MARK.length)
  head.writeBigUInt64BE(BigInt(first), MARK.length + 4)
  const body = Buffer.concat([head, bundle])
  return Buffer.concat([body, hash('sha256', body, 'buffer')])
}

/** Reads the complete frames at the beginning of a file. */
export function decodeFrames(bytes: Uint8Array): ReadFrames {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const frames: Frame[] = []
  let length = 0
  for (let next = readFrame(file, 0); next !== undefined; next = readFrame(file, length)) {
    frames.push(next.frame)
    length = next.end
  }
  return { frames, length, strayAt: findStray(file, length) }
}

function readFrame(file: Buffer, at: number): { readonly frame: Frame; readonly end: number } | undefined {
  if (at + HEAD_BYTES + DIGEST_BYTES > file.length || file.compare(MARK, 0, MARK.length, at, at + MARK.length) !== 0) {
    return undefined
  }
  const bodyEnd = at + HEAD_BYTES + file.readUInt32BE(at + MARK.length)
  const end = bodyEnd + DIGEST_BYTES
  if (end > file.length) return undefined
  if (hash('sha256', file.subarray(at, bodyEnd), 'buffer').compare(file, bodyEnd, end) !== 0) return undefined
  const first = Number(file.readBigUInt64BE(at + MARK.length + 4))
  return { frame: { first, entries: decodeBundle(file.subarray(at + HEAD_BYTES, bodyEnd)) }, end }
}

function findStray(file: Buffer, from: number): number | undefined {
  for (let at = file.indexOf(MARK, from); at >= 0; at = file.indexOf(MARK, at + 1)) {
    if (readFrame(file, at) !== undefined) return at
  }
  return undefined
}

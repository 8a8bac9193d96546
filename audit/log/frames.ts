import { hash } from 'node:crypto'
import { decodeBundle, encodeBundle } from '../merkle/entry-bundle.ts'

/**
 * Files of records, each appended and synced: the journal, with a record for each commit's entries, and the history, with records
 * of checkpoints. A record is a head (mark, length of the bundle, a number), a bundle as tlog-tiles has it, and SHA-256 over both.
 *
 * At most the last record can be torn, for one is written when the one before is synced. What is torn was acknowledged to
 * nobody. A broken record with a whole one behind it is therefore no torn write, but damage.
 */

const MARK = Buffer.from('istmo\u0001')
const HEAD_BYTES = MARK.length + 4 + 8
const DIGEST_BYTES = 32

/** One record. `first` is the index of the first entry, or the tree's size when the checkpoints were recorded. */
export interface Frame {
  readonly first: number
  readonly entries: readonly Uint8Array[]
}

/** A file of records as it was read. */
export interface ReadFrames {
  readonly records: readonly Frame[]
  /** Up to where it is whole, in bytes; the next record goes there. */
  readonly length: number
  /** Where behind that a whole record stands, if one does: then the file is damaged. */
  readonly strayAt: number | undefined
}

/** Writes one record. Throws a RangeError where an entry is too long. */
export function encodeFrame({ first, entries }: Frame): Uint8Array {
  const bundle = encodeBundle(entries)
  const head = Buffer.alloc(HEAD_BYTES)
  head.set(MARK)
  head.writeUInt32BE(bundle.length, MARK.length)
  head.writeBigUInt64BE(BigInt(first), MARK.length + 4)
  const body = Buffer.concat([head, bundle])
  return Buffer.concat([body, hash('sha256', body, 'buffer')])
}

/** Reads a file of records as far as it is whole. */
export function decodeFrames(bytes: Uint8Array): ReadFrames {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const records: Frame[] = []
  let length = 0
  for (let next = readRecord(file, 0); next !== undefined; next = readRecord(file, length)) {
    records.push(next.record)
    length = next.end
  }
  return { records, length, strayAt: findStray(file, length) }
}

function readRecord(file: Buffer, at: number): { readonly record: Frame; readonly end: number } | undefined {
  if (at + HEAD_BYTES + DIGEST_BYTES > file.length || file.compare(MARK, 0, MARK.length, at, at + MARK.length) !== 0) {
    return undefined
  }
  const bodyEnd = at + HEAD_BYTES + file.readUInt32BE(at + MARK.length)
  const end = bodyEnd + DIGEST_BYTES
  if (end > file.length) return undefined
  if (hash('sha256', file.subarray(at, bodyEnd), 'buffer').compare(file, bodyEnd, end) !== 0) return undefined
  const first = Number(file.readBigUInt64BE(at + MARK.length + 4))
  return { record: { first, entries: decodeBundle(file.subarray(at + HEAD_BYTES, bodyEnd)) }, end }
}

function findStray(file: Buffer, from: number): number | undefined {
  for (let at = file.indexOf(MARK, from); at >= 0; at = file.indexOf(MARK, at + 1)) {
    if (readRecord(file, at) !== undefined) return at
  }
  return undefined
}

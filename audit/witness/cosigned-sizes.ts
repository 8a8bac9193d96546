import { hash } from 'node:crypto'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ifThere } from '../if-there.ts'
import type { Hash } from '../merkle/hash.ts'
import type { TreeHead } from '../merkle/proof.ts'

/**
 * What a witness has cosigned of one log, for ever: 64 bytes for each size. The record of a size is the size and the time in seconds
 * since 1970 (both of 64 bits, big-endian), the root (32 bytes), and a check (the first 16 bytes of the SHA-256 of the check before it and
 * of the 48 bytes). The check before the first record is 16 zeros. So a torn or altered record is noticed.
 */

/** One checkpoint that a witness cosigned. `time` is in seconds since 1970. */
export interface CosignedSize extends TreeHead {
  readonly time: number
}

/** The length of a record, in bytes. */
export const RECORD_BYTES = 64
const CONTENT_BYTES = 48
const CHECK_BYTES = RECORD_BYTES - CONTENT_BYTES

/** The check before the first record. */
const FIRST_CHECK: Uint8Array = Buffer.alloc(CHECK_BYTES)

function checkOf(before: Uint8Array, content: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([before, content]), 'buffer').subarray(0, CHECK_BYTES)
}

function encodeRecord({ size, time, root }: CosignedSize, before: Uint8Array): Buffer {
  const content = Buffer.alloc(CONTENT_BYTES)
  content.writeBigUInt64BE(BigInt(size), 0)
  content.writeBigUInt64BE(BigInt(time), 8)
  content.set(root, 16)
  return Buffer.concat([content, checkOf(before, content)])
}

/** Encodes records, the first ones of a log. */
export function encodeCosignedSizes(sizes: readonly CosignedSize[]): Uint8Array {
  let check = FIRST_CHECK
  const records = sizes.map((size) => {
    const record = encodeRecord(size, check)
    check = record.subarray(CONTENT_BYTES)
    return record
  })
  return Buffer.concat(records)
}

/**
 * Reads records up to the first one that is torn or altered.
 * @param before the check of the record before these; by default these are the first
 * @returns the records, and how many bytes they have
 */
export function decodeCosignedSizes(
  bytes: Uint8Array,
  before: Uint8Array = FIRST_CHECK,
): { readonly records: readonly CosignedSize[]; readonly length: number; readonly check: Uint8Array } {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const records: CosignedSize[] = []
  let [check, at] = [before, 0]
  for (; at + RECORD_BYTES <= file.length; at += RECORD_BYTES) {
    const content = file.subarray(at, at + CONTENT_BYTES)
    const came = file.subarray(at + CONTENT_BYTES, at + RECORD_BYTES)
    if (!checkOf(check, content).equals(came)) break
    const root: Hash = Buffer.from(content.subarray(16))
    records.push({ size: Number(content.readBigUInt64BE(0)), time: Number(content.readBigUInt64BE(8)), root })
    check = Buffer.from(came)
  }
  return { records, length: at, check }
}

/** The file of one log. Only one process writes it, because the witness has locked its folder. */
export interface CosignedSizes {
  /** Stores a cosigned checkpoint durably, unless it is the last one already. */
  readonly add: (head: CosignedSize) => Promise<void>
  /** Reads records as bytes, beginning with record `from`, at most `most` of them. */
  readonly read: (from: number, most: number) => Promise<Uint8Array>
  readonly close: () => Promise<void>
}

/**
 * Opens the file, creates it if needed, and cuts off a torn end. It reads only the end, because the file grows for ever.
 * @throws {Error} if not only the last record is damaged. Then the disk is, and the witness must not go on.
 */
export async function openCosignedSizes(path: string): Promise<CosignedSizes> {
  const handle = await openOrCreate(path)
  let {
    end,
    check,
    size: lastSize,
  } = await readEnd(handle, path).catch(async (error: unknown) => {
    await handle.close()
    throw error
  })
  return {
    add: async (head) => {
      if (head.size === lastSize) return
      const record = encodeRecord(head, check)
      await handle.truncate(end)
      await handle.write(record, 0, RECORD_BYTES, end)
      await handle.datasync()
      ;[end, check, lastSize] = [end + RECORD_BYTES, record.subarray(CONTENT_BYTES), head.size]
    },
    read: async (from, most) => {
      const begin = Math.min(from * RECORD_BYTES, end)
      const bytes = Buffer.alloc(Math.min(most * RECORD_BYTES, end - begin))
      await handle.read(bytes, 0, bytes.length, begin)
      return bytes
    },
    close: () => handle.close(),
  }
}

/** The end of a file: its length without a torn record, and the check and the size of its last record. */
interface FileEnd {
  readonly end: number
  readonly check: Uint8Array
  readonly size: number | undefined
}

async function readEnd(handle: FileHandle, path: string): Promise<FileEnd> {
  const { size: bytes } = await handle.stat()
  const whole = Math.floor(bytes / RECORD_BYTES)
  // The last three records: one that a crash may have torn, the one before it, and the one whose check that continues.
  const from = Math.max(0, whole - 3)
  const tail = Buffer.alloc((whole - from) * RECORD_BYTES)
  await handle.read(tail, 0, tail.length, from * RECORD_BYTES)
  const [before, rest, skipped] =
    from === 0 ? [FIRST_CHECK, tail, 0] : [tail.subarray(CONTENT_BYTES, RECORD_BYTES), tail.subarray(RECORD_BYTES), 1]
  const { records, check } = decodeCosignedSizes(rest, before)
  const good = from + skipped + records.length
  if (whole - good > 1) throw new Error(`${path}: expected records whose checks hold; record ${good} does not`)
  return { end: good * RECORD_BYTES, check, size: records.at(-1)?.size }
}

/** Opens a file for reading and writing. A new file is durable when this resolves. */
async function openOrCreate(path: string): Promise<FileHandle> {
  const existing = await ifThere(open(path, 'r+'))
  if (existing !== undefined) return existing
  await mkdir(dirname(path), { recursive: true })
  const created = await open(path, 'w+')
  for (const folder of [dirname(path), dirname(dirname(path))]) await syncFolder(folder)
  return created
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  await handle.sync().finally(() => handle.close())
}

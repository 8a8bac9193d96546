import { hash } from 'node:crypto'
import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { ifThere } from '../if-there.ts'
import { createFolderStorage } from '../log/folder-storage.ts'
import type { Hash } from '../merkle/hash.ts'
import type { TreeHead } from '../merkle/proof.ts'
import { type Checkpoint, parseCheckpoint } from '../note/checkpoint.ts'
import { cosignatureTime } from '../note/key.ts'
import { parseNote } from '../note/note.ts'

/** What a witness cosigned last of one log. `time` is in seconds since 1970; undefined if an earlier version stored no signatures. */
export interface LastHead extends Checkpoint {
  readonly time: number | undefined
}

/**
 * The memory of a witness. Each origin has a file with the head that it cosigned last, which is replaced atomically, and a file with each
 * size that it ever cosigned, which only grows.
 */
export type Heads = Awaited<ReturnType<typeof openHeads>>

/** Opens the folder, and creates it if needed. Rejects with a FolderInUseError if another process has it open. */
export async function openHeads(folder: string) {
  const lock = await lockFolder(folder)
  const storage = await createFolderStorage(folder)
  const turns = createTurns()
  const files = new Map<string, Promise<CosignedSizes>>()

  const note = async (originHash: string): Promise<string | undefined> => {
    const stored = await storage.read(`heads/${originHash}`)
    return stored && Buffer.from(stored).toString('utf8')
  }
  /** The head is written first. So after a crash, or an earlier version, the other file may lack it. */
  const openSizes = async (originHash: string): Promise<CosignedSizes> => {
    const sizes = await openCosignedSizes(join(folder, 'cosigned', originHash))
    const stored = await note(originHash)
    if (stored !== undefined) await addTo(sizes, stored)
    return sizes
  }
  const sizesOf = (originHash: string): Promise<CosignedSizes> => {
    const opened = files.get(originHash) ?? openSizes(originHash)
    files.set(originHash, opened)
    opened.catch(() => files.delete(originHash))
    return opened
  }

  return {
    /** Runs `work` after all earlier work for the same origin, so that a head does not change between reading and writing it. */
    inTurn: turns.inTurn,
    /** Reads the last head of an origin; undefined if none was cosigned. Rejects if the file cannot be read: then nothing is cosigned. */
    last: async (origin: string): Promise<LastHead | undefined> => {
      const stored = await note(hashOrigin(origin))
      if (stored === undefined) return undefined
      const head = readHead(stored)
      if (head.origin !== origin) throw new Error(`the witness’ file for ${origin} has a head of ${head.origin}`)
      return head
    },
    /** Reads the last cosigned checkpoint, as a note, by the SHA-256 of its origin in hexadecimal digits; undefined if it has none with signatures. */
    note: async (originHash: string): Promise<string | undefined> => {
      const stored = await note(originHash)
      return stored !== undefined && isNote(stored) ? stored : undefined
    },
    /** Stores a cosigned checkpoint, as a note, in both files, and resolves when both are durable. */
    store: async (origin: string, cosigned: string) => {
      const originHash = hashOrigin(origin)
      const sizes = await sizesOf(originHash)
      await storage.write([{ path: `heads/${originHash}`, bytes: Buffer.from(cosigned) }])
      await addTo(sizes, cosigned)
    },
    /** Reads the records of what it cosigned ({@link encodeCosignedSizes}), by the same hash; undefined if it knows no such log. */
    history: async (originHash: string, from: number, most: number): Promise<Uint8Array | undefined> => {
      if ((await note(originHash)) === undefined) return undefined
      return (await sizesOf(originHash)).read(from, most)
    },
    close: async () => {
      await turns.idle()
      for (const file of files.values()) await (await file).close()
      await storage.close()
      lock.release()
    },
  }
}

/** Runs work for the same name one after another. */
function createTurns() {
  const turns = new Map<string, Promise<unknown>>()
  const inTurn = <Value>(name: string, work: () => Promise<Value>): Promise<Value> => {
    const before = turns.get(name) ?? Promise.resolve()
    const done = before.then(work, work)
    const turn = done.then(
      () => undefined,
      () => undefined,
    )
    turns.set(name, turn)
    void turn.then(() => turns.get(name) === turn && turns.delete(name))
    return done
  }
  return { inTurn, idle: () => Promise.all(turns.values()) }
}

async function addTo(sizes: CosignedSizes, note: string): Promise<void> {
  const { size, root, time = 0 } = readHead(note)
  await sizes.add({ size, root, time })
}

/** Reads a stored head. Earlier versions stored the text of the checkpoint without signatures. */
function readHead(stored: string): LastHead {
  if (!isNote(stored)) return { ...parseCheckpoint(stored), time: undefined }
  const { text, signatures } = parseNote(stored)
  const [time] = signatures.flatMap(({ signature }) => cosignatureTime(signature) ?? [])
  return { ...parseCheckpoint(text), time }
}

function isNote(stored: string): boolean {
  return stored.includes('\n\n')
}

/** Returns the name of an origin's files. It is a hash, because an origin may have characters that a path may not. */
export function hashOrigin(origin: string): string {
  return hash('sha256', origin)
}

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
type CosignedSizes = Awaited<ReturnType<typeof openCosignedSizes>>

/**
 * Opens the file, creates it if needed, and cuts off a torn end. It reads only the end, because the file grows for ever.
 * @throws {Error} if not only the last record is damaged. Then the disk is, and the witness must not go on.
 */
async function openCosignedSizes(path: string) {
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
    /** Stores a cosigned checkpoint durably, unless it is the last one already. */
    add: async (head: CosignedSize) => {
      if (head.size === lastSize) return
      const record = encodeRecord(head, check)
      await handle.truncate(end)
      await handle.write(record, 0, RECORD_BYTES, end)
      await handle.datasync()
      ;[end, check, lastSize] = [end + RECORD_BYTES, record.subarray(CONTENT_BYTES), head.size]
    },
    /** Reads records as bytes, beginning with record `from`, at most `most` of them. */
    read: async (from: number, most: number) => {
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

import { createCipheriv, hash, type KeyObject, randomBytes } from 'node:crypto'
import { ID_BYTES, SLOT_BYTES } from '../salts/slot.ts'

/**
 * The form of a journal file. It has a header and then one frame for each commit. Zeroes follow up to the end of the file, because the
 * file is longer than what is in it: a commit that does not change the length of a file costs the disk one write less.
 *
 *     header  mark, id of the file (16 bytes), index of its first entry (8), SHA-256 of all this
 *     frame   mark, id of the file, index of its first entry, length of the bundle (4), number of salts (4), IV (16),
 *             the bundle of entries (tlog-tiles), the salts, SHA-256 of the frame without what is sealed
 *     salt    id (16), sealed rest of its slot (40), the first 8 bytes of the SHA-256 of the sealed rest
 *
 * A salt is **sealed**: enciphered with AES-256-CTR under the key of the file, which lies in the erasable store of salts. Whoever copies
 * the log's folder copies no salt that can be read. To erase a salt, its sealed bytes are overwritten in place. The digest of the frame
 * leaves them out, so that the frame stays complete, also if a power cut tears the erasure.
 *
 * The log syncs each frame before it writes the next one, so only the last frame can be torn, and the log acknowledged a torn frame to
 * nobody. If a complete frame follows a broken one, the file is therefore damaged. Each frame has the id of its file, which nobody
 * knows before: what an earlier file left on the disk, and what somebody puts into an entry, cannot pass for a frame.
 */

const HEADER_MARK = Buffer.from('istmo-j\u0002')
const FRAME_MARK = Buffer.from('istmo\u0002')
const FILE_ID_BYTES = 16
const DIGEST_BYTES = 32
const IV_BYTES = 16
const CHECK_BYTES = 8
const SEALED_BYTES = SLOT_BYTES - ID_BYTES

/** The length of a salt in a frame, in bytes: its id, its sealed rest and the check. */
export const SALT_BYTES: number = ID_BYTES + SEALED_BYTES + CHECK_BYTES

const HEAD_BYTES = FRAME_MARK.length + FILE_ID_BYTES + 8 + 4 + 4 + IV_BYTES

const NO_SLOTS = new Uint8Array()

/** The length of a journal file's header, in bytes. */
export const HEADER_BYTES: number = HEADER_MARK.length + FILE_ID_BYTES + 8 + DIGEST_BYTES

/** What stands in the place of a sealed salt that was erased. */
const ERASED_SEAL = Buffer.alloc(SEALED_BYTES, 0xee)

/** The header of a journal file. */
export interface JournalHeader {
  /** 16 random bytes, which each frame of the file repeats. */
  readonly id: Uint8Array
  /** The index of the first entry in the file. */
  readonly first: number
}

/** A salt in a frame. */
export interface JournalSalt {
  /** The 16 bytes of its id. */
  readonly id: Uint8Array
  /** Whether it can no longer be opened. */
  readonly isErased: boolean
  /** Whether nothing of it is left. An erasure that a power cut tore leaves some bytes. */
  readonly isGone: boolean
  /** The offset of its sealed bytes in the file. */
  readonly at: number
}

/** One frame of a journal file. */
export interface JournalFrame {
  /** The index of the first entry. */
  readonly first: number
  /** The entries, in the form of a bundle. */
  readonly bundle: Uint8Array
  readonly salts: readonly JournalSalt[]
  /** Opens the salts with the key of the file. Returns their slots (../salts/slot.ts), without the erased ones. */
  readonly openSlots: (key: Uint8Array) => readonly Uint8Array[]
}

/** The content of a journal file. */
export interface ReadJournal {
  /** Undefined if the file ends before it has one, or it is broken. */
  readonly header: JournalHeader | undefined
  readonly frames: readonly JournalFrame[]
  /** Where the next frame begins, in bytes. */
  readonly length: number
  /** Whether a frame begins there that was not finished. */
  readonly isTorn: boolean
  /** The last complete frame behind a broken one or a broken header. If there is one, the file is damaged. */
  readonly stray: { readonly at: number; readonly first: number; readonly bundle: Uint8Array } | undefined
}

/** Makes the header of a new journal file. */
export function createHeader(first: number): JournalHeader {
  return { id: randomBytes(FILE_ID_BYTES), first }
}

/** Encodes a header. */
export function encodeHeader({ id, first }: JournalHeader): Uint8Array {
  const body = Buffer.concat([HEADER_MARK, id, encodeIndex(first)])
  return Buffer.concat([body, hash('sha256', body, 'buffer')])
}

/**
 * Encodes a frame.
 * @param bundles bundles of entries, which become one
 * @param slots the slots of the salts, one after another. Without any, `key` is not needed.
 * @param room the frame is written into it if it is long enough. What is in it is overwritten.
 */
export function encodeJournalFrame(
  { id, first }: JournalHeader,
  bundles: readonly Uint8Array[],
  slots: Uint8Array = NO_SLOTS,
  key?: KeyObject,
  room?: Buffer,
): Buffer {
  const bundleBytes = bundles.reduce((bytes, { length }) => bytes + length, 0)
  const salts = slots.length / SLOT_BYTES
  const bodyEnd = HEAD_BYTES + bundleBytes + salts * SALT_BYTES
  const length = bodyEnd + DIGEST_BYTES
  const frame = room !== undefined && length <= room.length ? room.subarray(0, length) : Buffer.allocUnsafe(length)
  const iv = randomBytes(IV_BYTES)
  let at = 0
  for (const part of [FRAME_MARK, id, encodeIndex(first), encodeCounts(bundleBytes, salts), iv, ...bundles]) {
    frame.set(part, at)
    at += part.length
  }
  if (salts > 0) {
    if (key === undefined) throw new TypeError('expected the key of the salts')
    writeSealed(frame, at, sealSlots(slots, key, iv), slots)
  }
  frame.write(digestOf(frame.subarray(0, bodyEnd), salts), bodyEnd, 'hex')
  return frame
}

function encodeCounts(bundleBytes: number, salts: number): Uint8Array {
  const counts = Buffer.alloc(8)
  counts.writeUInt32BE(bundleBytes, 0)
  counts.writeUInt32BE(salts, 4)
  return counts
}

/** Returns the sealed rests of slots, one after another: each has its part of the key stream. */
function sealSlots(slots: Uint8Array, key: KeyObject, iv: Uint8Array): Buffer {
  const rests = Buffer.allocUnsafe((slots.length / SLOT_BYTES) * SEALED_BYTES)
  let to = 0
  for (let from = 0; from < slots.length; from += SLOT_BYTES) {
    rests.set(slots.subarray(from + ID_BYTES, from + SLOT_BYTES), to)
    to += SEALED_BYTES
  }
  return createCipheriv('aes-256-ctr', key, iv).update(rests)
}

/** Writes the id, the sealed rest and the check of each slot. */
function writeSealed(frame: Buffer, from: number, sealed: Buffer, slots: Uint8Array): void {
  let at = from
  for (let index = 0; index < slots.length / SLOT_BYTES; index++) {
    const rest = sealed.subarray(index * SEALED_BYTES, (index + 1) * SEALED_BYTES)
    frame.set(slots.subarray(index * SLOT_BYTES, index * SLOT_BYTES + ID_BYTES), at)
    frame.set(rest, at + ID_BYTES)
    // The rest of the digest does not fit.
    frame.write(hash('sha256', rest, 'binary'), at + ID_BYTES + SEALED_BYTES, CHECK_BYTES, 'binary')
    at += SALT_BYTES
  }
}

/** Computes the digest of a frame's body, which ends with its salts, in hexadecimal digits. It leaves out what is sealed. */
function digestOf(body: Buffer, salts: number): string {
  if (salts === 0) return hash('sha256', body, 'hex')
  const begin = body.length - salts * SALT_BYTES
  const told = Buffer.allocUnsafe(begin + salts * (SALT_BYTES - SEALED_BYTES))
  let end = body.copy(told, 0, 0, begin)
  for (let at = begin; at < body.length; at += SALT_BYTES) {
    end += body.copy(told, end, at, at + ID_BYTES)
    end += body.copy(told, end, at + ID_BYTES + SEALED_BYTES, at + SALT_BYTES)
  }
  return hash('sha256', told, 'hex')
}

function checkOf(sealed: Uint8Array): Uint8Array {
  return hash('sha256', sealed, 'buffer').subarray(0, CHECK_BYTES)
}

function encodeIndex(index: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(index))
  return bytes
}

/** Reads a journal file. */
export function decodeJournal(bytes: Uint8Array): ReadJournal {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const header = readHeader(file)
  const frames: JournalFrame[] = []
  let length = header === undefined ? 0 : HEADER_BYTES
  for (let next = readFrame(file, length, header); next !== undefined; next = readFrame(file, length, header)) {
    if (header === undefined) break
    frames.push(next.frame)
    length = next.end
  }
  const mark = header === undefined ? HEADER_MARK : Buffer.concat([FRAME_MARK, header.id])
  const isTorn = file.subarray(length, length + mark.length).equals(mark)
  return { header, frames, length, isTorn, stray: findStray(file, length, header) }
}

/** Reports where the sealed bytes of a salt must be overwritten to erase it, and with what. */
export function erasuresOf({ frames }: ReadJournal, id: Uint8Array): readonly { at: number; bytes: Uint8Array }[] {
  const salts = frames.flatMap((frame) => frame.salts)
  return salts
    .filter((salt) => !salt.isGone && Buffer.compare(salt.id, id) === 0)
    .map(({ at }) => ({ at, bytes: ERASED_SEAL }))
}

/** Whether the bytes at the place of a sealed salt are still what the log wrote there. */
export function isKeptSeal(bytes: Uint8Array): boolean {
  const sealed = bytes.subarray(0, SEALED_BYTES)
  return Buffer.compare(bytes.subarray(SEALED_BYTES, SEALED_BYTES + CHECK_BYTES), checkOf(sealed)) === 0
}

/** The length of a sealed salt with its check, in bytes. They are one behind the other. */
export const SEAL_BYTES: number = SEALED_BYTES + CHECK_BYTES

/** Returns the offset of the first sealed salt in a frame of that length with so many salts. The others follow, {@link SALT_BYTES} apart. */
export function placeOfSalts(frameLength: number, salts: number): number {
  return frameLength - DIGEST_BYTES - salts * SALT_BYTES + ID_BYTES
}

function readHeader(file: Buffer): JournalHeader | undefined {
  const bodyEnd = HEADER_BYTES - DIGEST_BYTES
  if (file.length < HEADER_BYTES || !file.subarray(0, HEADER_MARK.length).equals(HEADER_MARK)) return undefined
  if (!file.subarray(bodyEnd, HEADER_BYTES).equals(hash('sha256', file.subarray(0, bodyEnd), 'buffer')))
    return undefined
  const id = file.subarray(HEADER_MARK.length, HEADER_MARK.length + FILE_ID_BYTES)
  return { id, first: Number(file.readBigUInt64BE(HEADER_MARK.length + FILE_ID_BYTES)) }
}

/** Reads the complete frame at an offset. Without a header it may be the frame of any file. */
function readFrame(
  file: Buffer,
  at: number,
  header: JournalHeader | undefined,
): { readonly frame: JournalFrame; readonly end: number } | undefined {
  const idAt = at + FRAME_MARK.length
  if (at + HEAD_BYTES > file.length || !file.subarray(at, idAt).equals(FRAME_MARK)) return undefined
  if (header !== undefined && !file.subarray(idAt, idAt + FILE_ID_BYTES).equals(header.id)) return undefined
  const countsAt = idAt + FILE_ID_BYTES + 8
  const bundleEnd = at + HEAD_BYTES + file.readUInt32BE(countsAt)
  const count = file.readUInt32BE(countsAt + 4)
  const bodyEnd = bundleEnd + count * SALT_BYTES
  const end = bodyEnd + DIGEST_BYTES
  if (end > file.length) return undefined
  if (file.toString('hex', bodyEnd, end) !== digestOf(file.subarray(at, bodyEnd), count)) return undefined
  const firstAt = at + placeOfSalts(end - at, count)
  const salts = Array.from({ length: count }, (_, index) => readSalt(file, firstAt + index * SALT_BYTES))
  const iv = file.subarray(countsAt + 8, countsAt + 8 + IV_BYTES)
  const frame: JournalFrame = {
    first: Number(file.readBigUInt64BE(countsAt - 8)),
    bundle: file.subarray(at + HEAD_BYTES, bundleEnd),
    salts,
    openSlots: (key) => openSlots(file, salts, key, iv),
  }
  return { frame, end }
}

function readSalt(file: Buffer, at: number): JournalSalt {
  const isGone = Buffer.compare(file.subarray(at, at + SEALED_BYTES), ERASED_SEAL) === 0
  return { id: file.subarray(at - ID_BYTES, at), isErased: !isKeptSeal(file.subarray(at)), isGone, at }
}

function openSlots(
  file: Buffer,
  salts: readonly JournalSalt[],
  key: Uint8Array,
  iv: Uint8Array,
): readonly Uint8Array[] {
  // Each salt has its part of the key stream, so the erased ones are deciphered too.
  const cipher = createCipheriv('aes-256-ctr', key, iv)
  const opened = salts.map(({ id, at }) => Buffer.concat([id, cipher.update(file.subarray(at, at + SEALED_BYTES))]))
  return opened.filter((_, index) => salts[index]?.isErased === false)
}

function findStray(file: Buffer, from: number, header: JournalHeader | undefined): ReadJournal['stray'] {
  const mark = header === undefined ? FRAME_MARK : Buffer.concat([FRAME_MARK, header.id])
  let stray: ReadJournal['stray']
  for (let at = file.indexOf(mark, from); at >= 0; at = file.indexOf(mark, at + 1)) {
    const found = readFrame(file, at, header)
    if (found !== undefined) stray = { at, first: found.frame.first, bundle: found.frame.bundle }
  }
  return stray
}

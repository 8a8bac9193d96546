import { createSecretKey, type KeyObject } from 'node:crypto'
import { SLOT_BYTES } from '../salts/slot.ts'
import {
  createHeader,
  encodeHeader,
  encodeJournalFrame,
  HEADER_BYTES,
  type JournalHeader,
  placeOfSalts,
  SALT_BYTES,
  SEAL_BYTES,
} from './journal-frames.ts'
import type { JournalFile, LogState } from './state.ts'

/** Writes the journal: one frame for each commit, with one write and one sync (journal-frames.ts). */

/** When a journal file has this size, in bytes, the log begins a new one. */
const FULL_BYTES = 16 * 1024 * 1024

/** The first length of a journal file, in bytes. A log with few entries must not fill the disk with zeroes. */
const FIRST_BYTES = 16 * 1024

/** The most bytes by which a journal file grows at a time. It doubles until then. */
const MAX_STEP_BYTES = 1024 * 1024

/** Up to what length a frame needs no bytes of its own. Most frames are shorter. */
const ROOM_BYTES = 64 * 1024

/** What one commit writes. */
export interface JournalCommit {
  /** The index of the first entry. */
  readonly first: number
  /** The entries, as bundles that follow one another. */
  readonly bundles: readonly Uint8Array[]
  /** The slots of their salts, one after another. */
  readonly slots: Uint8Array
}

/** Returns the path of the journal file that begins with entry `first`. The names sort like the numbers. */
export function journalPath(first: number): string {
  return `journal/${String(first).padStart(16, '0')}.v2`
}

/**
 * Writes one commit to the journal, with one write and one sync. If it rejects, the next commit is written to the same place.
 * @throws {TypeError} if there are salts, and the log has no store for them.
 */
export async function writeToJournal(state: LogState, { first, bundles, slots }: JournalCommit): Promise<void> {
  const file = fileFor(state, first)
  const header = file.header
  if (header === undefined) throw new TypeError('expected a journal file that takes frames')
  const key = slots.length === 0 ? undefined : (file.key ?? (await keyOf(file, header.id, state)))
  // One commit is written after the other, so each of them can use the same bytes.
  file.room ??= Buffer.allocUnsafeSlow(ROOM_BYTES)
  const frame = encodeJournalFrame({ ...header, first }, bundles, slots, key, file.room)
  if (file.allocated > 0 && file.used + frame.length > file.allocated) await grow(state, file, frame.length)
  if (file.allocated > 0) await state.storage.overwrite(file.path, file.used, frame)
  else await begin(state, file, header, frame)
  notePending(state, file, frame, slots)
  file.used += frame.length
}

/** Notes the salts that the store does not have yet, and what was written of them. The frame, which has the entries too, is not kept for them. */
function notePending(state: LogState, { path, used }: JournalFile, frame: Buffer, slots: Uint8Array): void {
  if (slots.length === 0) return
  const salts = slots.length / SLOT_BYTES
  const at = placeOfSalts(frame.length, salts)
  const written = Buffer.from(frame.subarray(at, at + (salts - 1) * SALT_BYTES + SEAL_BYTES))
  state.saltsToStore.push({ slots, isErased: false, path, at: used + at, written })
}

/** Returns a journal file that begins with entry `first` and does not exist yet. */
export function newJournalFile(first: number): JournalFile {
  const header = createHeader(first)
  return { path: journalPath(first), first, header, used: HEADER_BYTES, allocated: 0, key: undefined }
}

function fileFor({ journal }: LogState, first: number): JournalFile {
  const last = journal.at(-1)
  if (last?.header !== undefined && last.used < FULL_BYTES) return last
  const file = newJournalFile(first)
  journal.push(file)
  return file
}

async function keyOf(file: JournalFile, id: Uint8Array, { salts }: LogState): Promise<KeyObject> {
  if (salts === undefined) throw new TypeError('expected a log that was opened with the folder of its salts')
  file.key ??= createSecretKey((await salts.readKey(id)) ?? (await salts.createKey(id)))
  return file.key
}

/** Lets a file have room for a frame of so many bytes and for the next ones. The zeroes are always the same ones: a file grows by a megabyte at a time. */
async function grow({ storage }: LogState, file: JournalFile, bytes: number): Promise<void> {
  const step = Math.min(file.allocated, MAX_STEP_BYTES)
  const length = Math.ceil((file.used + bytes) / step) * step
  const room = length - file.used
  // If this fails, the file may have been cut there.
  file.allocated = file.used
  await storage.append(file.path, file.used, room <= ZEROES.length ? ZEROES.subarray(0, room) : Buffer.alloc(room))
  file.allocated = length
}

const ZEROES = Buffer.alloc(2 * MAX_STEP_BYTES)

/** Creates a file with its first frame. */
async function begin({ storage }: LogState, file: JournalFile, header: JournalHeader, frame: Buffer): Promise<void> {
  const bytes = Buffer.concat([encodeHeader(header), frame])
  const length = Math.ceil(bytes.length / FIRST_BYTES) * FIRST_BYTES
  await storage.append(file.path, 0, Buffer.concat([bytes, Buffer.alloc(length - bytes.length)]))
  file.allocated = length
}

/** Removes the journal files whose entries are all published. The last one stays in use. */
export async function removeOutlivedJournals(state: LogState): Promise<void> {
  const outlived = state.journal.filter((_, at) => (state.journal[at + 1]?.first ?? Infinity) <= state.published.size)
  await removeJournals(state, outlived)
}

/**
 * Removes journal files, and the keys of the salts in them first: what the disk still has of a removed file can then not be read. All
 * their entries must be published, and all their salts in the store.
 */
export async function removeJournals(state: LogState, files: readonly JournalFile[]): Promise<void> {
  for (const { header } of files) {
    if (header !== undefined) await state.salts?.dropKey(header.id)
  }
  await state.storage.write(files.map(({ path }) => ({ path })))
  state.journal = state.journal.filter((file) => !files.includes(file))
}

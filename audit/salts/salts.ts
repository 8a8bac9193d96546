import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ifThere, isMissing } from '../if-there.ts'
import { accessFolder, type LogStorage } from '../log/folder-storage.ts'
import { decodeJournal, erasuresOf } from '../log/journal-frames.ts'
import {
  encodeErased,
  type FoundSalt,
  findSlot,
  ID_BYTES,
  idOfSlot,
  indexSlots,
  listSlots,
  parseId,
  SLOT_BYTES,
  slotPath,
} from './slot.ts'

/**
 * Finds and erases salts. The log may be open, in this process or in another one: a salt is then in the log's journal first, and in the
 * store after the log has published.
 *
 * Erasing overwrites the salt in the journal first, and then in the store. The log stores salts first, and then looks into the journal
 * whether one of them was erased there (`storeSalts` in ../log/publish.ts). So an erasure that comes while the log moves a salt is not lost, and no
 * lock is needed.
 */

/** The two folders of a log with salts. */
export interface SaltPlaces {
  /** The folder of the store, and the log's folder. */
  readonly salts: LogStorage
  readonly log: LogStorage
}

/**
 * Looks up a salt. A salt that its entry's receipt covers is found, also if it is not published yet.
 * @param folder the folder of the store
 * @param logFolder the log's folder. The default is `log` beside it.
 * @throws {RangeError} if the id is not a UUIDv7.
 */
export function findSalt(folder: string, id: string, logFolder: string = besides(folder)): Promise<FoundSalt> {
  return inFolders(folder, logFolder, (places) => findSaltIn(places, id))
}

/**
 * Erases a salt: overwrites it wherever it is, and resolves when that is durable. Finishes an erasure that a crash interrupted.
 * @param folder the folder of the store
 * @param logFolder the log's folder. The default is `log` beside it.
 * @returns true if there was a salt.
 * @throws {RangeError} if the id is not a UUIDv7.
 */
export function eraseSalt(folder: string, id: string, logFolder: string = besides(folder)): Promise<boolean> {
  return inFolders(folder, logFolder, (places) => eraseSaltIn(places, id))
}

function besides(folder: string): string {
  return join(dirname(folder), 'log')
}

async function inFolders<Value>(
  folder: string,
  logFolder: string,
  work: (places: SaltPlaces) => Promise<Value>,
): Promise<Value> {
  const [salts, log] = [accessFolder(folder), accessFolder(logFolder)]
  try {
    return await work({ salts, log })
  } finally {
    await salts.close()
    await log.close()
  }
}

/** Does what `findSalt` does, on any storages. */
export async function findSaltIn({ salts, log }: SaltPlaces, id: string): Promise<FoundSalt> {
  const bytes = parseId(id)
  const inStore = async (): Promise<FoundSalt> => {
    const { at: _, ...found } = findSlot((await salts.read(slotPath(bytes))) ?? new Uint8Array(), bytes)
    return found
  }
  const found = await inStore()
  if (found.kind === 'KEPT') return found
  // An erasure begins in the journal. A salt that is there is not erased, whatever a torn slot in the store looks like.
  const inJournal = await findInJournal({ salts, log }, bytes)
  if (inJournal.kind !== 'UNKNOWN' || found.kind !== 'UNKNOWN')
    return inJournal.kind === 'KEPT' ? inJournal : { kind: 'ERASED' }
  // If the log published in the meantime, the journal may be gone.
  return inStore()
}

async function findInJournal({ salts, log }: SaltPlaces, id: Uint8Array): Promise<FoundSalt> {
  let found: FoundSalt = { kind: 'UNKNOWN' }
  for (const name of await log.list('journal')) {
    const { header, frames } = decodeJournal((await log.read(`journal/${name}`)) ?? new Uint8Array())
    const having = frames.filter((frame) => frame.salts.some((salt) => Buffer.compare(salt.id, id) === 0))
    const key = header === undefined || having.length === 0 ? undefined : await salts.read(keyPath(header.id))
    if (having.length > 0) found = { kind: 'ERASED' }
    if (key === undefined) continue
    for (const frame of having) {
      const { at: _, ...opened } = findSlot(Buffer.concat(frame.openSlots(key)), id)
      if (opened.kind === 'KEPT') return opened
    }
  }
  return found
}

/** Does what `eraseSalt` does, on any storages. */
export async function eraseSaltIn({ salts, log }: SaltPlaces, id: string): Promise<boolean> {
  const bytes = parseId(id)
  let hadSalt = false
  for (const name of await log.list('journal')) {
    const path = `journal/${name}`
    const erasures = erasuresOf(decodeJournal((await log.read(path)) ?? new Uint8Array()), bytes)
    if (erasures.length > 0) hadSalt = true
    try {
      for (const { at, bytes: erased } of erasures) await log.overwrite(path, at, erased)
    } catch (error) {
      // The log published in the meantime, so the salt is in the store.
      if (!isMissing(error)) throw error
    }
  }
  return (await eraseSlots(salts, bytes)) || hadSalt
}

/**
 * Lists the salts that a store keeps of one hour. A salt that was erased is not among them.
 * @param folder the store's folder; it may be open.
 * @param hour counts hours since 1970, by the time in the salts' ids.
 */
export async function listSalts(folder: string, hour: number): Promise<readonly Uint8Array[]> {
  const file = await ifThere(readFile(join(folder, `hours/${hour}`)))
  return file === undefined ? [] : listSlots(file)
}

/** Looks up an entry's salt, as `findSalt` does. Rejects with a RangeError if the id is not a UUIDv7. */
export type FindSalt = (id: string) => Promise<FoundSalt>

/**
 * Creates a look-up for somebody who reads a whole log: it reads the file of an hour once, while the ids come roughly in the order of time.
 * @param folder the store of salts, which need not be open.
 */
export function createSaltFinder(folder: string): FindSalt {
  let last: { readonly path: string; readonly slots: ReadonlyMap<string, Uint8Array> } | undefined
  return async (id) => {
    const bytes = parseId(id)
    const path = slotPath(bytes)
    if (last?.path !== path) {
      const file = await ifThere(readFile(join(folder, path)))
      last = { path, slots: groupSlots(file ?? new Uint8Array()) }
    }
    const { at: _, ...found } = findSlot(last.slots.get(hexOf(bytes)) ?? new Uint8Array(), bytes)
    // A salt that the log has not published yet is in its journal.
    return found.kind === 'UNKNOWN' ? findSalt(folder, id) : found
  }
}

/** Groups the slots of a file by their id. One id may have several: a crash may have torn some of them. */
function groupSlots(file: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const slots = new Map<string, Uint8Array>()
  for (let from = 0; from + SLOT_BYTES <= file.length; from += SLOT_BYTES) {
    const slot = file.subarray(from, from + SLOT_BYTES)
    const id = hexOf(idOfSlot(slot))
    const before = slots.get(id)
    slots.set(id, before === undefined ? slot : Buffer.concat([before, slot]))
  }
  return slots
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/**
 * The erasable store of salts, for the log that fills it. It is beside the log, not in it. After a salt is erased, nobody can open the
 * commitments under it, and the tree is unchanged.
 *
 * The files `hours/<hour since 1970>` have slots of a fixed size (slot.ts). The hour is in the salt's id, a UUIDv7. A salt is in the
 * journal first, in the commit of its entry, and moves here when the log publishes. The files `journal-keys/<id of the journal file>` have
 * the keys under which the journal's salts are sealed (../log/journal-frames.ts).
 *
 * A program cannot reach copies that a file system or a drive makes of overwritten blocks (snapshots, copy on write, wear
 * levelling, backups). The store therefore belongs on its own encrypted volume without snapshots.
 */
export type SaltStore = ReturnType<typeof createSaltStore>

/** The length of a journal file's key, in bytes. */
const KEY_BYTES = 32

/** Returns the path of the key of a journal file. */
export function keyPath(file: Uint8Array): string {
  return `journal-keys/${Buffer.from(file).toString('hex')}`
}

/** Opens the store on a storage. Only the process that has the log open may add salts. */
export function createSaltStore(storage: LogStorage) {
  /** The length of the complete slots of each file, in bytes. */
  const lengths = new Map<string, number>()

  return {
    /** Creates the key of a journal file, and resolves when it is durable. */
    async createKey(file: Uint8Array) {
      const key = randomBytes(KEY_BYTES)
      await storage.write([{ path: keyPath(file), bytes: key }])
      return key
    },
    /** Reads the key of a journal file. Resolves to undefined if there is none. */
    readKey: (file: Uint8Array): Promise<Uint8Array | undefined> => storage.read(keyPath(file)),
    /** Overwrites the key of a journal file, and removes it. */
    dropKey: (file: Uint8Array) => dropKey(storage, keyPath(file)),
    /** Drops the keys of all journal files but these. A crash may leave the key of a file that was never written. */
    async keepKeys(files: readonly Uint8Array[]) {
      const kept = new Set(files.map(keyPath))
      const paths = (await storage.list('journal-keys')).map((name) => `journal-keys/${name}`)
      for (const path of paths) if (!kept.has(path)) await dropKey(storage, path)
    },
    /** Tells what the store has of ids of 16 bytes each, in their order. A torn slot does not count. What it has is durable when this resolves. */
    async look(ids: readonly Uint8Array[]) {
      const kinds = new Map<string, FoundSalt['kind']>()
      for (const path of new Set(ids.map(slotPath))) {
        const file = await storage.read(path)
        if (file === undefined) continue
        await completeSlots(storage, path, file)
        for (const [id, kind] of indexSlots(file)) kinds.set(id, kind)
      }
      return ids.map((id) => kinds.get(Buffer.from(id).toString('hex')) ?? 'UNKNOWN')
    },
    /** Appends slots that are not in the store yet, all of the same hour. Resolves when they are durable. */
    async add(slots: readonly Uint8Array[]) {
      const [first] = slots
      if (first === undefined) return
      const path = slotPath(idOfSlot(first))
      const before = lengths.get(path) ?? (await completeSlots(storage, path, await storage.read(path)))
      // After a failed try the next one writes to the same place, so that no salt is in the store twice.
      lengths.set(path, before)
      const bytes = Buffer.concat(slots)
      await storage.append(path, before, bytes)
      lengths.set(path, before + bytes.length)
    },
    /** Erases the salt of an id of 16 bytes, if the store has it. Resolves when that is durable. */
    erase: (id: Uint8Array) => eraseSlots(storage, id),
  }
}

async function dropKey(storage: LogStorage, path: string): Promise<void> {
  const key = await storage.read(path)
  if (key === undefined) return
  await storage.overwrite(path, 0, Buffer.alloc(key.length))
  await storage.write([{ path }])
}

/** Overwrites all slots of an id, also one whose erasure was interrupted. Returns whether one of them had a salt. */
export async function eraseSlots(storage: LogStorage, id: Uint8Array): Promise<boolean> {
  const path = slotPath(id)
  const file = (await storage.read(path)) ?? new Uint8Array()
  const { kind, at } = findSlot(Buffer.concat([file, paddingOf(file)]), id)
  for (const slot of at) {
    // A torn slot at the end of the file is shorter.
    const erased = encodeErased(id).subarray(ID_BYTES, file.length - slot)
    if (erased.length > 0) await storage.overwrite(path, slot + ID_BYTES, erased)
  }
  return kind === 'KEPT'
}

/**
 * Makes the slot at the end of a file complete if it is torn, and syncs what a process that was killed had written. No other slot takes
 * the place of a torn one, because an erasure may be about to overwrite it.
 * @returns the length of the file, in bytes.
 */
async function completeSlots(storage: LogStorage, path: string, file: Uint8Array = new Uint8Array()): Promise<number> {
  if (file.length === 0) return 0
  const padding = paddingOf(file)
  await storage.append(path, file.length, padding)
  return file.length + padding.length
}

function paddingOf(file: Uint8Array): Uint8Array {
  const torn = file.length % SLOT_BYTES
  return new Uint8Array(torn === 0 ? 0 : SLOT_BYTES - torn)
}

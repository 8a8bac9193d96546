import { dirname, join } from 'node:path'
import { isMissing } from '../if-there.ts'
import { accessFolder } from '../log/folder-storage.ts'
import { decodeJournal, erasuresOf } from '../log/journal-frames.ts'
import type { LogStorage } from '../log/storage.ts'
import { eraseSlots, keyPath } from './salt-store.ts'
import { type FoundSalt, findSlot, parseId, slotPath } from './slot.ts'

/**
 * Finds and erases salts. The log may be open, in this process or in another one: a salt is then in the log's journal first, and in the
 * store (salt-store.ts) after the log has published.
 *
 * Erasing overwrites the salt in the journal first, and then in the store. The log stores salts first, and then looks into the journal
 * whether one of them was erased there (../log/store-salts.ts). So an erasure that comes while the log moves a salt is not lost, and no
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

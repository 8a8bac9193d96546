import { randomBytes } from 'node:crypto'
import type { LogStorage } from '../log/storage.ts'
import {
  encodeErased,
  encodeSlot,
  type FoundSalt,
  findSlot,
  ID_BYTES,
  idOfSlot,
  indexSlots,
  type NewSalt,
  parseId,
  SLOT_BYTES,
  slotPath,
} from './slot.ts'

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
export interface SaltStore {
  /** Creates the key of a journal file, and resolves when it is durable. */
  readonly createKey: (file: Uint8Array) => Promise<Uint8Array>
  /** Reads the key of a journal file. Resolves to undefined if there is none. */
  readonly readKey: (file: Uint8Array) => Promise<Uint8Array | undefined>
  /** Overwrites the key of a journal file, and removes it. */
  readonly dropKey: (file: Uint8Array) => Promise<void>
  /** Drops the keys of all journal files but these. A crash may leave the key of a file that was never written. */
  readonly keepKeys: (files: readonly Uint8Array[]) => Promise<void>
  /** Tells what the store has of ids of 16 bytes each, in their order. A torn slot does not count. What it has is durable when this resolves. */
  readonly look: (ids: readonly Uint8Array[]) => Promise<readonly FoundSalt['kind'][]>
  /** Appends slots that are not in the store yet, all of the same hour. Resolves when they are durable. */
  readonly add: (slots: readonly Uint8Array[]) => Promise<void>
  /** Erases the salt of an id of 16 bytes, if the store has it. Resolves when that is durable. */
  readonly erase: (id: Uint8Array) => Promise<boolean>
}

/** The length of a journal file's key, in bytes. */
const KEY_BYTES = 32

/** Returns the path of the key of a journal file. */
export function keyPath(file: Uint8Array): string {
  return `journal-keys/${Buffer.from(file).toString('hex')}`
}

/**
 * Encodes the salts of an entry as slots.
 * @throws {RangeError} if an id is not a UUIDv7, or a salt does not have 16 to 32 bytes.
 */
export function encodeSlots(salts: readonly NewSalt[]): readonly Uint8Array[] {
  return salts.map(({ id, salt }) => encodeSlot(parseId(id), salt))
}

/** Opens the store on a storage. Only the process that has the log open may add salts. */
export function createSaltStore(storage: LogStorage): SaltStore {
  /** The length of the complete slots of each file, in bytes. */
  const lengths = new Map<string, number>()

  return {
    async createKey(file) {
      const key = randomBytes(KEY_BYTES)
      await storage.write([{ path: keyPath(file), bytes: key }])
      return key
    },
    readKey: (file) => storage.read(keyPath(file)),
    dropKey: (file) => dropKey(storage, keyPath(file)),
    async keepKeys(files) {
      const kept = new Set(files.map(keyPath))
      const paths = (await storage.list('journal-keys')).map((name) => `journal-keys/${name}`)
      for (const path of paths) if (!kept.has(path)) await dropKey(storage, path)
    },
    async look(ids) {
      const kinds = new Map<string, FoundSalt['kind']>()
      for (const path of new Set(ids.map(slotPath))) {
        const file = await storage.read(path)
        if (file === undefined) continue
        await completeSlots(storage, path, file)
        for (const [id, kind] of indexSlots(file)) kinds.set(id, kind)
      }
      return ids.map((id) => kinds.get(Buffer.from(id).toString('hex')) ?? 'UNKNOWN')
    },
    async add(slots) {
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
    erase: (id) => eraseSlots(storage, id),
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

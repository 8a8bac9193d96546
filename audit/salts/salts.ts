import { open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createFolderStorage } from '../log/folder-storage.ts'
import { ERASED_REST, encodeSlot, type FoundSalt, findSlot, parseId, REST_OFFSET, SLOT_BYTES } from './slot.ts'

/**
 * The erasable store of salts. It has one salt for each entry, and is beside the log, not in it. After a salt is erased, nobody
 * can open the commitments under it, and the tree is unchanged. The files `hours/<hour since 1970>` have slots of a fixed size
 * (slot.ts). The hour is in the entry's id, a UUIDv7. Erasing a salt overwrites its slot in place.
 *
 * A program cannot reach copies that a file system or a drive makes of overwritten blocks (snapshots, copy on write, wear
 * levelling, backups). The store therefore belongs on its own encrypted volume without snapshots.
 */

/** A salt to store: the id that it is found by, a UUIDv7, and its 16 to 32 bytes. */
export interface NewSalt {
  readonly id: string
  readonly salt: Uint8Array
}

/** The store, open for new salts. Only one process may add salts at a time: the one that has the log open. */
export interface Salts {
  /** Stores salts, and resolves when they are durable. Rejects with a RangeError if an id is not a UUIDv7 or a salt has another length. */
  readonly add: (salts: readonly NewSalt[]) => Promise<void>
  /** Looks up an entry's salt. */
  readonly find: (id: string) => Promise<FoundSalt>
  /** Erases an entry's salt; see `eraseSalt`. */
  readonly erase: (id: string) => Promise<boolean>
  /** Waits for pending writes, and closes the files. */
  readonly close: () => Promise<void>
}

interface Waiting {
  readonly slot: Uint8Array
  readonly path: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Checks that the store can hold a salt.
 * @throws {RangeError} if its id is not a UUIDv7, or it does not have 16 to 32 bytes.
 */
export function checkSalt({ id, salt }: NewSalt): void {
  encodeSlot(parseId(id).bytes, salt)
}

/** Opens the store in a folder. Creates the folder if it does not exist. */
export async function openSalts(folder: string): Promise<Salts> {
  const storage = await createFolderStorage(folder)
  const lengths = new Map<string, number>()
  const queue: Waiting[] = []
  let running: Promise<void> | undefined

  const appendSlots = async (path: string, all: readonly Waiting[]): Promise<void> => {
    const before = lengths.get(path) ?? (await completeSlotsLength(join(folder, path)))
    const bytes = Buffer.concat(all.map(({ slot }) => slot))
    await storage.append(path, before, bytes)
    lengths.set(path, before + bytes.length)
  }

  // As in the log, salts that arrive during the sync of one write form the next write.
  const run = async (): Promise<void> => {
    await Promise.resolve()
    while (queue.length > 0) {
      for (const [path, batch] of Map.groupBy(queue.splice(0), (each) => each.path)) {
        try {
          await appendSlots(path, batch)
          for (const { resolve } of batch) resolve()
        } catch (error) {
          for (const { reject } of batch) reject(error)
        }
      }
    }
    running = undefined
  }

  const add: Salts['add'] = async (salts) => {
    const slots = salts.map(({ id, salt }) => {
      const { bytes, hour } = parseId(id)
      return { slot: encodeSlot(bytes, salt), path: pathOf(hour) }
    })
    const writing = slots.map(
      (slot) =>
        new Promise<void>((resolve, reject) => {
          queue.push({ ...slot, resolve, reject })
        }),
    )
    if (queue.length > 0) running ??= run()
    await Promise.all(writing)
  }

  return {
    add,
    find: (id) => findSalt(folder, id),
    erase: (id) => eraseSalt(folder, id),
    close: async () => {
      await running
      await storage.close()
    },
  }
}

/** Looks up a salt in a store, which need not be open. Rejects with a RangeError if the id is not a UUIDv7. */
export async function findSalt(folder: string, id: string): Promise<FoundSalt> {
  const { bytes, hour } = parseId(id)
  const { at: _, ...found } = findSlot(await readOrNothing(join(folder, pathOf(hour))), bytes)
  return found
}

/**
 * Erases an entry's salt: overwrites it, and resolves when that is durable. The store need not be open, but it may be open, in
 * this process or another one. Rejects with a RangeError if the id is not a UUIDv7.
 * @returns true if the entry had a salt.
 */
export async function eraseSalt(folder: string, id: string): Promise<boolean> {
  const { bytes, hour } = parseId(id)
  const path = join(folder, pathOf(hour))
  const { kind, at } = findSlot(await readOrNothing(path), bytes)
  if (kind !== 'KEPT') return false
  const handle = await open(path, 'r+')
  try {
    for (const slot of at) await handle.write(ERASED_REST, 0, ERASED_REST.length, slot + REST_OFFSET)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return true
}

function pathOf(hour: number): string {
  return `hours/${hour}`
}

/** Returns the length of the complete slots of a file, in bytes. */
async function completeSlotsLength(path: string): Promise<number> {
  const size = await stat(path).then(
    (stats) => stats.size,
    () => 0,
  )
  return size - (size % SLOT_BYTES)
}

async function readOrNothing(path: string): Promise<Uint8Array> {
  return readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Uint8Array()
    throw error
  })
}

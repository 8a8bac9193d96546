import { randomBytes } from 'node:crypto'
import { open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createFolderStorage } from '../log/folder-storage.ts'
import { SALT_BYTES } from './commitment.ts'
import { ERASED_REST, encodeSlot, type FoundSalt, findSlot, parseId, REST_OFFSET, SLOT_BYTES } from './slot.ts'

/**
 * The erasable store of salts. It has one salt for each entry, and is beside the log, not in it. After a salt is erased, nobody
 * can open the commitments under it, and the tree is unchanged. The files `hours/<hour since 1970>` have slots of a fixed size
 * (slot.ts). The hour is in the entry's id, a UUIDv7. Erasing a salt overwrites its slot in place.
 *
 * A program cannot reach copies that a file system or a drive makes of overwritten blocks (snapshots, copy on write, wear
 * levelling, backups). The store therefore belongs on its own encrypted volume without snapshots.
 */

/** The store, open for new salts. Only one process may add salts at a time: the one that has the log open. */
export interface Salts {
  /** Creates a salt for an entry, and resolves when it is durable. Rejects with a RangeError if the id is not a UUIDv7. */
  readonly add: (id: string) => Promise<Uint8Array>
  /**
   * Creates a salt as `add` does, but returns it immediately. The caller can write the entry at the same time, and then waits for
   * both before it answers. Throws a RangeError if the id is not a UUIDv7.
   */
  readonly take: (id: string) => { readonly salt: Uint8Array; readonly durable: Promise<void> }
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

  const take: Salts['take'] = (id) => {
    const { bytes, hour } = parseId(id)
    const salt = randomBytes(SALT_BYTES)
    const durable = new Promise<void>((resolve, reject) => {
      queue.push({ slot: encodeSlot(bytes, salt), path: pathOf(hour), resolve, reject })
      running ??= run()
    })
    return { salt, durable }
  }

  return {
    take,
    add: async (id) => {
      const { salt, durable } = take(id)
      await durable
      return salt
    },
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

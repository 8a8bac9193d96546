import { randomBytes } from 'node:crypto'
import { open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createFolderStorage } from '../log/folder-storage.ts'
import { SALT_BYTES } from './commitment.ts'
import { ERASED_REST, encodeSlot, type FoundSalt, findSlot, parseId, REST_OFFSET, SLOT_BYTES } from './slot.ts'

/**
 * The erasable store of salts: one for each entry, beside the log and not in it. Where a salt is erased, the commitments under it
 * say nothing any more, and the tree stands as it did. Files `hours/<hour since 1970>` have fixed slots (slot.ts), by the time
 * that the entry's id, a UUIDv7, tells; an erased slot is overwritten where it stands.
 *
 * What a file system or a drive keeps of overwritten blocks (snapshots, copy on write, wear levelling, backups) is out of a
 * program's reach: the store belongs on a volume of its own, encrypted, without snapshots.
 */

/** The store, open for new salts. One process writes it at a time: the one that has the log open. */
export interface Salts {
  /** A new salt for an entry; resolves when it is durable. Rejects with a RangeError where the id is no UUIDv7. */
  readonly add: (id: string) => Promise<Uint8Array>
  /**
   * As `add`, with the salt at once, so that the entry can be written meanwhile: an answer waits for both. Throws a RangeError where the
   * id is no UUIDv7.
   */
  readonly take: (id: string) => { readonly salt: Uint8Array; readonly durable: Promise<void> }
  /** What is known of an entry's salt. */
  readonly find: (id: string) => Promise<FoundSalt>
  /** See `eraseSalt`. */
  readonly erase: (id: string) => Promise<boolean>
  /** Waits for what is under way. */
  readonly close: () => Promise<void>
}

interface Waiting {
  readonly slot: Uint8Array
  readonly path: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Opens the store in a folder, which is made where there is none. */
export async function openSalts(folder: string): Promise<Salts> {
  const storage = await createFolderStorage(folder)
  const lengths = new Map<string, number>()
  const queue: Waiting[] = []
  let running: Promise<void> | undefined

  const appendSlots = async (path: string, all: readonly Waiting[]): Promise<void> => {
    const before = lengths.get(path) ?? (await wholeLength(join(folder, path)))
    const bytes = Buffer.concat(all.map(({ slot }) => slot))
    await storage.append(path, before, bytes)
    lengths.set(path, before + bytes.length)
  }

  // As in the log: what comes while one write is being synced makes up the next.
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

/** Looks up a salt in a store that need not be open. Rejects with a RangeError where the id is no UUIDv7. */
export async function findSalt(folder: string, id: string): Promise<FoundSalt> {
  const { bytes, hour } = parseId(id)
  const { at: _, ...found } = findSlot(await readOrNothing(join(folder, pathOf(hour))), bytes)
  return found
}

/**
 * Erases an entry's salt: overwrites it, and resolves when that is durable. True where there was one. The store need not be open,
 * and may be, in whatever process. Rejects with a RangeError where the id is no UUIDv7.
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

/** Up to where a file has whole slots. */
async function wholeLength(path: string): Promise<number> {
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

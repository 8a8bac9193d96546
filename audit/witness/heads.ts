import { hash } from 'node:crypto'
import { lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { createFolderStorage } from '../log/folder-storage.ts'
import type { TreeHead } from '../merkle/proof.ts'
import { formatCheckpoint, parseCheckpoint } from '../note/checkpoint.ts'

/** The memory of a witness: for each origin the head that it cosigned last. Each origin has a file, which is replaced atomically. */
export interface Heads {
  /** Reads the last head of an origin; undefined if none was cosigned. Rejects if the file cannot be read: then nothing is cosigned. */
  readonly last: (origin: string) => Promise<TreeHead | undefined>
  /** Stores a head, and resolves when it is durable. */
  readonly store: (origin: string, head: TreeHead) => Promise<void>
  /**
   * Runs `work` after all earlier work for the same origin, so that a head does not change between reading and writing it. Nobody
   * else writes to the folder, because it is locked.
   */
  readonly inTurn: <Value>(origin: string, work: () => Promise<Value>) => Promise<Value>
  readonly close: () => Promise<void>
}

/** Opens the folder, and creates it if needed. Rejects with a FolderInUseError if another process has it open. */
export async function openHeads(folder: string): Promise<Heads> {
  const lock = await lockFolder(folder)
  const storage = await createFolderStorage(folder)
  const turns = new Map<string, Promise<unknown>>()

  const inTurn = <Value>(origin: string, work: () => Promise<Value>): Promise<Value> => {
    const before = turns.get(origin) ?? Promise.resolve()
    const done = before.then(work, work)
    const turn = done.then(
      () => undefined,
      () => undefined,
    )
    turns.set(origin, turn)
    void turn.then(() => turns.get(origin) === turn && turns.delete(origin))
    return done
  }

  return {
    inTurn,
    last: async (origin) => {
      const bytes = await storage.read(pathOf(origin))
      if (bytes === undefined) return undefined
      const head = parseCheckpoint(Buffer.from(bytes).toString('utf8'))
      if (head.origin !== origin) throw new Error(`the witness’ file for ${origin} has a head of ${head.origin}`)
      return head
    },
    store: (origin, head) => {
      return storage.write([
        { path: pathOf(origin), bytes: Buffer.from(formatCheckpoint({ ...head, origin, extensions: [] })) },
      ])
    },
    close: async () => {
      await Promise.all(turns.values())
      await storage.close()
      lock.release()
    },
  }
}

/** Returns the path of an origin's file. It is a hash, because an origin may have characters that a path may not. */
function pathOf(origin: string): string {
  return `heads/${hash('sha256', origin)}`
}

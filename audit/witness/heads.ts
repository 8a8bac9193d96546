import { hash } from 'node:crypto'
import { createFolderStorage } from '../log/folder-storage.ts'
import { lockFolder } from '../log/lock.ts'
import type { TreeHead } from '../merkle/proof.ts'
import { formatCheckpoint, parseCheckpoint } from '../note/checkpoint.ts'

/** What a witness remembers: for each origin the last head that it cosigned, one file each, replaced as a whole. */
export interface Heads {
  /** The last head of an origin; undefined where none was cosigned. Rejects where its file cannot be read: better no answer. */
  readonly last: (origin: string) => Promise<TreeHead | undefined>
  /** Remembers a head; resolves when it is durable. */
  readonly keep: (origin: string, head: TreeHead) => Promise<void>
  /**
   * Runs work for one origin after all that was asked for it before: what was read stays true until it is written. Nobody else
   * writes the folder, for it is locked.
   */
  readonly inTurn: <Value>(origin: string, work: () => Promise<Value>) => Promise<Value>
  readonly close: () => Promise<void>
}

/** Opens the folder, which is made where there is none. Rejects with a FolderInUseError where another process has it. */
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
      if (head.origin !== origin) throw new Error(`the witness’ file for ${origin} is of ${head.origin}`)
      return head
    },
    keep: (origin, head) => {
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

/** An origin may hold anything, a path may not. */
function pathOf(origin: string): string {
  return `heads/${hash('sha256', origin)}`
}

import { hash } from 'node:crypto'
import { lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { createFolderStorage } from '../log/folder-storage.ts'
import { type Checkpoint, parseCheckpoint } from '../note/checkpoint.ts'
import { parseNote } from '../note/note.ts'

/** The memory of a witness: for each origin the head that it cosigned last. Each origin has a file, which is replaced atomically. */
export interface Heads {
  /** Reads the last head of an origin; undefined if none was cosigned. Rejects if the file cannot be read: then nothing is cosigned. */
  readonly last: (origin: string) => Promise<Checkpoint | undefined>
  /**
   * Reads the last cosigned checkpoint, as a note, by the SHA-256 of its origin in lower-case hexadecimal digits. Resolves to undefined
   * if there is none, or if an earlier version of the witness stored it without signatures.
   */
  readonly note: (originHash: string) => Promise<string | undefined>
  /** Stores a cosigned checkpoint, as a note, and resolves when it is durable. */
  readonly store: (origin: string, note: string) => Promise<void>
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
      const head = parseCheckpoint(textOf(Buffer.from(bytes).toString('utf8')))
      if (head.origin !== origin) throw new Error(`the witness’ file for ${origin} has a head of ${head.origin}`)
      return head
    },
    note: async (originHash) => {
      const stored = Buffer.from((await storage.read(`heads/${originHash}`)) ?? '').toString('utf8')
      return isNote(stored) ? stored : undefined
    },
    store: (origin, note) => storage.write([{ path: pathOf(origin), bytes: Buffer.from(note) }]),
    close: async () => {
      await Promise.all(turns.values())
      await storage.close()
      lock.release()
    },
  }
}

/** Earlier versions stored the text of the checkpoint without signatures. */
function textOf(stored: string): string {
  return isNote(stored) ? parseNote(stored).text : stored
}

function isNote(stored: string): boolean {
  return stored.includes('\n\n')
}

/** Returns the path of an origin's file. It is a hash, because an origin may have characters that a path may not. */
function pathOf(origin: string): string {
  return `heads/${hash('sha256', origin)}`
}

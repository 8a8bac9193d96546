import { hash } from 'node:crypto'
import { join } from 'node:path'
import { lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { createFolderStorage } from '../log/folder-storage.ts'
import { type Checkpoint, parseCheckpoint } from '../note/checkpoint.ts'
import { cosignatureTime } from '../note/key.ts'
import { parseNote } from '../note/note.ts'
import { type CosignedSizes, openCosignedSizes } from './cosigned-sizes.ts'

/** What a witness cosigned last of one log. `time` is in seconds since 1970; undefined if an earlier version stored no signatures. */
export interface LastHead extends Checkpoint {
  readonly time: number | undefined
}

/**
 * The memory of a witness. Each origin has a file with the head that it cosigned last, which is replaced atomically, and a file with each
 * size that it ever cosigned, which only grows.
 */
export interface Heads {
  /** Reads the last head of an origin; undefined if none was cosigned. Rejects if the file cannot be read: then nothing is cosigned. */
  readonly last: (origin: string) => Promise<LastHead | undefined>
  /**
   * Reads the last cosigned checkpoint, as a note, by the SHA-256 of its origin in lower-case hexadecimal digits. Resolves to undefined
   * if there is none, or if an earlier version of the witness stored it without signatures.
   */
  readonly note: (originHash: string) => Promise<string | undefined>
  /** Stores a cosigned checkpoint, as a note, in both files, and resolves when both are durable. */
  readonly store: (origin: string, note: string) => Promise<void>
  /** Reads the records of what it cosigned (`cosigned-sizes.ts`), by the same hash; undefined if it knows no such log. */
  readonly history: (originHash: string, from: number, most: number) => Promise<Uint8Array | undefined>
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
  const turns = createTurns()
  const files = new Map<string, Promise<CosignedSizes>>()

  const note = async (originHash: string): Promise<string | undefined> => {
    const stored = await storage.read(`heads/${originHash}`)
    return stored && Buffer.from(stored).toString('utf8')
  }
  /** The head is written first. So after a crash, or an earlier version, the other file may lack it. */
  const openSizes = async (originHash: string): Promise<CosignedSizes> => {
    const sizes = await openCosignedSizes(join(folder, 'cosigned', originHash))
    const stored = await note(originHash)
    if (stored !== undefined) await addTo(sizes, stored)
    return sizes
  }
  const sizesOf = (originHash: string): Promise<CosignedSizes> => {
    const opened = files.get(originHash) ?? openSizes(originHash)
    files.set(originHash, opened)
    opened.catch(() => files.delete(originHash))
    return opened
  }

  return {
    inTurn: turns.inTurn,
    last: async (origin) => {
      const stored = await note(hashOrigin(origin))
      if (stored === undefined) return undefined
      const head = readHead(stored)
      if (head.origin !== origin) throw new Error(`the witness’ file for ${origin} has a head of ${head.origin}`)
      return head
    },
    note: async (originHash) => {
      const stored = await note(originHash)
      return stored !== undefined && isNote(stored) ? stored : undefined
    },
    store: async (origin, cosigned) => {
      const originHash = hashOrigin(origin)
      const sizes = await sizesOf(originHash)
      await storage.write([{ path: `heads/${originHash}`, bytes: Buffer.from(cosigned) }])
      await addTo(sizes, cosigned)
    },
    history: async (originHash, from, most) => {
      if ((await note(originHash)) === undefined) return undefined
      return (await sizesOf(originHash)).read(from, most)
    },
    close: async () => {
      await turns.idle()
      for (const file of files.values()) await (await file).close()
      await storage.close()
      lock.release()
    },
  }
}

/** Runs work for the same name one after another. */
function createTurns() {
  const turns = new Map<string, Promise<unknown>>()
  const inTurn = <Value>(name: string, work: () => Promise<Value>): Promise<Value> => {
    const before = turns.get(name) ?? Promise.resolve()
    const done = before.then(work, work)
    const turn = done.then(
      () => undefined,
      () => undefined,
    )
    turns.set(name, turn)
    void turn.then(() => turns.get(name) === turn && turns.delete(name))
    return done
  }
  return { inTurn, idle: () => Promise.all(turns.values()) }
}

async function addTo(sizes: CosignedSizes, note: string): Promise<void> {
  const { size, root, time = 0 } = readHead(note)
  await sizes.add({ size, root, time })
}

/** Reads a stored head. Earlier versions stored the text of the checkpoint without signatures. */
function readHead(stored: string): LastHead {
  if (!isNote(stored)) return { ...parseCheckpoint(stored), time: undefined }
  const { text, signatures } = parseNote(stored)
  const [time] = signatures.flatMap(({ signature }) => cosignatureTime(signature) ?? [])
  return { ...parseCheckpoint(text), time }
}

function isNote(stored: string): boolean {
  return stored.includes('\n\n')
}

/** Returns the name of an origin's files. It is a hash, because an origin may have characters that a path may not. */
export function hashOrigin(origin: string): string {
  return hash('sha256', origin)
}

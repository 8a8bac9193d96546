/**
 * The storage of a log, and that of its salts. It has six methods. The log relies on what their comments promise, and a test double may break each
 * promise in its own way (full disk, torn write).
 */

import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { ifThere, isMissing } from '../if-there.ts'

/** A file to write. Without `bytes`, a file or folder to remove; it need not exist. */
export interface FileChange {
  readonly path: string
  readonly bytes?: Uint8Array
}

/** Reads and writes files by path. Paths are relative and use `/`. */
export interface LogStorage {
  /** Reads a complete file. Resolves to undefined if it does not exist. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>
  /**
   * Reads up to `length` bytes of a file from `offset` on, fewer if it ends before. Resolves to no bytes if it does not exist.
   * @param room if it is long enough, the bytes may be read into it, and what resolves may be a part of it.
   */
  readonly readPart: (path: string, offset: number, length: number, room?: Buffer) => Promise<Uint8Array>
  /** Lists the names of the files and folders in a folder, in no particular order. Resolves to an empty list if the folder does not exist. */
  readonly list: (folder: string) => Promise<readonly string[]>
  /**
   * Writes `bytes` at `offset`, which is not beyond the end of the file, and truncates the file behind them. Creates the file and
   * its folders if needed. When it resolves, the file has `offset + bytes.length` bytes, and still has them after a power cut.
   * If it rejects or the process ends, the bytes before `offset` are intact, and the bytes after it may be anything.
   */
  readonly append: (path: string, offset: number, bytes: Uint8Array) => Promise<void>
  /**
   * Writes `bytes` at `offset` into a file that has at least `offset + bytes.length` bytes. The file keeps its length. When it
   * resolves, the bytes survive a power cut. If it rejects or the process ends, the bytes there may be old, new, or anything; all
   * other bytes of the file are intact.
   */
  readonly overwrite: (path: string, offset: number, bytes: Uint8Array) => Promise<void>
  /**
   * Writes and removes files. Each change is atomic: a reader finds either the old file or the new one. When it resolves, all
   * changes survive a power cut. If it rejects or the process ends, any of the changes may have happened.
   */
  readonly write: (changes: readonly FileChange[]) => Promise<void>
}

/** The folder in which files are written before they are renamed to their final path. Each start empties it. */
const UNFINISHED = 'unfinished'

/** How many files are open at the same time while they are written. */
const FILES_TOGETHER = 64

/** How many files stay open because the storage appends to them. The history of a log has a file for each 4,096 entries, and no end. */
const MAX_OPEN = 8

/** A file that stays open because the log appends to it: the journal and the history of checkpoints. */
interface OpenFile {
  readonly handle: FileHandle
  length: number
}

/** A storage in a folder. `close` closes all open files. */
type FolderStorage = LogStorage & { readonly close: () => Promise<void> }

/** How a storage in a folder writes. */
export interface FolderStorageOptions {
  /**
   * Whether it stops its thread until the disk has the bytes. A thread that has nothing else to do is faster so, and does not wait for one of
   * the few threads that Node has for all files. `write` stops it for one file at a time.
   */
  readonly isBlocking?: boolean
}

/** Opens a log's storage in a folder, and creates the folder if it does not exist. Only one process at a time may do so. */
export async function createFolderStorage(folder: string, options?: FolderStorageOptions): Promise<FolderStorage> {
  await mkdir(join(folder, UNFINISHED), { recursive: true })
  for (const name of await readdir(join(folder, UNFINISHED))) await rm(join(folder, UNFINISHED, name))
  return accessFolder(folder, options)
}

/** Returns the storage in a folder that another process may have open. It must not append to that process's files. */
export function accessFolder(folder: string, { isBlocking = false }: FolderStorageOptions = {}): FolderStorage {
  const work = isBlocking ? IN_OWN_THREAD : BY_THREADS
  const { append, overwrite, readPart, closeFile, close } = createOpenFiles(folder, work)
  return {
    read: (path) => ifThere(readFile(join(folder, path))),
    readPart,
    list: async (path) => (await ifThere(readdir(join(folder, path)))) ?? [],
    append,
    overwrite,
    write: createWrite(folder, work, closeFile),
    close,
  }
}

/** Creates the method `write` of a storage. `closeFile` closes a file that is about to be removed. */
function createWrite(folder: string, work: FileWork, closeFile: (path: string) => Promise<void>): LogStorage['write'] {
  let unfinished = 0
  const newPath = (): string => join(folder, UNFINISHED, String(unfinished++))

  /** Writes the files among some changes. Returns the folders that changed. */
  const writeSome = async (changes: readonly FileChange[]): Promise<readonly string[]> => {
    const written = changes.flatMap(({ path, bytes }) =>
      bytes === undefined ? [] : [{ path, bytes, draft: newPath() }],
    )
    const changed: string[] = []
    try {
      await writeDrafts(written, work)
      await forEachFew(written, work, async ({ path, draft }) => {
        const made = await work.move(draft, join(folder, path))
        changed.push(...(made === undefined ? [dirname(path)] : listFolders(dirname(path))))
      })
      return changed
    } catch (error) {
      // The disk may be full, and each next try would leave its own.
      for (const { draft } of written) await work.remove(draft).catch(() => undefined)
      throw error
    }
  }

  return async (changes) => {
    const folders = new Set<string>()
    for (let at = 0; at < changes.length; at += FILES_TOGETHER) {
      const some = changes.slice(at, at + FILES_TOGETHER)
      for (const changed of await writeSome(some)) folders.add(changed)
      for (const { path, bytes } of some) {
        if (bytes !== undefined) continue
        await closeFile(path)
        await work.remove(join(folder, path))
        folders.add(dirname(path))
      }
    }
    await forEachFew([...folders], work, (name) => work.syncFolder(join(folder, name)))
  }
}

/**
 * Writes files under the names that they have until they are complete. They are synced when all of them are written: a sync of one also writes what
 * it shares with the others, whose syncs then cost less.
 */
async function writeDrafts(drafts: readonly { draft: string; bytes: Uint8Array }[], work: FileWork): Promise<void> {
  const files: NewFile[] = []
  try {
    await forEachFew(drafts, work, async ({ draft, bytes }) => {
      files.push(await work.create(draft, bytes))
    })
    await forEachFew(files, work, (file) => file.sync())
  } finally {
    await forEachFew(files, work, (file) => file.close())
  }
}

/** The files that stay open, and what is written to them. */
function createOpenFiles(folder: string, work: FileWork) {
  const files = new Map<string, OpenFile>()

  const closeFile = async (path: string): Promise<void> => {
    const file = files.get(path)
    files.delete(path)
    await file?.handle.close().catch(() => undefined)
  }

  /** Keeps a file open that is in use, and closes the one that was not used for the longest time. */
  const keepOpen = async (path: string, file: OpenFile): Promise<void> => {
    files.delete(path)
    files.set(path, file)
    const [oldest] = files.keys()
    if (files.size > MAX_OPEN && oldest !== undefined) await closeFile(oldest)
  }

  const append = async (path: string, offset: number, bytes: Uint8Array): Promise<void> => {
    const file = files.get(path) ?? (await openToAppend(folder, path, work))
    await keepOpen(path, file)
    try {
      if (file.length !== offset) await file.handle.truncate(offset)
      await work.writeAt(file.handle, offset, bytes)
      file.length = offset + bytes.length
    } catch (error) {
      // After a failed sync the kernel may have dropped pages. A new handle reads the true length.
      await closeFile(path)
      throw error
    }
  }

  const overwrite = async (path: string, offset: number, bytes: Uint8Array): Promise<void> => {
    const file = files.get(path) ?? (await openExisting(join(folder, path)))
    await keepOpen(path, file)
    try {
      if (file.length < offset + bytes.length) {
        throw new Error(`${path} has ${file.length} bytes; expected ${offset + bytes.length}`)
      }
      await work.writeAt(file.handle, offset, bytes)
    } catch (error) {
      await closeFile(path)
      throw error
    }
  }

  const close = async (): Promise<void> => {
    await Promise.all([...files.keys()].map(closeFile))
  }

  const readPart: LogStorage['readPart'] = async (path, offset, length, given) => {
    const room = given !== undefined && length <= given.length ? given.subarray(0, length) : Buffer.allocUnsafe(length)
    const file = files.get(path)
    return file === undefined
      ? readOnce(join(folder, path), offset, room, work)
      : work.readAt(file.handle, offset, room)
  }

  return { append, overwrite, readPart, closeFile, close }
}

async function readOnce(path: string, offset: number, room: Buffer, work: FileWork): Promise<Uint8Array> {
  const handle = await ifThere(open(path, 'r'))
  try {
    return handle === undefined ? new Uint8Array() : await work.readAt(handle, offset, room)
  } finally {
    await handle?.close()
  }
}

/** Does something for each item, for a few of them at a time. Rejects when all that was begun has ended. */
async function forEachFew<Item>(
  items: readonly Item[],
  { atOnce }: FileWork,
  each: (item: Item) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < items.length; at += atOnce) {
    const ended = await Promise.allSettled(items.slice(at, at + atOnce).map(each))
    for (const end of ended) if (end.status === 'rejected') throw end.reason
  }
}

async function openToAppend(folder: string, path: string, work: FileWork): Promise<OpenFile> {
  const made = await mkdir(join(folder, dirname(path)), { recursive: true })
  const existing = await ifThere(open(join(folder, path), 'r+'))
  const handle = existing ?? (await open(join(folder, path), 'w+'))
  if (existing === undefined) {
    const changed = made === undefined ? [dirname(path)] : listFolders(dirname(path))
    for (const name of changed) await work.syncFolder(join(folder, name))
  }
  return { handle, length: (await handle.stat()).size }
}

async function openExisting(path: string): Promise<OpenFile> {
  const handle = await open(path, 'r+')
  return { handle, length: (await handle.stat()).size }
}

/** Lists a folder of the storage and all above it. */
function listFolders(path: string): readonly string[] {
  const folders = [path]
  for (let name = path; name !== '.'; name = dirname(name)) folders.push(dirname(name))
  return folders
}

/** What a storage in a folder does with files. Paths are those of the system. */
export interface FileWork {
  /** How much of this is best done at the same time. */
  readonly atOnce: number
  /** Creates a file and writes it, without a sync. */
  readonly create: (path: string, bytes: Uint8Array) => Promise<NewFile>
  /** Writes bytes at an offset of an open file, and syncs them. */
  readonly writeAt: (file: FileHandle, offset: number, bytes: Uint8Array) => Promise<void>
  /** Reads bytes from an offset of an open file on, as many as there is room for. Resolves to the part of `room` that has them. */
  readonly readAt: (file: FileHandle, offset: number, room: Buffer) => Promise<Uint8Array>
  /** Moves a file, and makes the folders for it. Resolves to the first folder that it made; undefined if it made none. */
  readonly move: (from: string, to: string) => Promise<string | undefined>
  /** Removes a file, or a folder with all that is in it. It need not exist. */
  readonly remove: (path: string) => Promise<unknown>
  /** Syncs a folder, if it exists. */
  readonly syncFolder: (path: string) => Promise<void>
}

/** A file that was created and is still open. */
interface NewFile {
  readonly sync: () => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * The work by Node's threads for files. Node has four of them, and answers wait for the entries that a storage writes: so what is not an entry must
 * leave some of the threads to them.
 */
export const BY_THREADS: FileWork = {
  atOnce: 2,
  async create(path, bytes) {
    const file = await open(path, 'w')
    try {
      await file.writeFile(bytes)
      return { sync: () => file.datasync(), close: () => file.close() }
    } catch (error) {
      await file.close()
      throw error
    }
  },
  async writeAt(file, offset, bytes) {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done)
      done += bytesWritten
    }
    await file.datasync()
  },
  async readAt(file, offset, room) {
    const { bytesRead } = await file.read(room, 0, room.length, offset)
    return room.subarray(0, bytesRead)
  },
  async move(from, to) {
    const made = await mkdir(dirname(to), { recursive: true })
    await rename(from, to)
    return made
  },
  remove: (path) => rm(path, { recursive: true, force: true }),
  async syncFolder(path) {
    const folder = await ifThere(open(path, 'r'))
    try {
      await folder?.sync()
    } finally {
      await folder?.close()
    }
  },
}

/**
 * The work in a thread that may wait for the disk: a call costs less than a message to another thread and back. What is not an entry is synced by the
 * other threads, so that no commit waits for it, and between two files the thread does something else.
 */
export const IN_OWN_THREAD: FileWork = {
  atOnce: 2,
  async create(path, bytes) {
    const descriptor = openSync(path, 'w')
    const close = async (): Promise<void> => closeSync(descriptor)
    try {
      writeNow(descriptor, 0, bytes)
    } catch (error) {
      await close()
      throw error
    }
    await nextTurn()
    return { sync: () => syncFile(descriptor), close }
  },
  async writeAt({ fd }, offset, bytes) {
    writeNow(fd, offset, bytes)
    fdatasyncSync(fd)
  },
  async readAt({ fd }, offset, room) {
    return room.subarray(0, readSync(fd, room, 0, room.length, offset))
  },
  async move(from, to) {
    const made = mkdirSync(dirname(to), { recursive: true })
    renameSync(from, to)
    return made
  },
  async remove(path) {
    rmSync(path, { recursive: true, force: true })
    await nextTurn()
  },
  async syncFolder(path) {
    const descriptor = openIfThere(path)
    if (descriptor === undefined) return
    try {
      await syncAll(descriptor)
    } finally {
      closeSync(descriptor)
    }
  },
}

const [syncFile, syncAll] = [promisify(fdatasync), promisify(fsync)]

function writeNow(descriptor: number, offset: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done)
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** The share of the disk that must be free before the gateway reports that it is ready (docs/design/audit-log.md, Durable before release). */
export const MIN_FREE_SHARE = 0.05

/**
 * Measures how much of the folder's disk is free for users other than root.
 * @returns a share from 0 to 1. Rejects with the file system's error if the folder does not exist.
 */
export async function freeShare(folder: string): Promise<number> {
  const { bavail, blocks } = await statfs(folder)
  return blocks === 0 ? 1 : bavail / blocks
}

/**
 * Checks whether the folder's disk has room.
 * @param share the smallest free share, from 0 to 1
 */
export async function hasRoom(folder: string, share: number = MIN_FREE_SHARE): Promise<boolean> {
  return (await freeShare(folder)) >= share
}

import { type FileHandle, mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ifThere } from '../if-there.ts'
import { BY_THREADS, type FileWork, IN_OWN_THREAD, type NewFile } from './file-work.ts'
import type { FileChange, LogStorage } from './storage.ts'

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
export type FolderStorage = LogStorage & { readonly close: () => Promise<void> }

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

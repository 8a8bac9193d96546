import { fdatasyncSync, writeSync } from 'node:fs'
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FileChange, LogStorage } from './storage.ts'

/** The folder in which files are written before they are renamed to their final path. Each start empties it. */
const UNFINISHED = 'unfinished'

/**
 * How many files are written at the same time. Node has four threads for the disk, and answers wait for the entries that `append` writes: so a
 * publication must leave some of the threads to them.
 */
const FILES_AT_ONCE = 2

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
   * Whether `overwrite` stops its thread until the disk has the bytes. A thread that has nothing else to do is faster so, and does not
   * wait for one of the few threads that Node has for all files.
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
export function accessFolder(folder: string, options: FolderStorageOptions = {}): FolderStorage {
  const { append, overwrite, readPart, closeFile, close } = createOpenFiles(folder, options)
  let unfinished = 0

  const write = async (changes: readonly FileChange[]): Promise<void> => {
    const folders = new Set<string>()
    const apply = async ({ path, bytes }: FileChange): Promise<void> => {
      if (bytes === undefined) {
        await closeFile(path)
        await rm(join(folder, path), { recursive: true, force: true })
        folders.add(dirname(path))
        return
      }
      const draft = join(folder, UNFINISHED, String(unfinished++))
      await writeDurably(draft, bytes)
      for (const changed of await makeFolders(folder, dirname(path))) folders.add(changed)
      await rename(draft, join(folder, path))
      folders.add(dirname(path))
    }
    await forEachFew(changes, apply)
    await forEachFew([...folders], (name) => syncFolder(join(folder, name)))
  }

  return {
    read: (path) => orUndefined(readFile(join(folder, path))),
    readPart,
    list: async (path) => (await orUndefined(readdir(join(folder, path)))) ?? [],
    append,
    overwrite,
    write,
    close,
  }
}

/** The files that stay open, and what is written to them. */
function createOpenFiles(folder: string, { isBlocking = false }: FolderStorageOptions) {
  const files = new Map<string, OpenFile>()

  const closeFile = async (path: string): Promise<void> => {
    const file = files.get(path)
    files.delete(path)
    await file?.handle.close().catch(() => undefined)
  }

  const append = async (path: string, offset: number, bytes: Uint8Array): Promise<void> => {
    const file = files.get(path) ?? (await openToAppend(folder, path))
    files.set(path, file)
    try {
      if (file.length !== offset) await file.handle.truncate(offset)
      await writeAt(file.handle, offset, bytes)
      await file.handle.datasync()
      file.length = offset + bytes.length
    } catch (error) {
      // After a failed sync the kernel may have dropped pages. A new handle reads the true length.
      await closeFile(path)
      throw error
    }
  }

  const overwrite = async (path: string, offset: number, bytes: Uint8Array): Promise<void> => {
    const file = files.get(path) ?? (await openExisting(join(folder, path)))
    files.set(path, file)
    try {
      if (file.length < offset + bytes.length) {
        throw new Error(`${path} has ${file.length} bytes; expected ${offset + bytes.length}`)
      }
      if (isBlocking) return overwriteNow(file.handle.fd, offset, bytes)
      await writeAt(file.handle, offset, bytes)
      await file.handle.datasync()
    } catch (error) {
      await closeFile(path)
      throw error
    }
  }

  const close = async (): Promise<void> => {
    await Promise.all([...files.keys()].map(closeFile))
  }

  const readPart = (path: string, offset: number, length: number): Promise<Uint8Array> => {
    const file = files.get(path)
    return file === undefined ? readOnce(join(folder, path), offset, length) : readFrom(file.handle, offset, length)
  }

  return { append, overwrite, readPart, closeFile, close }
}

async function readOnce(path: string, offset: number, length: number): Promise<Uint8Array> {
  const handle = await orUndefined(open(path, 'r'))
  if (handle === undefined) return new Uint8Array()
  try {
    return await readFrom(handle, offset, length)
  } finally {
    await handle.close()
  }
}

async function readFrom(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, offset)
  return buffer.subarray(0, bytesRead)
}

/** Does the work for each item, for {@link FILES_AT_ONCE} at a time. */
async function forEachFew<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += FILES_AT_ONCE) {
    await Promise.all(items.slice(at, at + FILES_AT_ONCE).map(work))
  }
}

async function openToAppend(folder: string, path: string): Promise<OpenFile> {
  const changed = await makeFolders(folder, dirname(path))
  const existing = await orUndefined(open(join(folder, path), 'r+'))
  const handle = existing ?? (await open(join(folder, path), 'w+'))
  if (existing === undefined) {
    for (const name of new Set([...changed, dirname(path)])) await syncFolder(join(folder, name))
  }
  return { handle, length: (await handle.stat()).size }
}

async function openExisting(path: string): Promise<OpenFile> {
  const handle = await open(path, 'r+')
  return { handle, length: (await handle.stat()).size }
}

async function writeAt(handle: FileHandle, offset: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done)
    done += bytesWritten
  }
}

function overwriteNow(descriptor: number, offset: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done)
  }
  fdatasyncSync(descriptor)
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'w')
  try {
    await handle.writeFile(bytes)
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

/** Creates a folder and its parents. Returns the folders in which it created one: the caller syncs them. */
async function makeFolders(folder: string, path: string): Promise<readonly string[]> {
  const first = await mkdir(join(folder, path), { recursive: true })
  if (first === undefined) return []
  const changed = [path]
  for (let name = path; name !== '.'; name = dirname(name)) changed.push(dirname(name))
  return changed
}

async function syncFolder(path: string): Promise<void> {
  const handle = await orUndefined(open(path, 'r'))
  try {
    await handle?.sync()
  } finally {
    await handle?.close()
  }
}

async function orUndefined<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FileChange, LogStorage } from './storage.ts'

/** Where files are written before they are renamed to their place; emptied at each start. */
const UNFINISHED = 'unfinished'

/** How many files are written side by side. */
const FILES_AT_ONCE = 32

/** Files that are appended to stay open: the journal and the history of checkpoints. */
interface OpenFile {
  readonly handle: FileHandle
  length: number
}

/** A log's storage in a folder, which is made where there is none. `close` closes what stands open. */
export async function createFolderStorage(
  folder: string,
): Promise<LogStorage & { readonly close: () => Promise<void> }> {
  await mkdir(join(folder, UNFINISHED), { recursive: true })
  for (const name of await readdir(join(folder, UNFINISHED))) await rm(join(folder, UNFINISHED, name))
  const files = new Map<string, OpenFile>()
  let unfinished = 0

  const forget = async (path: string): Promise<void> => {
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
      // After a failed sync the kernel may have dropped pages; a fresh handle reads the true length.
      await forget(path)
      throw error
    }
  }

  const write = async (changes: readonly FileChange[]): Promise<void> => {
    const folders = new Set<string>()
    const apply = async ({ path, bytes }: FileChange): Promise<void> => {
      if (bytes === undefined) {
        await forget(path)
        await rm(join(folder, path), { recursive: true, force: true })
        folders.add(dirname(path))
        return
      }
      const draft = join(folder, UNFINISHED, String(unfinished++))
      await writeDurably(draft, bytes)
      for (const made of await makeFolders(folder, dirname(path))) folders.add(made)
      await rename(draft, join(folder, path))
      folders.add(dirname(path))
    }
    for (let at = 0; at < changes.length; at += FILES_AT_ONCE) {
      await Promise.all(changes.slice(at, at + FILES_AT_ONCE).map(apply))
    }
    await Promise.all([...folders].map((name) => syncFolder(join(folder, name))))
  }

  return {
    read: (path) => orUndefined(readFile(join(folder, path))),
    list: async (path) => (await orUndefined(readdir(join(folder, path)))) ?? [],
    append,
    write,
    close: async () => {
      await Promise.all([...files.keys()].map(forget))
    },
  }
}

async function openToAppend(folder: string, path: string): Promise<OpenFile> {
  const made = await makeFolders(folder, dirname(path))
  const existing = await orUndefined(open(join(folder, path), 'r+'))
  const handle = existing ?? (await open(join(folder, path), 'w+'))
  if (existing === undefined) {
    for (const name of new Set([...made, dirname(path)])) await syncFolder(join(folder, name))
  }
  return { handle, length: (await handle.stat()).size }
}

async function writeAt(handle: FileHandle, offset: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done)
    done += bytesWritten
  }
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

/** Makes a folder and those above it; gives the folders in which one was made, which are to be synced. */
async function makeFolders(folder: string, path: string): Promise<readonly string[]> {
  const first = await mkdir(join(folder, path), { recursive: true })
  if (first === undefined) return []
  const made = [path]
  for (let name = path; name !== '.'; name = dirname(name)) made.push(dirname(name))
  return made
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

import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { createFolderStorage, type FolderStorageOptions } from './folder-storage.ts'
import type { LogStorage } from './storage.ts'

/** Opens the storages of a log in its folder and of its salts in theirs. The caller has locked the log's folder. */
export async function openFolders(
  folder: string,
  salts: string | undefined,
  options: FolderStorageOptions = {},
): Promise<{
  readonly storage: LogStorage
  readonly saltStorage: LogStorage | undefined
  readonly close: () => Promise<void>
}> {
  const storage = await createFolderStorage(folder, options)
  const saltStorage = salts === undefined ? undefined : await createFolderStorage(salts, options)
  const close = async () => {
    await saltStorage?.close()
    await storage.close()
  }
  return { storage, saltStorage, close }
}

/** Returns the folder `salts` beside a log's folder, or beside the folder `shards` in which it is; undefined if there is none. */
export async function findSaltsBeside(folder: string): Promise<string | undefined> {
  const parent = dirname(folder)
  const salts = join(basename(parent) === 'shards' ? dirname(parent) : parent, 'salts')
  const isFolder = await stat(salts).then(
    (found) => found.isDirectory(),
    () => false,
  )
  return isFolder ? salts : undefined
}

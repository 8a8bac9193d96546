import { hash } from 'node:crypto'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { createFolderStorage } from '../log/folder-storage.ts'

/** Stores a text, unless it is already stored. Resolves to its SHA-256 in hexadecimal digits when the text is durable. */
export type KeepFile = (text: string) => Promise<string>

/** Opens the content store in a folder beside the log, and creates the folder if needed. Each text is a file whose name is its hash. */
export async function createKeeper(folder: string): Promise<KeepFile> {
  const storage = await createFolderStorage(folder)
  return async (text) => {
    const name = hash('sha256', text)
    if (!(await isKept(folder, name))) await storage.write([{ path: name, bytes: Buffer.from(text) }])
    return name
  }
}

/** Resolves to whether the store in a folder has the text of a SHA-256 in hexadecimal digits. */
export function isKept(folder: string, name: string): Promise<boolean> {
  return access(join(folder, name)).then(
    () => true,
    () => false,
  )
}

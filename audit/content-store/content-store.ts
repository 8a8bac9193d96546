import { hash } from 'node:crypto'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { createFolderStorage } from '../log/folder-storage.ts'

/** Keeps a text by its SHA-256, which it gives in hex. Resolves when it is durable; what is kept already is not written again. */
export type KeepFile = (text: string) => Promise<string>

/** Where texts are kept beside the log, one file each, named by its hash: rule tables, policies, supergraphs. */
export async function createKeeper(folder: string): Promise<KeepFile> {
  const storage = await createFolderStorage(folder)
  return async (text) => {
    const name = hash('sha256', text)
    const isCacheable = await access(join(folder, name)).then(
      () => true,
      () => false,
    )
    if (!isCacheable) await storage.write([{ path: name, bytes: Buffer.from(text) }])
    return name
  }
}

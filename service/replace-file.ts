import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The permissions of a file that only its owner can use. */
const PRIVATE = 0o600

/**
 * Writes a file in one step, and durably: after a crash it is complete, or as it was before. Two processes may replace the same file at the same
 * time; the last one wins.
 * @param mode its permissions; by default only its owner can use it.
 * @throws {Error} of the system if it cannot be written. The file is then as it was before.
 */
export async function replaceFile(path: string, content: Uint8Array | string, mode = PRIVATE): Promise<void> {
  const draft = `${path}.${process.pid}.new`
  await rm(draft, { force: true })
  try {
    // With `x`, a link that somebody put there is not followed.
    const file = await open(draft, 'wx', PRIVATE)
    try {
      await file.writeFile(content)
      await file.chmod(mode)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw error
  }
  await syncFolder(dirname(path))
}

/** Makes new and deleted names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

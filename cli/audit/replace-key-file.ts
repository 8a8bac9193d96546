import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Replaces the file of a signer key atomically and durably: after a crash it has the old lines or the new ones. Only its owner can
 * read it. Rejects with the system's error if the folder cannot be written.
 */
export async function replaceKeyFile(path: string, lines: readonly string[]): Promise<void> {
  const unfinished = `${path}.unfinished`
  const file = await open(unfinished, 'w', 0o600)
  try {
    await file.chmod(0o600)
    await file.writeFile(`${lines.join('\n')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(unfinished, path)
  const folder = await open(dirname(path), 'r')
  await folder.sync().finally(() => folder.close())
}

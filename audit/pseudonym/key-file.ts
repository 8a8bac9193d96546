import { randomBytes } from 'node:crypto'
import { chmod, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ifThere } from '../if-there.ts'
import { type PseudonymKeys, parseKeys, rotateKeys } from './pseudonym.ts'

/** The key file of pseudonyms. It is JSON, and only its owner can read it. */

/** Reads a key file. Rejects with a TypeError if it is malformed, or with the file system's error if it cannot be read. */
export async function readKeyFile(path: string): Promise<PseudonymKeys> {
  return parseKeys(await readFile(path, 'utf8'))
}

/**
 * Begins a new epoch in a key file, or the first epoch in a new file. Replaces the old file atomically. The new file is durable
 * when this resolves. Rejects as `readKeyFile` does.
 * @param now milliseconds since 1970
 * @returns the keys, with the new epoch as the last one.
 */
export async function rotateKeyFile(path: string, now: number): Promise<PseudonymKeys> {
  const before = (await ifThere(readKeyFile(path))) ?? { epochs: [] }
  const keys = rotateKeys(before, now)
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(keys, undefined, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await chmod(draft, 0o600)
  await rename(draft, path)
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
  return keys
}

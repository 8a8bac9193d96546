import { generateKeyPairSync } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { UsageError } from '../../service/usage-error.ts'

const keyFile = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string(),
  name: z.string(),
})

/** Somebody who may suspend, as the files of countries and the file of `--suspenders` name them. */
export interface SuspenderEntry {
  readonly name: string
  readonly key: { readonly kty: string; readonly crv: string; readonly x: string }
}

/**
 * Reads the key with which `name` suspends, and makes it if there is no file: in the form of `istmo keys NAME --suspender`, for `istmo suspend`.
 * Only one process may do so at a time.
 * @returns what is public of it.
 * @throws {UsageError} if the file holds anything else.
 */
export async function loadSuspenderKey(path: string, name: string): Promise<SuspenderEntry> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return makeKey(path, name)
    throw error
  })
  const { kty, crv, x } = parseKey(path, text)
  return { name, key: { kty, crv, x } }
}

async function makeKey(path: string, name: string): Promise<string> {
  const { kty, crv, x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const text = `${JSON.stringify({ kty, crv, x, d, name })}\n`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFile(path, text, { mode: 0o600, flag: 'wx' })
  return text
}

function parseKey(path: string, text: string): z.output<typeof keyFile> {
  try {
    return keyFile.parse(JSON.parse(text))
  } catch (cause) {
    const message = `${path}: expected a key of somebody who may suspend; came something else. Remove it to get a new key`
    throw new UsageError(message, { cause })
  }
}

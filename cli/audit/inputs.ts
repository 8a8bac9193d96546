import { readFile, stat } from 'node:fs/promises'
import { type Policy, parsePolicy } from '../../audit/note/policy.ts'
import type { FoundNote } from '../../audit/verify/claims.ts'
import { folderSource, type LogSource, urlSource } from '../../audit/verify/source.ts'

/** Where the commands take logs and policies from. */

/** A log in a folder or at a URL. Rejects for a folder that is not there: a typing error must not pass for a log that is gone. */
export async function openSource(place: string): Promise<LogSource> {
  if (/^https?:\/\//.test(place)) return urlSource(place)
  const stats = await stat(place).catch(() => undefined)
  if (!stats?.isDirectory()) throw new Error(`${place}: expected a log's folder or its http(s) URL; came neither`)
  return folderSource(place)
}

/** Reads a policy file (C2SP tlog-policy). Rejects with the file's name and what is wrong. */
export async function readPolicy(path: string): Promise<Policy> {
  const text = await readText(path)
  try {
    return parsePolicy(text)
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`)
  }
}

/** Reads a file as text. Rejects with a message for people. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new Error(`${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

/** A checkpoint that somebody kept: a file with the note, or with a receipt, whose checkpoint comes last. */
export async function readKeptCheckpoint(path: string): Promise<FoundNote> {
  const text = await readText(path)
  const isProof = text.startsWith('c2sp.org/tlog-proof@v1\n')
  return { note: isProof ? text.slice(text.indexOf('\n\n') + 2) : text, where: path }
}

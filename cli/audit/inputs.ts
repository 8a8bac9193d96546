import { access, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCheckpoint } from '../../audit/note/checkpoint.ts'
import { parseNote } from '../../audit/note/note.ts'
import { type Policy, parsePolicy } from '../../audit/note/policy.ts'
import { type LogReader, openLogReader } from '../../audit/reader/log-reader.ts'
import type { FoundNote } from '../../audit/verify/claims.ts'
import { folderSource, type LogSource, urlSource } from '../../audit/verify/source.ts'

/** Where the commands take logs and policies from. */

/**
 * A log in a folder, or in `log` below a record's folder, or at a URL. Rejects for a folder that is not there: a typing error must not
 * pass for a log that is gone.
 */
export async function openSource(place: string): Promise<LogSource> {
  if (/^https?:\/\//.test(place)) return urlSource(place)
  return { ...folderSource(await logFolder(place)), name: place }
}

/** The folder of a log, where the folder of its record is given. */
export async function logFolder(place: string): Promise<string> {
  const stats = await stat(place).catch(() => undefined)
  if (!stats?.isDirectory()) throw new Error(`${place}: expected a log's folder or its http(s) URL; came neither`)
  const below = join(place, 'log')
  const isRecord = (await isThere(join(below, 'checkpoint'))) && !(await isThere(join(place, 'checkpoint')))
  return isRecord ? below : place
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** The option for trust policies. */
export const POLICY_OPTION = {
  policy: {
    flag: 'policy',
    value: 'file',
    isRequired: true,
    isRepeated: true,
    expected: 'the path of a file',
    meaning: 'a trust policy (C2SP tlog-policy) that knows the log',
  },
} as const

/** The options by which a command takes one log, and what it is trusted by. */
export const LOG_OPTIONS = {
  log: {
    flag: 'log',
    value: 'place',
    isRequired: true,
    expected: 'the path of a folder, or an http(s) URL',
    meaning: 'the log’s or record’s folder, or the log’s URL',
  },
  ...POLICY_OPTION,
} as const

/** The one trust policy that a command takes. */
export const ONE_POLICY_OPTION = {
  policy: {
    flag: 'policy',
    value: 'file',
    isRequired: true,
    expected: 'the path of a file',
    meaning: 'the trust policy (C2SP tlog-policy)',
  },
} as const

/** The option for the index. */
export const DATABASE_OPTION = {
  flag: 'db',
  value: 'place',
  isSecret: true,
  expected: 'the path of a folder, or a postgres:// URL',
  meaning: 'the index: a folder for an embedded PostgreSQL, or the URL of a server',
} as const

/** The argument that names an entry. */
export const ENTRY_ARGUMENT = { entry: { meaning: 'the entry’s id, or its index in the log' } } as const

/** Opens the log of `--log` under the policies of `--policy`. */
export async function openLogOption(line: {
  readonly log: string
  readonly policy: readonly string[]
}): Promise<LogReader> {
  return openReader(line.log, await readPolicies(line.policy))
}

/** Opens a log under the first of the policies that knows its origin. */
export async function openReader(place: string, policies: readonly Policy[]): Promise<LogReader> {
  const source = await openSource(place)
  const origin = originOf(Buffer.from((await source.read('checkpoint')) ?? '').toString('utf8'))
  const known = policies.find(({ logs }) => logs.some(({ verifier }) => verifier.name === origin))
  const policy = known ?? policies[0]
  if (policy === undefined) throw new Error('expected a trust policy; came none')
  return openLogReader(source, policy)
}

/** Reads policy files. Rejects as {@link readPolicy}. */
export function readPolicies(paths: readonly string[]): Promise<readonly Policy[]> {
  return Promise.all(paths.map(readPolicy))
}

/** The origin that a checkpoint's note says; undefined where it is none. Nothing is checked. */
export function originOf(note: string): string | undefined {
  try {
    return parseCheckpoint(parseNote(note).text).origin
  } catch {
    return undefined
  }
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
export async function readEarlierCheckpoint(path: string): Promise<FoundNote> {
  const text = await readText(path)
  const isProof = text.startsWith('c2sp.org/tlog-proof@v1\n')
  return { note: isProof ? text.slice(text.indexOf('\n\n') + 2) : text, where: path }
}

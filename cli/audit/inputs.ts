import { access, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { parseCheckpoint } from '../../audit/note/checkpoint.ts'
import { parseNote } from '../../audit/note/note.ts'
import { type Policy, parsePolicy } from '../../audit/note/policy.ts'
import { type LogReader, openLogReader } from '../../audit/reader/log-reader.ts'
import type { FoundNote } from '../../audit/verify/claims.ts'
import { folderSource, type LogSource, urlSource } from '../../audit/verify/source.ts'
import { type AuditRequest, collect, textOption, textsOption } from './command.ts'

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

/** Adds the options by which a command takes one log, and what it is trusted by. */
export function logOptions(command: Command): Command {
  return policyOption(command.requiredOption('--log <place>', 'the log’s or record’s folder, or the log’s URL'))
}

/** Adds the option for trust policies. */
export function policyOption(command: Command): Command {
  return command.requiredOption('--policy <file>', 'a trust policy (C2SP tlog-policy); may be given again', collect)
}

/** Opens the log of `--log` under the policies of `--policy`. */
export async function openLogOption(request: AuditRequest): Promise<LogReader> {
  return openReader(textOption(request, 'log') ?? '', await readPolicies(request))
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

/** The policies of `--policy`. */
export function readPolicies(request: AuditRequest): Promise<readonly Policy[]> {
  return Promise.all(textsOption(request, 'policy').map(readPolicy))
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

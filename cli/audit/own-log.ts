import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AppendedEntry, findAppended } from '../../audit/inbox/find-appended.ts'
import { inboxOf, readAnswer, removeAnswer, withdrawRequest, writeRequest } from '../../audit/inbox/inbox-folder.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { type Log, openLog } from '../../audit/log/log.ts'
import { parseSignerFile } from '../../audit/note/key.ts'
import { formatTlogProof, parseTlogProof } from '../../audit/note/tlog-proof.ts'
import { eraseSalt } from '../../audit/salts/salts.ts'
import { folderSource } from '../../audit/verify/source.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { makeErasureEntry, makeOperatorEntry, type OperatorRequest } from '../../contract/audit-log/operator-request.ts'
import { createUuidV7, uuidV7Time } from '../../contract/uuid-v7.ts'
import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'
import type { AuditIo } from './command.ts'
import { readText } from './inputs.ts'

/** Writes the entries of the commands themselves, because each reading of an audit log is itself an entry. */

/** How long a command waits for the process that owns the log, in milliseconds. */
const PATIENCE_MS = 30_000

/** How often a command looks for the answer, in milliseconds. */
const LOOK_EVERY_MS = 50

/** How often a command tries again to open the log itself, in milliseconds: the process may have ended meanwhile. */
const RETRY_OPEN_MS = 1_000

/** The log that receives an entry, and its signer key, which is needed if no process has the log open. */
export interface OwnLogPlace {
  /** The folder of the log, or the home of the audit log, which has the folder `log`. A log that does not exist is created. */
  readonly log: string
  readonly key: string
}

/** What {@link appendEntry} writes: the members of an entry without `id`, `time` and the name of the log; or the erasure of a salt. */
export type OwnEntry =
  | {
      readonly members: { readonly kind: Entry['kind'] } & Readonly<Record<string, unknown>>
      /** The salt of the entry's commitments: 16 to 32 bytes. */
      readonly salt?: Uint8Array
    }
  | { readonly erase: Extract<OperatorRequest, { erase: unknown }>['erase'] }

/** How {@link appendEntry} works. */
export interface AppendOptions {
  readonly now: () => number
  /** The id of the entry: a UUIDv7. Whoever gives the same id again after a crash gets the same entry. Default: a new one. */
  readonly id?: string
  /** How long to wait for the process that owns the log, in milliseconds. */
  readonly patienceMs?: number
}

/** An entry that a log has. */
export interface OwnAppended {
  readonly id: string
  readonly index: number
  /** The C2SP tlog-proof of the entry, with the entry. */
  readonly proof: string
}

/**
 * Writes one entry to a log: itself if nobody has the log open, else through the inbox of the process that has. Resolves when the entry is durable.
 * Rejects if the owner rejects the entry, or does not answer.
 */
export async function appendEntry(place: OwnLogPlace, entry: OwnEntry, options: AppendOptions): Promise<OwnAppended> {
  const id = options.id ?? createUuidV7(options.now())
  const folder = await findOwnLog(place.log)
  const isRepeated = options.id !== undefined
  try {
    return await appendHere(folder, place.key, id, entry, isRepeated, options)
  } catch (error) {
    if (!(error instanceof FolderInUseError)) throw error
    return await appendByOwner(error, folder, place.key, id, entry, options)
  }
}

/** Finds the folder of a log that may have no checkpoint yet: `log` in the home of an audit log, or the folder itself. */
async function findOwnLog(place: string): Promise<string> {
  const below = join(place, 'log')
  const isHome = (await isFolder(below)) && !(await exists(join(place, 'checkpoint')))
  return isHome ? below : place
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}

async function appendHere(
  folder: string,
  keyFile: string,
  id: string,
  entry: OwnEntry,
  isRepeated: boolean,
  { now }: AppendOptions,
): Promise<OwnAppended> {
  const signer = parseSignerFile(await readText(keyFile))
  const salts = join(dirname(folder), 'salts')
  const log = await openLog({ folder, signer, ...(hasSalt(entry) && { salts }) })
  try {
    const before = isRepeated ? await findBefore(log, folder, id) : undefined
    const written = before ?? (await append(log, entry, id, now()))
    // The entry is written first, because a salt that is missing without an entry would look like damage.
    if ('erase' in entry) await eraseSalt(salts, entry.erase.erased)
    return { id, index: written.index, proof: await proveIn(log, written) }
  } finally {
    await log.close()
  }
}

async function append(log: Log, entry: OwnEntry, id: string, nowMs: number): Promise<AppendedEntry> {
  const owners = { id, time: new Date(nowMs).toISOString(), origin: log.origin }
  const made = 'erase' in entry ? makeErasureEntry(entry.erase, owners) : makeOperatorEntry(entry.members, owners)
  const bytes = canonicalBytes(made)
  const salts = 'salt' in entry && entry.salt !== undefined ? [{ id, salt: entry.salt }] : []
  return { index: (await log.append(bytes, salts)).index, bytes }
}

function hasSalt(entry: OwnEntry): boolean {
  return 'salt' in entry && entry.salt !== undefined
}

async function findBefore(log: Log, folder: string, id: string) {
  await log.publish()
  return (await findAppended(folderSource(folder), log.published().size, new Set([id]), uuidV7Time(id) ?? 0)).get(id)
}

async function proveIn(log: Log, { index, bytes }: AppendedEntry): Promise<string> {
  const { size, note: checkpoint } = log.latest()
  return formatTlogProof({ index, hashes: await log.inclusion(index, size), checkpoint, extra: bytes })
}

/** Asks the process that has the log open, and takes the request back if that process ends before it carries it out. */
async function appendByOwner(
  inUse: FolderInUseError,
  folder: string,
  keyFile: string,
  id: string,
  entry: OwnEntry,
  options: AppendOptions,
): Promise<OwnAppended> {
  const inbox = inboxOf(folder)
  await writeRequest(inbox, id, Buffer.from(JSON.stringify(toRequest(entry))))
  const deadline = performance.now() + (options.patienceMs ?? PATIENCE_MS)
  let retryAt = performance.now() + RETRY_OPEN_MS
  while (performance.now() < deadline) {
    const answer = await readAnswer(inbox, id)
    if (answer !== undefined) await removeAnswer(inbox, id)
    if (answer !== undefined && 'reason' in answer) throw new EntryRejected(`${inUse.folder}: ${answer.reason}`)
    if (answer !== undefined) return { id, index: parseTlogProof(answer.receipt).index, proof: answer.receipt }
    if (performance.now() >= retryAt) {
      const written = await tryHere(folder, keyFile, id, entry, options)
      if (written !== undefined) return written
      retryAt = performance.now() + RETRY_OPEN_MS
    }
    await sleep(LOOK_EVERY_MS)
  }
  // An operator who hears that it failed must not find it done later.
  const isBack = await withdrawRequest(inbox, id)
  const what = isBack ? 'nothing was written' : 'it may still write the entry'
  throw new Error(
    `${inUse.message} It did not answer in its inbox ${inbox}, and ${what}. Is it of this version, and of the same user?`,
  )
}

/** The process that has the log open did not accept an entry. */
export class EntryRejected extends Error {
  override readonly name = 'EntryRejected'
}

/** Writes the entry itself if the process that had the log open has ended. It may have written the entry before. */
async function tryHere(folder: string, keyFile: string, id: string, entry: OwnEntry, options: AppendOptions) {
  try {
    const written = await appendHere(folder, keyFile, id, entry, true, options)
    await withdrawRequest(inboxOf(folder), id)
    await removeAnswer(inboxOf(folder), id)
    return written
  } catch (error) {
    if (error instanceof FolderInUseError) return undefined
    throw error
  }
}

function toRequest(entry: OwnEntry): OperatorRequest {
  if ('erase' in entry) return { erase: entry.erase }
  const { members, salt } = entry
  return { entry: { ...members }, ...(salt !== undefined && { salt: Buffer.from(salt).toString('base64') }) }
}

/** The options that name the reader's own log. */
export const OWN_LOG_OPTIONS = {
  ownLog: {
    flag: 'own-log',
    value: 'folder',
    isRequired: true,
    expected: 'the path of a folder',
    meaning: 'your own log, in which this reading becomes an entry; created if it does not exist',
  },
  ownKey: {
    flag: 'own-key',
    value: 'file',
    isRequired: true,
    expected: 'the path of a file',
    meaning: 'the signer key of your own log',
  },
} as const

/** Writes to the reader's own log how many entries the reader reads, before they are shown. */
export async function noteReading(
  { ownLog, ownKey }: { readonly ownLog: string; readonly ownKey: string },
  reading: Pick<EntryOf<'oversight'>, 'channel' | 'country' | 'entries'>,
  { now }: Pick<AuditIo, 'now'>,
): Promise<void> {
  const members = { kind: 'oversight', actor: null, grounds: null, operation: null, ...reading } as const
  await appendEntry({ log: ownLog, key: ownKey }, { members }, { now })
}

import { constants } from 'node:fs'
import { access, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AppendedEntry,
  findAppended,
  inboxOf,
  readAnswer,
  removeAnswer,
  withdrawRequest,
  writeRequest,
} from '../../audit/inbox/inbox-folder.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { loadKeys } from '../../audit/log/load-keys.ts'
import { type Log, openLog } from '../../audit/log/log.ts'
import { parseCheckpoint } from '../../audit/note/checkpoint.ts'
import { type NoteSigner, parseSignerFile } from '../../audit/note/key.ts'
import { parseNote } from '../../audit/note/note.ts'
import { openLogCheckpoint } from '../../audit/note/rotation.ts'
import { formatTlogProof, parseTlogProof } from '../../audit/note/tlog-proof.ts'
import { eraseSalt } from '../../audit/salts/salts.ts'
import { chooseKeyInForce } from '../../audit/shards/check-links.ts'
import { findPresentShard, listPlaces } from '../../audit/shards/places.ts'
import { folderSource } from '../../audit/verify/source.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { makeErasureEntry, makeOperatorEntry, type OperatorRequest } from '../../contract/audit-log/operator-request.ts'
import { createUuidV7, uuidV7Time } from '../../contract/uuid-v7.ts'
import { describeFileError } from '../describe-error.ts'
import { FolderInUseError } from '../folder-lock/folder-lock.ts'

/** The log that receives an entry, and its signer key, which is needed if no process has the log open. */
export interface OwnLogPlace {
  /** The folder of the log, or the home of the audit log, which has the folder `log`. A log that does not exist is created. */
  readonly log: string
  readonly key: string
}

/** Where a log is, with what belongs to it. */
interface FoundLog {
  /** The folder of the log: of its present shard, if it is divided. */
  readonly folder: string
  readonly salts: string
  readonly inbox: string
  readonly signer: NoteSigner
}

/**
 * Finds a log, which may not exist yet. The place of a log is its folder, or the home of an audit log: then the log is `log`, or the present shard. A
 * log that does not exist gets a home, except in a folder `log`, whose home is the folder above.
 * @throws {Error} if the file of the key cannot be read, or holds no signer key. The message names the file.
 */
async function findOwnLog({ log: place, key }: OwnLogPlace): Promise<FoundLog> {
  const signer = await chooseKeyInForce(place, await readKey(key))
  const present = await findPresentShard(place, signer)
  const isLog = present.folder === place && (basename(place) === 'log' || (await exists(join(place, 'checkpoint'))))
  const home = isLog ? dirname(place) : place
  const folder = isLog || present.folder !== place ? present.folder : join(place, 'log')
  const inbox = inboxOf(isLog ? place : join(home, 'log'))
  return { folder, salts: join(home, 'salts'), inbox, signer: present.signer }
}

async function readKey(path: string): Promise<NoteSigner> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Error(`${path}: cannot be read: ${describeFileError(cause)}`, { cause })
  })
  try {
    return parseSignerFile(text)
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause })
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}

/** What a command looks at in a log before it works, and after it was killed. Nothing here writes. */

/** By how much the clocks of ids and shards may differ, in milliseconds. */
const MARGIN_MS = 3_600_000

/**
 * Checks before a piece of work that its entry can be written afterwards: the key is that of the log, and the log's folder takes files. A log that does
 * not exist yet passes.
 * @throws {Error} if not. The message names the file, what was expected and what came.
 */
export async function checkOwnLog(place: OwnLogPlace): Promise<void> {
  const { folder, signer } = await findOwnLog(place)
  await requireFolder(folder)
  const source = folderSource(folder)
  const note = await source.read('checkpoint')
  if (note === undefined) return
  const { periods } = await loadKeys(source, signer)
  try {
    openLogCheckpoint(note, periods)
  } catch (cause) {
    throw new Error(
      `${place.key}: expected the signer key of the log in ${folder}; came one whose signature its checkpoint does not have (${signer.verifier.vkey})`,
      { cause },
    )
  }
}

/** A folder that does not exist yet is made below the first one that does. */
async function requireFolder(path: string): Promise<void> {
  let found = path
  while ((await stat(found).catch(() => undefined)) === undefined && found !== dirname(found)) found = dirname(found)
  if (!(await stat(found)).isDirectory()) throw new Error(`${found}: expected a folder; came something else`)
  await access(found, constants.W_OK | constants.X_OK).catch((cause: unknown) => {
    throw new Error(`${found}: expected a folder in which this process can write: ${describeFileError(cause)}`, {
      cause,
    })
  })
}

/**
 * Whether the published part of a log has an entry. Whoever was killed finds out in this way whether the process that owns the log wrote it.
 * @param id the id of the entry, a UUIDv7. The entry is not older than the time in it.
 */
export async function hasOwnEntry(place: OwnLogPlace, id: string): Promise<boolean> {
  const sinceMs = uuidV7Time(id) ?? 0
  for (const folder of await listFoldersSince(place, sinceMs)) {
    const source = folderSource(folder)
    const note = await source.read('checkpoint')
    if (note === undefined) continue
    const { size } = parseCheckpoint(parseNote(note).text)
    if ((await findAppended(source, size, new Set([id]), sinceMs)).has(id)) return true
  }
  return false
}

/** Lists the folders of the shards that may have entries since a time, newest first. */
async function listFoldersSince(place: OwnLogPlace, sinceMs: number): Promise<readonly string[]> {
  const folders: string[] = []
  for (const { period, path } of [...(await listPlaces(place.log))].reverse()) {
    folders.push(`${place.log}/${path}`)
    // A period is a year or a month, which begins in UTC.
    if (period !== null && Date.parse(period) < sinceMs - MARGIN_MS) break
  }
  return folders.length > 0 ? folders : [(await findOwnLog(place)).folder]
}

/** The command's side of an inbox: asks the process that owns a log for something that this process cannot do itself. */

/** How long a command waits for the process that owns the log, in milliseconds. */
const PATIENCE_MS = 30_000

/** How often a command looks for the answer, in milliseconds. */
const LOOK_EVERY_MS = 50

/** How often a command tries again to open the log itself, in milliseconds: the process may have ended meanwhile. */
const RETRY_OPEN_MS = 1_000

/** What {@link askOwner} asks for. */
interface Asked<Done> {
  readonly inbox: string
  /** The id of the request: a UUIDv7. */
  readonly id: string
  readonly request: OperatorRequest
  /** How long to wait for the process that owns the log, in milliseconds. */
  readonly patienceMs?: number
  /** Does it here, if that process has ended. Rejects with a {@link FolderInUseError} if it has not. */
  readonly tryHere: () => Promise<Done>
}

/** The process that has the log open did not accept a request. */
class EntryRejected extends Error {
  override readonly name = 'EntryRejected'
}

/**
 * Asks the process that has a log open. Takes the request back if that process ends before it carries it out.
 * @param inUse names the process
 * @returns the text of its answer, or what `tryHere` did.
 * @throws {EntryRejected} if the process rejects the request.
 * @throws {Error} if it does not answer.
 */
export async function askOwner<Done>(
  inUse: FolderInUseError,
  { inbox, id, request, patienceMs = PATIENCE_MS, tryHere }: Asked<Done>,
): Promise<{ readonly text: string } | { readonly done: Done }> {
  await writeRequest(inbox, id, Buffer.from(JSON.stringify(request)))
  const deadline = performance.now() + patienceMs
  let retryAt = performance.now() + RETRY_OPEN_MS
  while (performance.now() < deadline) {
    const answer = await readAnswer(inbox, id)
    if (answer !== undefined) await removeAnswer(inbox, id)
    if (answer !== undefined && 'reason' in answer) throw new EntryRejected(`${inUse.folder}: ${answer.reason}`)
    if (answer !== undefined) return { text: answer.receipt }
    if (performance.now() >= retryAt) {
      const done = await tryInstead(inbox, id, tryHere)
      if (done !== undefined) return done
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

/** Does it here if the process that had the log open has ended. That process may have done it before. */
async function tryInstead<Done>(inbox: string, id: string, tryHere: () => Promise<Done>) {
  try {
    const done = await tryHere()
    await withdrawRequest(inbox, id)
    await removeAnswer(inbox, id)
    return { done }
  } catch (error) {
    if (error instanceof FolderInUseError) return undefined
    throw error
  }
}

/** Writes the entries of commands, because each reading of an audit log, and each change of rows, is itself an entry. */

/** What {@link appendEntry} writes: the members of an entry without `id`, `time` and the name of the log; or the erasure of a salt. */
export type OwnEntry =
  | {
      readonly members: { readonly kind: Entry['kind'] } & Readonly<Record<string, unknown>>
      /** The salt of the entry's commitments: 16 to 32 bytes. */
      readonly salt?: Uint8Array
    }
  | { readonly erase: Extract<OperatorRequest, { erase: unknown }>['erase'] }

/** How {@link appendEntry} works. */
interface AppendOptions {
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
  const own = await findOwnLog(place)
  const isRepeated = options.id !== undefined
  try {
    return await appendHere(own, id, entry, isRepeated, options)
  } catch (error) {
    if (!(error instanceof FolderInUseError)) throw error
    return await appendByOwner(error, own, id, entry, options)
  }
}

async function appendHere(
  { folder, salts, signer }: FoundLog,
  id: string,
  entry: OwnEntry,
  isRepeated: boolean,
  { now }: AppendOptions,
): Promise<OwnAppended> {
  const log = await openLog({ folder, signer, salts })
  try {
    const before = isRepeated ? await findBefore(log, folder, id) : undefined
    const written = before ?? (await append(log, entry, id, now()))
    // The entry is written first, because a salt that is missing without an entry would look like damage.
    if ('erase' in entry) await eraseSalt(salts, entry.erase.erased, folder)
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

async function findBefore(log: Log, folder: string, id: string) {
  await log.publish()
  return (await findAppended(folderSource(folder), log.published().size, new Set([id]), uuidV7Time(id) ?? 0)).get(id)
}

async function proveIn(log: Log, { index, bytes }: AppendedEntry): Promise<string> {
  const { size, note: checkpoint } = log.latest()
  return formatTlogProof({ index, hashes: await log.inclusion(index, size), checkpoint, extra: bytes })
}

/** Asks the process that has the log open, unless that process ends before it carries the request out. */
async function appendByOwner(
  inUse: FolderInUseError,
  own: FoundLog,
  id: string,
  entry: OwnEntry,
  options: AppendOptions,
): Promise<OwnAppended> {
  const answer = await askOwner<OwnAppended>(inUse, {
    inbox: own.inbox,
    id,
    request: toRequest(entry),
    ...(options.patienceMs !== undefined && { patienceMs: options.patienceMs }),
    tryHere: () => appendHere(own, id, entry, true, options),
  })
  if ('done' in answer) return answer.done
  return { id, index: parseTlogProof(answer.text).index, proof: answer.text }
}

function toRequest(entry: OwnEntry): OperatorRequest {
  if ('erase' in entry) return { erase: entry.erase }
  const { members, salt } = entry
  return { entry: { ...members }, ...(salt !== undefined && { salt: Buffer.from(salt).toString('base64') }) }
}

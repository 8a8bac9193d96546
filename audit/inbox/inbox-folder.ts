import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ifThere, isMissing } from '../if-there.ts'
import { findFirstByTime, readTimes } from '../reader/log-reader.ts'
import { readEntries } from '../verify/read-log.ts'
import type { LogSource } from '../verify/source.ts'

/**
 * The inbox of a log: a folder through which a command asks the process that owns the log to write an entry. One process writes a log, and
 * an operator must not have to stop it for an entry.
 *
 * A request is the file `<id>.json`. The command writes it under another name and renames it when it is complete. The owner answers with the file
 * `<id>.receipt`, or moves the request to `rejected/` with a file `<id>.json.reason` beside it. The id is the id of the entry, so a request that is
 * sent twice, or read twice because a process was killed, is still one entry. Only the user who runs the owner can enter the folder.
 */

/** The largest request, in bytes. An entry has at most 65,535 bytes. */
export const MAX_REQUEST_BYTES = 70_000

/** How many files `rejected/` holds. The oldest of more are deleted. */
const MAX_REJECTED = 200

/** How long an answer that nobody fetched, or a request that was never completed, stays, in milliseconds. */
const STALE_MS = 24 * 3_600_000

/** The name of a request's file. Its id is a UUIDv7. */
const REQUEST_NAME = /^([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\.json$/

/** Returns the inbox of the log in a folder. A log that a process owns is the folder `log` in the home of an audit log. */
export function inboxOf(logFolder: string): string {
  return join(basename(logFolder) === 'log' ? dirname(logFolder) : logFolder, 'inbox')
}

/**
 * Makes the inbox if it does not exist.
 * @throws {Error} if something else than a folder has its name: a link could lead anywhere.
 */
export async function makeInbox(inbox: string): Promise<void> {
  await mkdir(inbox, { recursive: true, mode: 0o700 })
  if (!(await lstat(inbox)).isDirectory()) throw new Error(`${inbox}: expected a folder; came a link or a file`)
}

/** Writes a request. Resolves when it is durable and the owner can see it. A request with the same id is replaced. */
export async function writeRequest(inbox: string, id: string, bytes: Uint8Array): Promise<void> {
  await writeNamed(inbox, `${id}.json`, bytes)
}

/** Writes a file that is named otherwise than a request of a log, as {@link writeRequest} does. */
export async function writeNamed(inbox: string, name: string, bytes: Uint8Array): Promise<void> {
  await makeInbox(inbox)
  await writeWhole(inbox, name, bytes)
}

/** A file of the inbox that has the name of a request. */
export interface FoundRequest {
  readonly id: string
  readonly name: string
}

/**
 * Lists requests, the oldest ids first, and what has no such name. Deletes answers that nobody fetched for a day.
 * @param limit how many of each it returns at most
 * @param form the names of requests, with the id as a group
 */
export async function listRequests(
  inbox: string,
  limit: number,
  nowMs: number,
  form = REQUEST_NAME,
): Promise<{ readonly requests: readonly FoundRequest[]; readonly strays: readonly string[] }> {
  const requests: FoundRequest[] = []
  const strays: string[] = []
  for (const name of (await ifThere(readdir(inbox))) ?? []) {
    const id = form.exec(name)?.[1]
    if (id !== undefined) requests.push({ id, name })
    else if (name.endsWith('.receipt') || name.startsWith('.')) await removeStale(join(inbox, name), nowMs)
    else if (name !== 'rejected' && strays.length < limit) strays.push(name)
  }
  requests.sort((one, other) => (one.id < other.id ? -1 : 1))
  return { requests: requests.slice(0, limit), strays }
}

/**
 * Reads a request.
 * @throws {RequestRejected} if it is not a plain file of this user, or longer than `most` bytes.
 */
export async function readRequest(
  inbox: string,
  { name }: FoundRequest,
  most = MAX_REQUEST_BYTES,
): Promise<Uint8Array | undefined> {
  const file = await openPlainFile(join(inbox, name))
  if (file === undefined) return undefined
  try {
    const { size, uid } = await file.stat()
    const user = process.getuid?.()
    if (user !== undefined && uid !== user && uid !== 0) {
      throw new RequestRejected('expected a file of the user who owns the log; came one of another user')
    }
    if (size > most) throw new RequestRejected(`expected at most ${most} bytes; came ${size}`)
    // The file may grow while it is read, so no more than this is read.
    const bytes = Buffer.alloc(most + 1)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
    if (bytesRead > most) throw new RequestRejected(`expected at most ${most} bytes; came more`)
    return bytes.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** A request that the owner of the log does not carry out. The message says what was expected, for the file with the reason. */
export class RequestRejected extends Error {
  override readonly name = 'RequestRejected'
}

/** Opens a file without following links, and without waiting for the writer of a pipe. Resolves to undefined if it is gone. */
async function openPlainFile(path: string): Promise<FileHandle | undefined> {
  let file: FileHandle
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    if (isMissing(error)) return undefined
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES') throw new RequestRejected('expected a file that the owner of the log may read')
    throw new RequestRejected(`expected a plain file; came a link or something else (${code})`)
  }
  if ((await file.stat()).isFile()) return file
  await file.close()
  throw new RequestRejected('expected a plain file; came a folder, a pipe or a device')
}

/** Answers a request: writes its receipt, and then removes the request. Resolves when both are durable. */
export async function answerRequest(inbox: string, { id, name }: FoundRequest, receipt: string): Promise<void> {
  await writeWhole(inbox, `${id}.receipt`, Buffer.from(receipt))
  await rm(join(inbox, name), { force: true, recursive: true })
  await syncFolder(inbox)
}

/** Moves a request, or a stray file, to `rejected/`, with the reason in a file beside it. Of too many files there, the oldest go. */
export async function rejectRequest(inbox: string, name: string, reason: string): Promise<void> {
  const rejected = join(inbox, 'rejected')
  await makeInbox(rejected)
  const safeName = name.slice(0, 200)
  await writeWhole(rejected, `${safeName}.reason`, Buffer.from(`${reason}\n`))
  await ifThere(rename(join(inbox, name), join(rejected, safeName)))
  await removeOldest(rejected)
}

async function removeOldest(folder: string): Promise<void> {
  const names = await readdir(folder)
  if (names.length <= MAX_REJECTED) return
  const aged = await Promise.all(
    names.map(async (name) => ({ name, ms: (await ifThere(lstat(join(folder, name))))?.mtimeMs ?? 0 })),
  )
  aged.sort((one, other) => one.ms - other.ms)
  for (const { name } of aged.slice(0, names.length - MAX_REJECTED))
    await rm(join(folder, name), { force: true, recursive: true })
}

/** Reads the answer to a request: its receipt, or the reason why it was rejected. Resolves to undefined while there is none. */
export async function readAnswer(
  inbox: string,
  id: string,
): Promise<{ readonly receipt: string } | { readonly reason: string } | undefined> {
  const receipt = await readText(join(inbox, `${id}.receipt`))
  if (receipt !== undefined) return { receipt }
  const reason = await readReason(inbox, `${id}.json`)
  return reason === undefined ? undefined : { reason }
}

/** Reads why a file was rejected. Resolves to undefined if it was not, or not yet. */
export async function readReason(inbox: string, name: string): Promise<string | undefined> {
  return (await readText(join(inbox, 'rejected', `${name}.reason`)))?.trimEnd()
}

/** Removes the answer to a request, after the command has read it. */
export async function removeAnswer(inbox: string, id: string): Promise<void> {
  const rejected = ['rejected', `${id}.json`].join('/')
  for (const name of [`${id}.receipt`, rejected, `${rejected}.reason`]) await rm(join(inbox, name), { force: true })
}

/** Takes a request back. Returns whether it was still there, so that nobody else carries it out. */
export async function withdrawRequest(inbox: string, id: string): Promise<boolean> {
  try {
    await rename(join(inbox, `${id}.json`), join(inbox, `.${id}.withdrawn`))
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
  await rm(join(inbox, `.${id}.withdrawn`), { force: true })
  await syncFolder(inbox)
  return true
}

async function readText(path: string): Promise<string | undefined> {
  const file = await openPlainFile(path)
  if (file === undefined) return undefined
  try {
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** Writes a file under another name and renames it, so that nobody ever sees a part of it. */
async function writeWhole(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const draft = join(folder, `.${name}.${process.pid}.draft`)
  // A draft of a killed process may be there, or a link that somebody put there.
  await rm(draft, { force: true, recursive: true })
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, join(folder, name))
  await syncFolder(folder)
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function removeStale(path: string, nowMs: number): Promise<void> {
  const stats = await ifThere(lstat(path))
  if (stats !== undefined && nowMs - stats.mtimeMs > STALE_MS) await rm(path, { force: true, recursive: true })
}

/** An entry that was found by its id. */
export interface AppendedEntry {
  readonly index: number
  readonly bytes: Uint8Array
}

/** By how much the times of neighbouring entries may be out of order, in milliseconds. */
const DISORDER_MS = 600_000

/**
 * Finds entries by their ids in the newest part of a log. Whoever was killed between writing an entry and hearing of it finds out in this way
 * whether the log has it.
 * @param size the size of the published tree
 * @param ids UUIDv7s. No entry is older than the time in its id.
 * @param sinceMs the earliest time in the ids, in milliseconds since the epoch
 */
export async function findAppended(
  source: LogSource,
  size: number,
  ids: ReadonlySet<string>,
  sinceMs: number,
): Promise<ReadonlyMap<string, AppendedEntry>> {
  const found = new Map<string, AppendedEntry>()
  const from = await findFirstByTime(size, sinceMs - DISORDER_MS, (index, count) =>
    readTimes(readEntries(source, size, index), count),
  )
  for await (const { index, bytes } of readEntries(source, size, from)) {
    // Most entries are not sought, and parsing each of them would take long.
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (![...ids].some((id) => text.includes(id))) continue
    const id = readId(bytes)
    if (id !== undefined && ids.has(id)) found.set(id, { index, bytes })
  }
  return found
}

function readId(bytes: Uint8Array): string | undefined {
  try {
    const { id } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { id?: unknown }
    return typeof id === 'string' ? id : undefined
  } catch {
    return undefined
  }
}

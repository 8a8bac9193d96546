import { type AppendedEntry, findAppended } from '../../audit/inbox/inbox-folder.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { type Log, openLog } from '../../audit/log/log.ts'
import { formatTlogProof, parseTlogProof } from '../../audit/note/tlog-proof.ts'
import { eraseSalt } from '../../audit/salts/salts.ts'
import { folderSource } from '../../audit/verify/source.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { makeErasureEntry, makeOperatorEntry, type OperatorRequest } from '../../contract/audit-log/operator-request.ts'
import { createUuidV7, uuidV7Time } from '../../contract/uuid-v7.ts'
import { FolderInUseError } from '../folder-lock/folder-lock.ts'
import { askOwner } from './ask-owner.ts'
import { type FoundLog, findOwnLog, type OwnLogPlace } from './find-own-log.ts'

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

import { join } from 'node:path'
import { createKeeper } from '../../audit/content-store/content-store.ts'
import { createUuidV7, uuidV7Time } from '../../contract/uuid-v7.ts'
import { MAX_REQUEST_AGE_MS } from '../../service/audit-log/inbox.ts'
import { osUser } from '../../service/audit-log/os-user.ts'
import { appendEntry, checkOwnLog, hasOwnEntry, type OwnLogPlace } from '../../service/audit-log/own-log.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { PendingEntry } from './sync-state.ts'

/** The country's own audit log, as its node has it. */
export interface AuditLogPlace {
  /** The node's --audit-log-dir. */
  readonly folder: string
  /** The node's --audit-log-key. */
  readonly key: string
}

/** What the entry says of one kind of record. */
export interface NotedRows {
  readonly type: string
  readonly read: number
  readonly created: number
  readonly changed: number
  readonly deleted: number
  readonly rejected: number
}

/** What an entry is made of. */
export interface NotedSync {
  readonly country: string
  readonly source: string
  /** SHA-256 of the mapping's document, in hex. */
  readonly mapping: string
  /** Who is responsible; the user of this machine if absent. */
  readonly by: string | undefined
  readonly legalBasis: readonly string[]
  readonly rows: readonly NotedRows[]
  /** The span of an incremental run, RFC 3339; null for a full run. */
  readonly span: { readonly since: string; readonly until: string } | null
}

/** Makes the entry of a run: `import` for a full one, `sync` for one that took changes over (contract/audit-log/operator-entries.ts). */
export function makeEntry(id: string, { span, by, rows, ...common }: NotedSync): PendingEntry {
  const members = {
    kind: span === null ? 'import' : 'sync',
    ...common,
    ...span,
    rows,
    by: by === undefined ? osUser() : { name: by, source: 'OPTION' },
    result: rows.some(({ rejected }) => rejected > 0) ? 'PARTLY' : 'DONE',
  }
  return { id, members }
}

/**
 * Checks that the audit log will take the entry of a run, before the run changes rows.
 * @throws {UsageError} if the key is not that of the log, or the log cannot be written.
 */
export async function checkAuditLog(place: AuditLogPlace): Promise<void> {
  try {
    await checkOwnLog(toOwnLog(place))
  } catch (cause) {
    throw new UsageError(`--audit-log-dir, --audit-log-key: ${(cause as Error).message}. No row was changed`, { cause })
  }
}

/**
 * Writes the entry that an earlier run left behind, unless the log has it. The process that owns the log takes no id that is older than seven days, so
 * such an entry gets another id.
 * @param keep stores the entry with its other id, before the log has it: so a run that is killed writes no third one.
 */
export async function notePending(
  place: AuditLogPlace,
  entry: PendingEntry,
  keep: (renewed: PendingEntry) => Promise<void>,
  now: () => number,
): Promise<void> {
  if (await hasOwnEntry(toOwnLog(place), entry.id)) return
  const isOld = now() - (uuidV7Time(entry.id) ?? 0) > MAX_REQUEST_AGE_MS
  const due = isOld ? { ...entry, id: createUuidV7(now()) } : entry
  if (isOld) await keep(due)
  await noteSync(place, due, null, now)
}

/**
 * Writes an entry into the country's audit log, and stores the mapping beside it. The same entry is written only once, whenever the process was
 * killed. Rejects if the log does not take it.
 * @param document the text whose SHA-256 the entry has; null if only an earlier run knew it, which then stored it before.
 */
export async function noteSync(
  place: AuditLogPlace,
  { id, members }: PendingEntry,
  document: string | null,
  now: () => number,
): Promise<void> {
  if (document !== null) await (await createKeeper(join(place.folder, 'kept')))(document)
  await appendEntry(toOwnLog(place), { members: members as never }, { now, id })
}

function toOwnLog({ folder, key }: AuditLogPlace): OwnLogPlace {
  return { log: folder, key }
}

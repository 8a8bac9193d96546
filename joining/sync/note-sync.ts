import { join } from 'node:path'
import { createKeeper } from '../../audit/content-store/content-store.ts'
import { osUser } from '../../service/audit-log/os-user.ts'
import { appendEntry } from '../../service/audit-log/own-log.ts'
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
  await appendEntry({ log: place.folder, key: place.key }, { members: members as never }, { now, id })
}

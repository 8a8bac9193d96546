import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { osUser } from '../../service/audit-log/os-user.ts'
import { appendEntry } from '../../service/audit-log/own-log.ts'
import { auditLogHomeIn, writeTrust } from './trust.ts'

/** What came into a country's database. */
export interface NotedImport {
  readonly country: string
  /** A label of where the data came from. */
  readonly source: string
  readonly rows: readonly {
    readonly type: string
    readonly read: number
    readonly created: number
    readonly changed: number
    readonly deleted: number
    readonly rejected: number
  }[]
}

/** Describes made-up records that came into a country's database. */
export function describeMadeUp(country: string, rows: number): NotedImport {
  const counts = { read: rows, created: rows, changed: 0, deleted: 0, rejected: 0 }
  return { country, source: 'generator', rows: [{ type: 'made-up records', ...counts }] }
}

/** Where the demo's audit logs are, and the first of its ports. */
export interface AuditLogPlace {
  readonly folder: string
  readonly port: number
}

/**
 * Writes the entry of an import into the country's own audit log, and makes the keys of the demo's logs if this is the first use. Resolves
 * when the entry is durable. Rejects if it cannot be written; the rows are in the database then, and the operator must know.
 */
export async function noteImport(
  { folder, port }: AuditLogPlace,
  noted: NotedImport,
  now: () => number,
): Promise<void> {
  const { country, source, rows } = noted
  const home = auditLogHomeIn(folder)
  if (!existsSync(home.nodeKey(country))) {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeTrust(folder, port)
  }
  const members = {
    kind: 'import' as const,
    country,
    source,
    rows,
    legalBasis: [],
    mapping: null,
    by: osUser(),
    result: rows.some(({ rejected }) => rejected > 0) ? 'PARTLY' : 'DONE',
  }
  await appendEntry({ log: home.nodeAuditLog(country), key: home.nodeKey(country) }, { members }, { now })
}

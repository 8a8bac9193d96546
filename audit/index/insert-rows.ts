import type { SeenRow } from './country-view.ts'
import type { IndexTransaction } from './database.ts'
import type { EntryRow } from './entry-row.ts'
import { ALL } from './filter.ts'

/** Inserts rows into the table `entries` of the index, many with one `copy`. */

/** The columns of `entries`, and the member of the row that each has. */
const COLUMNS = {
  log: 'log',
  position: 'position',
  id: 'id',
  time: 'time',
  kind: 'kind',
  actor_country: 'actorCountry',
  agency: 'agency',
  role: 'role',
  actor_ref: 'actorRef',
  client: 'client',
  token_id: 'tokenId',
  mandate: 'mandate',
  task_force: 'taskForce',
  purpose: 'purpose',
  case_ref: 'caseRef',
  operation: 'operation',
  document: 'document',
  countries: 'countries',
  domains: 'domains',
  coordinates: 'coordinates',
  denied: 'denied',
  outcome: 'outcome',
  codes: 'codes',
  status: 'status',
  duration_ms: 'durationMs',
  records: 'records',
  persons: 'persons',
} as const satisfies Record<string, keyof EntryRow>

const names = Object.keys(COLUMNS)
const members = Object.values(COLUMNS)

/** The columns of a row, for a `select`. */
export const ROW_COLUMNS: string = names.join(', ')

/** Those columns, the viewer's, and those of the refs of records, by which a search finds legs and which it does not show. */
export const STORED_COLUMNS: string = `${ROW_COLUMNS}, viewer, leg, refs`

/** The columns of a copied row, in its order. */
const COPIED = `entries (at, viewer, leg, refs, ${names.join(', ')})`

/**
 * Inserts rows of one log, or replaces those of the same position and viewer: `copy` takes no row that is there. The caller holds a lock on the
 * log, so that nobody else inserts between the statements.
 */
export async function insertRows(within: IndexTransaction, log: string, rows: readonly SeenRow[]): Promise<void> {
  if (rows.length === 0) return
  if (await hasRowsBetween(within, log, rows)) {
    await within.query(
      `delete from entries as e using unnest($2::bigint[], $3::text[]) as x(position, viewer)
       where e.log = $1 and e.position = x.position and e.viewer = x.viewer`,
      [log, rows.map(({ row }) => row.position), rows.map(({ viewer }) => viewer ?? ALL)],
    )
  }
  await within.copy(COPIED, rows.map(formatRow).join(''))
}

/** Most rows are new, and to look for each of them costs more than to look at their places once. */
async function hasRowsBetween({ query }: IndexTransaction, log: string, rows: readonly SeenRow[]): Promise<boolean> {
  let [first, last] = [Number.POSITIVE_INFINITY, 0]
  for (const { row } of rows) {
    first = Math.min(first, row.position)
    last = Math.max(last, row.position)
  }
  const found = await query('select 1 from entries where log = $1 and position between $2 and $3 limit 1', [
    ...[log, first, last],
  ])
  return found.length > 0
}

/** Formats a row as a line for `copy` (PostgreSQL, COPY, File Formats, Text Format): tabs between the columns, `\\N` for null. */
function formatRow({ viewer, row, detail }: SeenRow): string {
  const leg = detail === undefined ? NULL : toField(detail.leg)
  let line = `${toField(row.time)}\t${toField(viewer ?? ALL)}\t${leg}\t${detail === undefined ? NULL : toField(detail.refs)}`
  for (const member of members) line += `\t${toField(row[member])}`
  return `${line}\n`
}

const NULL = '\\N'

/** What PostgreSQL cannot store, and what has a meaning in a line or in a list. Most texts have none of it. */
const UNUSUAL = /[^\u0020\u0021\u0023-\u005b\u005d-\u007e\u00a0-\ud7ff]/

function toField(value: EntryRow[keyof EntryRow] | readonly string[]): string {
  if (value === null) return NULL
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return UNUSUAL.test(value) ? escapeField(storable(value)) : value
  if (value.length === 0) return '{}'
  const list = `"${value.join('","')}"`
  return UNUSUAL.test(value.join('')) ? escapeField(formatList(value)) : `{${list}}`
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

function escapeField(text: string): string {
  return text.replaceAll(/[\\\t\n\r]/g, (each) => ESCAPES[each] ?? each)
}

/** Returns the columns of a row as a query returns them, without `at`. */
export function columnsOf({ viewer, row, detail }: SeenRow): Readonly<Record<string, unknown>> {
  const values = Object.entries(COLUMNS).map(([name, member]) => {
    const value = row[member]
    if (typeof value === 'string') return [name, storable(value)] as const
    return [name, typeof value === 'object' && value !== null ? value.map(storable) : value] as const
  })
  const { leg = null, refs = null } = detail ?? {}
  const details = { leg: leg === null ? null : storable(leg), refs: refs === null ? null : refs.map(storable) }
  return { ...Object.fromEntries(values), viewer: viewer ?? ALL, ...details }
}

/** Formats a list as PostgreSQL writes an array of texts (PostgreSQL, 8.15.6, Array Input and Output Syntax). */
function formatList(values: readonly string[]): string {
  return `{${values.map((value) => `"${storable(value).replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`
}

/** PostgreSQL cannot store NUL or a lone surrogate, and PGlite loses a byte order mark when it reads, so this replaces them. */
function storable(text: string): string {
  return text.replaceAll(/[\0\ufeff]/g, '\ufffd').toWellFormed()
}

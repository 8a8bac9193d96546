import type { SeenRow } from './assembler.ts'
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

/** The columns that may differ between the views of one entry. */
const VIEWED = ['countries', 'domains', 'denied', 'outcome', 'codes', 'records', 'persons'] as const

/** The columns that are the same in all views of an entry. */
const SHARED = names.filter((name) => !(VIEWED as readonly string[]).includes(name))
const sharedMembers = members.filter((member) => !(VIEWED as readonly string[]).includes(member))

/** The columns of a copied row, in its order. */
const COPIED = `entries (${[...SHARED, 'at', ...VIEWED, 'viewer', 'leg', 'refs'].join(', ')})`

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
  await within.copy(COPIED, formatRows(rows))
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

/**
 * Formats rows as lines for `copy` (PostgreSQL, COPY, File Formats, Text Format): tabs between the columns, `\\N` for null. The views of an entry stand
 * one behind another, so what they share is formatted once.
 */
function formatRows(rows: readonly SeenRow[]): string {
  const lines: string[] = []
  let [shared, before]: [string, EntryRow | undefined] = ['', undefined]
  for (const { viewer, row, detail } of rows) {
    if (before === undefined || !isShared(row, before)) shared = formatShared(row)
    before = row
    const { countries, domains, denied, outcome, codes, records, persons } = row
    lines.push(
      `${shared}${formatList(countries)}\t${formatList(domains)}\t${formatList(denied)}\t${outcome}\t${formatList(codes)}\t${records}\t${persons}\t${
        viewer === null ? ALL : formatText(viewer)
      }\t${detail === undefined ? `${NULL}\t${NULL}` : `${formatText(detail.leg)}\t${formatList(detail.refs)}`}\n`,
    )
  }
  return lines.join('')
}

function isShared(row: EntryRow, before: EntryRow): boolean {
  // Views of one entry have the same list, and not only the same texts.
  return row.coordinates === before.coordinates && sharedMembers.every((member) => row[member] === before[member])
}

function formatShared(row: EntryRow): string {
  let line = ''
  for (const member of sharedMembers) line += `${formatField(row[member])}\t`
  return `${line}${formatText(row.time)}\t`
}

const NULL = '\\N'

/** What PostgreSQL cannot store, and what has a meaning in a line or in a list. Most texts have none of it. */
const UNUSUAL = /[^\u0020\u0021\u0023-\u005b\u005d-\u007e\u00a0-\ud7ff]/

function formatField(value: EntryRow[keyof EntryRow]): string {
  if (value === null) return NULL
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? formatText(value) : formatList(value)
}

function formatText(text: string): string {
  return UNUSUAL.test(text) ? escapeField(storable(text)) : text
}

function formatList(values: readonly string[]): string {
  if (values.length === 0) return '{}'
  return UNUSUAL.test(values.join('')) ? escapeField(formatArray(values)) : `{"${values.join('","')}"}`
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
function formatArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${storable(value).replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`
}

/** PostgreSQL cannot store NUL or a lone surrogate, and PGlite loses a byte order mark when it reads, so this replaces them. */
function storable(text: string): string {
  return text.replaceAll(/[\0\ufeff]/g, '\ufffd').toWellFormed()
}

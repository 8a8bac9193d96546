import type { IndexDatabase } from './database.ts'
import type { EntryRow } from './entry-row.ts'
import { conditionsOf, type EntryFilter } from './filter.ts'
import { ROW_COLUMNS } from './insert-rows.ts'

/** The place of a row in the order of a search: the newest first, then by log, then the later position first. */
export type EntryCursor = Pick<EntryRow, 'time' | 'log' | 'position'>

/** One page of a search. */
export interface SearchPage {
  readonly rows: readonly EntryRow[]
  readonly hasMore: boolean
}

/**
 * Finds the rows that match a filter, the newest first.
 * @param first the most rows of the page
 * @param after the place after which the page begins; without it, the page begins with the newest row
 */
export async function searchIndex(
  { query }: IndexDatabase,
  filter: EntryFilter,
  { first, after }: { readonly first: number; readonly after?: EntryCursor },
): Promise<SearchPage> {
  const { text, params } = conditionsOf(filter)
  const place = (value: unknown): string => `$${params.push(value)}`
  const beyond =
    after === undefined
      ? ''
      : `and (at < ${place(after.time)}::timestamptz or (at = $${params.length}::timestamptz
          and (log > ${place(after.log)} or (log = $${params.length} and position < ${place(after.position)}::bigint))))`
  const rows = await query<Readonly<Record<string, unknown>>>(
    `select ${ROW_COLUMNS} from entries where ${text} ${beyond} order by at desc, log, position desc limit ${place(first + 1)}`,
    params,
  )
  return { rows: rows.slice(0, first).map(rowOf), hasMore: rows.length > first }
}

/** Compares rows in the order of a search, for `Array.sort`. */
export function compareRows(one: EntryCursor, other: EntryCursor): number {
  if (one.time !== other.time) return one.time < other.time ? 1 : -1
  if (one.log !== other.log) return one.log < other.log ? -1 : 1
  return other.position - one.position
}

/** The dimensions of a count, each with its SQL expression. */
const DIMENSIONS = {
  actorCountry: 'actor_country',
  agency: 'agency',
  role: 'role',
  actor: 'actor_ref',
  client: 'client',
  taskForce: 'task_force',
  purpose: 'purpose',
  caseRef: 'case_ref',
  kind: 'kind',
  outcome: 'outcome',
  country: 'unnest(countries)',
  coordinate: 'unnest(coordinates)',
  denied: 'unnest(denied)',
  code: 'unnest(codes)',
  hour: `to_char(date_trunc('hour', at), 'YYYY-MM-DD"T"HH24":00Z"')`,
  day: `to_char(date_trunc('day', at), 'YYYY-MM-DD')`,
  month: `to_char(date_trunc('month', at), 'YYYY-MM')`,
} as const

/** A dimension by which entries can be counted. */
export type Dimension = keyof typeof DIMENSIONS

/** The names of all dimensions. */
export const DIMENSION_NAMES = Object.keys(DIMENSIONS) as readonly Dimension[]

/** The number of entries with one key. `key` is null for entries without one. */
export interface EntryCount {
  readonly key: string | null
  readonly count: number
}

/**
 * Counts the entries of each key, the largest count first. Counts by hour, day or month are in the order of time.
 * @param limit the most keys
 */
export async function countIndex(
  { query }: IndexDatabase,
  by: Dimension,
  filter: EntryFilter,
  limit: number,
): Promise<readonly EntryCount[]> {
  const { text, params } = conditionsOf(filter)
  const order = by === 'hour' || by === 'day' || by === 'month' ? 'key' : 'count desc, key'
  return query<EntryCount>(
    `select key, count(*)::int as count from (select ${DIMENSIONS[by]} as key from entries where ${text}) as keys
     group by key order by ${order} limit $${params.push(limit)}`,
    params,
  )
}

function rowOf(columns: Readonly<Record<string, unknown>>): EntryRow {
  return Object.fromEntries(
    Object.entries(columns).map(([name, value]) => [
      name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  ) as unknown as EntryRow
}

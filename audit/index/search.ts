import type { IndexDatabase } from './database.ts'
import { COLUMNS, columnOf, conditionsOf, type EntryFilter, type EntryRow } from './entry-row.ts'
import { ROW_COLUMNS } from './store.ts'

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
  return Object.fromEntries(Object.keys(COLUMNS).map((member) => [member, columns[columnOf(member)]])) as EntryRow
}

/**
 * Saved queries for unusual behaviour. A finding accuses nobody: an officer who works at night asks at night. It says who, when
 * and how much, so that an auditor can look closer.
 */

interface Pattern {
  /** What the pattern finds, for people. */
  readonly meaning: string
  /** The default threshold: the smallest amount that is a finding. */
  readonly threshold: number
  /** The SQL condition that selects the requests. */
  readonly counts: string
  /** The SQL expression for how much one request adds. */
  readonly amount: string
  /** The span of time over which the amounts are added. */
  readonly span: 'hour' | 'day' | 'month'
}

/** The local hour in Central America, which has the same UTC offset all year. */
const HOUR_THERE = `extract(hour from at at time zone 'America/Guatemala')`

/** The patterns, by name. */
export const PATTERNS = {
  NIGHT_HOURS: {
    meaning: 'requests of one officer between 22:00 and 05:00, Central American time, in a month',
    threshold: 5,
    counts: `(${HOUR_THERE} >= 22 or ${HOUR_THERE} < 5)`,
    amount: '1',
    span: 'month',
  },
  MANY_PERSONS: {
    meaning: 'records of persons given to one officer in a day',
    threshold: 200,
    counts: 'persons > 0',
    amount: 'persons',
    span: 'day',
  },
  MANY_DENIALS: {
    meaning: 'requests of one officer in a day that were rejected or in which a field was denied',
    threshold: 10,
    counts: `(outcome in ('DENIED', 'REFUSED') or cardinality(denied) > 0)`,
    amount: '1',
    span: 'day',
  },
  PROBING_BY_HITS: {
    meaning:
      'requests of one officer in an hour that ask which countries have a record of a person, or of a list of persons',
    threshold: 20,
    counts: `coordinates && array['PersonHits.hits', 'PersonListHits.hits']`,
    amount: '1',
    span: 'hour',
  },
} as const satisfies Readonly<Record<string, Pattern>>

/** The name of a pattern. */
export type PatternName = keyof typeof PATTERNS

/** The names of all patterns. */
export const PATTERN_NAMES = Object.keys(PATTERNS) as readonly PatternName[]

/** One officer in one span of time. */
export interface PatternFinding {
  readonly pattern: PatternName
  /** The officer's pseudonym. */
  readonly actorRef: string
  readonly actorCountry: string | null
  readonly agency: string | null
  /** The beginning of the span, RFC 3339. */
  readonly since: string
  readonly amount: number
}

/**
 * Finds the officers whose requests match a pattern, the largest amount first.
 * @param threshold the smallest amount; without it, the pattern's default applies
 * @param limit the most findings
 */
export async function findPattern(
  { query }: IndexDatabase,
  pattern: PatternName,
  filter: EntryFilter,
  { threshold, limit }: { readonly threshold?: number; readonly limit: number },
): Promise<readonly PatternFinding[]> {
  const { counts, amount, span, threshold: defaultThreshold }: Pattern = PATTERNS[pattern]
  const { text, params } = conditionsOf(filter)
  const found = await query<Omit<PatternFinding, 'pattern'>>(
    `select actor_ref as "actorRef", actor_country as "actorCountry", agency,
            date_trunc('${span}', at) as since, sum(${amount})::int as amount
     from entries where kind in ('request', 'leg') and actor_ref is not null and ${counts} and ${text}
     group by 1, 2, 3, 4 having sum(${amount}) >= $${params.push(threshold ?? defaultThreshold)}
     order by amount desc, since desc, 1 limit $${params.push(limit)}`,
    params,
  )
  return found.map((each) => ({ pattern, ...each }))
}

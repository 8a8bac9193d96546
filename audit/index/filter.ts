import type { EntryOutcome, EntryRow } from './entry-row.ts'

/** The conditions of a search for entries. Conditions that are missing accept everything. */
export interface EntryFilter {
  readonly log?: string
  readonly id?: string
  readonly kind?: string
  /** A country that was asked, or that the entry is about. */
  readonly country?: string
  /**
   * The country whose auditor sees the rows: only what concerns it, and nothing of other countries. Without it, complete rows. It selects rows of
   * an index; {@link matches} is told rows that are selected already.
   */
  readonly viewer?: string
  readonly actorCountry?: string
  readonly agency?: string
  readonly role?: string
  /** One ref, or several of which one must be the row's: a caller or a case has one ref in each epoch of the keys. */
  readonly actorRef?: string | readonly string[]
  readonly client?: string
  readonly tokenId?: string
  /** The hash of a mandate, in base64url: the entries about it in an authority's log. */
  readonly mandate?: string
  readonly taskForce?: string
  readonly purpose?: string
  readonly caseRef?: string | readonly string[]
  readonly operation?: string
  readonly domain?: string
  /** A field or argument that was requested. */
  readonly coordinate?: string
  /** A field or argument that was denied. */
  readonly denied?: string
  readonly outcome?: EntryOutcome
  readonly code?: string
  /**
   * A text without control characters. In the form of an entry's id (a UUID in small letters), the row must have this id. Any other text must stand
   * in the agency, role, client or operation, or in a code or coordinate; capital letters A to Z count as small ones.
   */
  readonly text?: string
  /**
   * Pseudonyms of records. The row must be that of a leg whose details hold one of them. It selects rows of an index, because no row has the
   * refs; {@link matches} is told rows that are selected already.
   */
  readonly recordRefs?: readonly string[]
  /** The span of time, RFC 3339 in UTC with milliseconds. `from` is included, `until` is not. */
  readonly from?: string
  readonly until?: string
}

/** The value of the column `viewer` in complete rows. */
export const ALL = ''

/** The filters that a row's column must equal. */
const EQUAL = {
  log: 'log',
  id: 'id',
  kind: 'kind',
  actorCountry: 'actor_country',
  agency: 'agency',
  role: 'role',
  actorRef: 'actor_ref',
  client: 'client',
  tokenId: 'token_id',
  mandate: 'mandate',
  taskForce: 'task_force',
  purpose: 'purpose',
  caseRef: 'case_ref',
  operation: 'operation',
  outcome: 'outcome',
} as const satisfies Partial<Record<keyof EntryFilter & keyof EntryRow, string>>

/** The filters that a row's list must contain. */
const CONTAINED = {
  country: 'countries',
  domain: 'domains',
  coordinate: 'coordinates',
  denied: 'denied',
  code: 'codes',
} as const satisfies Partial<Record<keyof EntryFilter, keyof EntryRow>>

/** The form of an entry's id. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * The texts of a row in which `text` is sought, each on a line, in small letters. With the collation C, `lower` changes A to Z only: what it does
 * with other letters would differ between databases.
 */
const SOUGHT_TEXTS = `lower(concat_ws(e'\\n', agency, role, client, operation, array_to_string(codes, e'\\n'),
  array_to_string(coordinates, e'\\n')) collate "C")`

function hasText({ id, agency, role, client, operation, codes, coordinates }: EntryRow, text: string): boolean {
  if (ID.test(text)) return id === text
  const texts = [agency, role, client, operation, ...codes, ...coordinates]
  return texts.some((each) => each !== null && inSmallLetters(each).includes(inSmallLetters(text)))
}

function inSmallLetters(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** Checks whether a row matches a filter. It decides as the database does with `conditionsOf`. */
export function matches(row: EntryRow, filter: EntryFilter): boolean {
  const equal = keysOf(EQUAL).every((key) => {
    const wanted: string | readonly string[] | undefined = filter[key]
    if (typeof wanted !== 'object') return wanted === undefined || row[key] === wanted
    return wanted.some((each) => each === row[key])
  })
  const contained = keysOf(CONTAINED).every((key) => {
    const value = filter[key]
    return value === undefined || row[CONTAINED[key]].includes(value)
  })
  const { from, until, text } = filter
  const isInTime = (from === undefined || row.time >= from) && (until === undefined || row.time < until)
  return equal && contained && isInTime && (text === undefined || hasText(row, text))
}

/**
 * Translates a filter into SQL conditions. Values are parameters, never part of the text.
 * @param first the number of the first parameter: `$1` for 1
 */
export function conditionsOf(filter: EntryFilter, first = 1): { readonly text: string; readonly params: unknown[] } {
  const params: unknown[] = []
  const conditions: string[] = []
  const add = (write: (place: string) => string, value: unknown): void => {
    if (value !== undefined) conditions.push(write(`$${first - 1 + params.push(value)}`))
  }
  add((place) => `viewer = ${place}`, filter.viewer ?? ALL)
  for (const key of keysOf(EQUAL)) {
    const isList = Array.isArray(filter[key])
    add((place) => `${EQUAL[key]} = ${isList ? `any(${place}::text[])` : place}`, filter[key])
  }
  for (const key of keysOf(CONTAINED)) {
    add((place) => `${CONTAINED[key]} @> array[${place}::text]`, filter[key])
  }
  const { text, recordRefs } = filter
  if (text !== undefined && ID.test(text)) add((place) => `id = ${place}`, text)
  // A position in the text, and no pattern: `%` and `_` mean themselves.
  else add((place) => `strpos(${SOUGHT_TEXTS}, ${place}::text) > 0`, text === undefined ? text : inSmallLetters(text))
  add((place) => legsWith(place), recordRefs)
  add((place) => `at >= ${place}::timestamptz`, filter.from)
  add((place) => `at < ${place}::timestamptz`, filter.until)
  return { text: conditions.join(' and '), params }
}

/**
 * The condition that a row is a leg whose details hold one of these refs. The details of a leg are in its own log, and another log may have the same
 * id. Each `select` is run once and gives a list, so that the database finds the rows by their ids. If it joined the two instead, it might read
 * all rows of the log for each leg.
 */
function legsWith(place: string): string {
  const details = `from entries where kind = 'leg-detail' and refs && ${place}::text[]`
  return `kind = 'leg' and id = any(array(select leg ${details}))
    and log || ' ' || id = any(array(select log || ' ' || leg ${details}))`
}

function keysOf<Key extends string>(table: Readonly<Record<Key, unknown>>): readonly Key[] {
  return Object.keys(table) as Key[]
}

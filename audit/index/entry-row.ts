import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'

/** The outcome of an entry's request or leg. `NOTED` means that the entry is about neither. */
export const ENTRY_OUTCOMES = ['ANSWERED', 'PARTIAL', 'DENIED', 'REFUSED', 'FAILED', 'NOTED'] as const
/** One of `ENTRY_OUTCOMES`. */
type EntryOutcome = (typeof ENTRY_OUTCOMES)[number]

/** The members of a row, each with the type of its column in the index. The column has the member's name in snake case. */
export const COLUMNS = {
  /** The log's origin. */
  log: 'text not null',
  /** The entry's index in the log. */
  position: 'bigint not null',
  id: 'text not null',
  /** RFC 3339 in UTC with milliseconds. */
  time: 'text not null',
  kind: 'text not null',
  /** The caller: country, agency, role, pseudonym, client, and the token's `jti`. */
  actorCountry: 'text',
  agency: 'text',
  role: 'text',
  actorRef: 'text',
  client: 'text',
  tokenId: 'text',
  /** The hash of the mandate, in base64url, in entries of an authority's log. */
  mandate: 'text',
  taskForce: 'text',
  purpose: 'text',
  caseRef: 'text',
  operation: 'text',
  /** The SHA-256 of the normalised document: the name of its file in the content store, if it is kept. */
  document: 'text',
  /** The countries that were asked for records, or that the entry is about. */
  countries: 'text[] not null',
  domains: 'text[] not null',
  /** The requested fields and arguments. */
  coordinates: 'text[] not null',
  /** The denied fields and arguments. */
  denied: 'text[] not null',
  outcome: 'text not null',
  /** The codes of the answer and of its legs. */
  codes: 'text[] not null',
  status: 'int',
  durationMs: 'bigint',
  /** How many records the countries say that they returned. */
  records: 'bigint not null',
  /** How many of them are from the domain `persons`. */
  persons: 'bigint not null',
} as const

/** The value of a column of this type. */
type ValueOf<Type extends string> =
  | (Type extends `${string} not null` ? never : null)
  | (Type extends `text[]${string}` ? readonly string[] : Type extends `text${string}` ? string : number)

/** An entry as a flat row, for searches. Lists are sorted, and have each member once. */
export type EntryRow = { readonly [Member in keyof typeof COLUMNS]: ValueOf<(typeof COLUMNS)[Member]> } & {
  readonly kind: Entry['kind']
  readonly outcome: EntryOutcome
}

/** Returns the name of a member's column. */
export function columnOf(member: string): string {
  return member.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

type Legs = EntryOf<'request'>['legs']
type DenialSet = EntryOf<'request'>['denied']

/** The legs and denials of a request, or of a part of it. */
interface RequestLists {
  readonly legs: Legs
  readonly denied: DenialSet
}

/** The lists that a continuation entry adds to its request. `country`: whose part it is, in version 2. */
export interface Continuation extends RequestLists {
  readonly country?: string | null
  readonly coordinates: readonly string[]
}

/** An entry with all of its parts. */
export type WholeEntry =
  | {
      readonly kind: 'REQUEST'
      readonly position: number
      readonly entry: EntryOf<'request'>
      readonly continuations: readonly Continuation[]
    }
  | {
      readonly kind: 'LEG'
      readonly position: number
      readonly entry: EntryOf<'leg'>
      readonly moreCoordinates: readonly string[]
    }
  | { readonly kind: 'OTHER'; readonly position: number; readonly entry: Entry }

/** Makes the complete row of an entry. */
export function rowOf(log: string, whole: WholeEntry): EntryRow {
  if (whole.kind === 'REQUEST') return requestRow(log, whole.position, whole.entry, whole.continuations)
  if (whole.kind === 'LEG') return legRow(log, whole.position, whole.entry, whole.moreCoordinates)
  return plainRow(log, whole.position, whole.entry)
}

function requestRow(
  log: string,
  position: number,
  entry: EntryOf<'request'>,
  continuations: readonly Continuation[],
): EntryRow {
  const row = {
    ...base(log, position, entry, entry),
    coordinates: sorted([...entry.coordinates, ...continuations.flatMap(({ coordinates }) => coordinates)]),
    status: entry.result.status,
    durationMs: entry.result.durationMs,
  }
  return withLists(row, entry, listsOf(entry, continuations))
}

/** Lists the legs and denials of a request with those of its continuations. */
export function listsOf(entry: RequestLists, continuations: readonly RequestLists[]): RequestLists {
  if (continuations.length === 0) return { legs: entry.legs, denied: entry.denied }
  return {
    legs: [...entry.legs, ...continuations.flatMap(({ legs }) => legs)],
    denied: [...entry.denied, ...continuations.flatMap(({ denied }) => denied)],
  }
}

/** Returns the row of a request as it is with these legs and denials. What depends on neither stays the same. */
export function withLists(
  row: EntryRow,
  { result }: Pick<EntryOf<'request'>, 'result'>,
  { legs, denied }: RequestLists,
): EntryRow {
  // The gateway does not ask a country that publishes nothing of the domain.
  const askedLegs = legs.filter(({ reach }) => reach !== 'NOT_PUBLISHED')
  return {
    ...row,
    countries: sorted(askedLegs.map(({ country }) => country)),
    domains: sorted(askedLegs.map(({ domain }) => domain)),
    denied: sorted(denied.map(({ coordinate }) => coordinate)),
    outcome: requestOutcome(result.status, askedLegs, denied),
    codes: sorted([...result.codes, ...legs.map(({ code }) => code)]),
    records: sum(legs),
    persons: sum(legs.filter(({ domain }) => domain === 'persons')),
  }
}

function requestOutcome(status: number, legs: Legs, denied: DenialSet): EntryOutcome {
  if (status >= 500) return 'FAILED'
  if (status >= 400) return 'REFUSED'
  const answered = legs.filter(({ reach }) => reach === 'ANSWERED').length
  if (answered === 0 && (denied.length > 0 || legs.some(({ reach }) => reach === 'DENIED'))) return 'DENIED'
  if (answered === 0 && legs.length > 0) return 'FAILED'
  return denied.length > 0 || answered < legs.length ? 'PARTIAL' : 'ANSWERED'
}

function legRow(log: string, position: number, entry: EntryOf<'leg'>, more: readonly string[]): EntryRow {
  const { status, code, denied } = entry.result
  return {
    ...base(log, position, entry, { ...entry, operation: null }),
    countries: [entry.country],
    domains: [entry.domain],
    coordinates: sorted([...entry.coordinates, ...more]),
    denied: sorted(denied.map(({ coordinate }) => coordinate)),
    outcome: legOutcome(status, code, denied.length),
    codes: sorted([code]),
    status,
    records: entry.records.count,
    persons: entry.domain === 'persons' ? entry.records.count : 0,
  }
}

function legOutcome(status: number, code: string | null, denied: number): EntryOutcome {
  if (status >= 500) return 'FAILED'
  if (status >= 400 || code !== null) return 'REFUSED'
  return denied > 0 ? 'PARTIAL' : 'ANSWERED'
}

/** Makes the row of an entry that is about neither a request nor a leg: the caller, countries and codes that its kind has. */
function plainRow(log: string, position: number, entry: Entry): EntryRow {
  const countries =
    entry.kind === 'graph'
      ? entry.countries.map(({ country }) => country)
      : entry.kind === 'continuation'
        ? entry.legs.map(({ country }) => country)
        : 'country' in entry
          ? [entry.country]
          : []
  const isMisuse = entry.kind === 'misuse' || (entry.kind === 'refusals' && entry.actor !== undefined)
  const caller = isMisuse ? { ...NOBODY, actor: entry.actor ?? null } : NOBODY
  return {
    ...base(log, position, entry, entry.kind === 'oversight' ? entry : caller),
    ...(isMisuse && { outcome: 'REFUSED' as const }),
    mandate: 'mandate' in entry ? entry.mandate : null,
    countries: sorted(countries),
    domains: sorted(['domain' in entry ? entry.domain : null]),
    codes: sorted(['code' in entry ? entry.code : null, 'misuse' in entry ? entry.misuse : null]),
  }
}

type WhoAndWhy = Pick<EntryOf<'request' | 'oversight'>, 'actor' | 'grounds' | 'operation'>

const NOBODY = { actor: null, grounds: null, operation: null } as const

/** One literal and no spreads, because there is one for each entry: members that are added one after another take several times as long. */
function base(
  log: string,
  position: number,
  { id, time, kind }: Entry,
  { actor, grounds, operation }: WhoAndWhy,
): EntryRow {
  return {
    log,
    position,
    id,
    time,
    kind,
    actorCountry: actor?.country ?? null,
    agency: actor?.agency ?? null,
    role: actor?.role ?? null,
    actorRef: actor?.ref ?? null,
    client: actor?.client ?? null,
    tokenId: actor?.tokenId ?? null,
    mandate: null,
    taskForce: grounds?.taskForce ?? null,
    purpose: grounds?.purpose ?? null,
    caseRef: grounds?.caseRef ?? null,
    operation: operation?.name ?? null,
    document: operation?.documentHash ?? null,
    countries: NONE,
    domains: NONE,
    coordinates: NONE,
    denied: NONE,
    outcome: 'NOTED',
    codes: NONE,
    status: null,
    durationMs: null,
    records: 0,
    persons: 0,
  }
}

const NONE: readonly string[] = []

function sum(legs: Legs): number {
  return legs.reduce((total, { records }) => total + (records?.count ?? 0), 0)
}

/** Returns each value once, sorted by UTF-16 units, without null. A list that is so already is returned as it is. */
export function sorted(values: readonly (string | null)[]): readonly string[] {
  return isSorted(values) ? values : [...new Set(values.filter((value) => value !== null))].sort()
}

function isSorted(values: readonly (string | null)[]): values is readonly string[] {
  for (let at = 0; at < values.length; at++) {
    const [before, value] = [values[at - 1], values[at]]
    if (value === null || value === undefined) return false
    if (before !== null && before !== undefined && before >= value) return false
  }
  return true
}

/** The filters that a member of the row must equal, or one of several values. */
const EQUAL = [
  'log',
  'id',
  'kind',
  'actorCountry',
  'agency',
  'role',
  'actorRef',
  'client',
  'tokenId',
  'mandate',
  'taskForce',
  'purpose',
  'caseRef',
  'operation',
  'outcome',
] as const satisfies readonly (keyof EntryRow)[]

/** The filters that a row's list must contain. */
const CONTAINED = {
  country: 'countries',
  domain: 'domains',
  coordinate: 'coordinates',
  denied: 'denied',
  code: 'codes',
} as const satisfies Readonly<Record<string, keyof EntryRow>>

type TextFilter = Exclude<(typeof EQUAL)[number], 'actorRef' | 'caseRef'> | keyof typeof CONTAINED

/** The conditions of a search for entries. Conditions that are missing accept everything. */
export interface EntryFilter extends Partial<Readonly<Record<TextFilter, string>>> {
  /** One ref, or several of which one must be the row's: a caller or a case has one ref in each epoch of the keys. */
  readonly actorRef?: string | readonly string[]
  readonly caseRef?: string | readonly string[]
  /**
   * The country whose auditor sees the rows: only what concerns it, and nothing of other countries. Without it, complete rows. It selects rows of
   * an index; {@link matches} is told rows that are selected already.
   */
  readonly viewer?: string
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
  const equal = EQUAL.every((key) => {
    const wanted: string | readonly string[] | undefined = filter[key]
    return wanted === undefined || [wanted].flat().some((each) => each === row[key])
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
  for (const key of EQUAL) {
    const isList = Array.isArray(filter[key])
    add((place) => `${columnOf(key)} = ${isList ? `any(${place}::text[])` : place}`, filter[key])
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

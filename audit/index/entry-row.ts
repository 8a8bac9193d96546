import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { sorted } from './sorted.ts'

/** The outcome of an entry's request or leg. `NOTED` means that the entry is about neither. */
export const ENTRY_OUTCOMES = ['ANSWERED', 'PARTIAL', 'DENIED', 'REFUSED', 'FAILED', 'NOTED'] as const
/** One of `ENTRY_OUTCOMES`. */
export type EntryOutcome = (typeof ENTRY_OUTCOMES)[number]

/** An entry as a flat row, for searches. Lists are sorted, and have each member once. */
export interface EntryRow {
  /** The log's origin. */
  readonly log: string
  /** The entry's index in the log. */
  readonly position: number
  readonly id: string
  /** RFC 3339 in UTC with milliseconds. */
  readonly time: string
  readonly kind: Entry['kind']
  /** The caller: country, agency, role, pseudonym, client, and the token's `jti`. */
  readonly actorCountry: string | null
  readonly agency: string | null
  readonly role: string | null
  readonly actorRef: string | null
  readonly client: string | null
  readonly tokenId: string | null
  /** The hash of the mandate, in base64url, in entries of an authority's log. */
  readonly mandate: string | null
  readonly taskForce: string | null
  readonly purpose: string | null
  readonly caseRef: string | null
  readonly operation: string | null
  /** The SHA-256 of the normalised document: the name of its file in the content store, if it is kept. */
  readonly document: string | null
  /** The countries that were asked for records, or that the entry is about. */
  readonly countries: readonly string[]
  readonly domains: readonly string[]
  /** The requested fields and arguments. */
  readonly coordinates: readonly string[]
  /** The denied fields and arguments. */
  readonly denied: readonly string[]
  readonly outcome: EntryOutcome
  /** The codes of the answer and of its legs. */
  readonly codes: readonly string[]
  readonly status: number | null
  readonly durationMs: number | null
  /** How many records the countries say that they returned. */
  readonly records: number
  /** How many of them are from the domain `persons`. */
  readonly persons: number
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

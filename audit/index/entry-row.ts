import { type Entry, type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'
import type { PlacedEntry } from '../verify/read-entries.ts'

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

/** The lists that a continuation entry adds to its request. `country`: whose part it is, in version 2. */
interface Continuation {
  readonly country?: string | null
  readonly coordinates: readonly string[]
  readonly legs: Legs
  readonly denied: DenialSet
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

/** An incomplete row: the request entry, and the continuations so far. */
interface Draft {
  readonly placed: { readonly position: number; readonly entry: EntryOf<'request'> } | undefined
  /** The index of its first part. */
  readonly since: number
  readonly continuations: readonly Continuation[]
}

/** After this many further entries the assembler no longer waits for the parts of an entry. The log writes them close together. */
const WAIT_FOR_PARTS = 10_000

/** Assembles rows from entries and their continuations. */
export interface Assembler<Row = EntryRow> {
  /** Accepts the next entry in order, and returns the rows that are now complete. Throws an Error if the entry is malformed. */
  readonly push: (entry: PlacedEntry) => readonly Row[]
  /** Returns the incomplete rows, with the parts that they have so far. */
  readonly waiting: () => readonly Row[]
  /** Returns the index of the first entry that must be read again to complete the waiting rows; undefined if no row waits. */
  readonly since: () => number | undefined
}

/** Creates an assembler for one log. A request has one row; its continuations of version 2 have none of their own. */
export function createAssembler(log: string): Assembler {
  return createAssemblerOf((whole) => [rowOf(log, whole)])
}

/**
 * Creates an assembler for one log, of other rows.
 * @param toRows returns the rows of an entry with all of its parts.
 */
export function createAssemblerOf<Row>(toRows: (whole: WholeEntry) => readonly Row[]): Assembler<Row> {
  const drafts = new Map<string, Draft>()
  // The details of a leg precede its entry, so they wait for it.
  const details = new Map<string, { readonly since: number; readonly coordinates: readonly string[] }>()

  const toRequestRows = ({ placed, continuations }: Draft): readonly Row[] =>
    placed === undefined ? [] : toRows({ kind: 'REQUEST', ...placed, continuations })

  const finish = (id: string): readonly Row[] => {
    const draft = drafts.get(id)
    if (draft?.placed === undefined || draft.continuations.length < draft.placed.entry.continuations) return []
    drafts.delete(id)
    return toRequestRows(draft)
  }

  const giveUp = (before: number): readonly Row[] => {
    for (const [id, { since }] of details) if (since < before) details.delete(id)
    return [...drafts].flatMap(([id, draft]) => {
      if (draft.since >= before) return []
      drafts.delete(id)
      return toRequestRows(draft)
    })
  }

  const push = ({ index: position, bytes }: PlacedEntry): readonly Row[] => {
    const entry = parseEntry(bytes)
    const late = drafts.size + details.size > 0 ? giveUp(position - WAIT_FOR_PARTS) : []
    if (entry.kind === 'request') {
      const draft = drafts.get(entry.id) ?? { since: position, continuations: [] }
      drafts.set(entry.id, { ...draft, placed: { position, entry } })
      return [...late, ...finish(entry.id)]
    }
    if (entry.kind === 'continuation') {
      const draft = drafts.get(entry.of) ?? { since: position, placed: undefined, continuations: [] }
      drafts.set(entry.of, { ...draft, continuations: [...draft.continuations, entry] })
      const own = entry.v === 1 ? toRows({ kind: 'OTHER', position, entry }) : []
      return [...late, ...own, ...finish(entry.of)]
    }
    if (entry.kind === 'leg-detail') {
      const before = details.get(entry.of) ?? { since: position, coordinates: [] }
      details.set(entry.of, { ...before, coordinates: [...before.coordinates, ...entry.coordinates] })
    }
    if (entry.kind !== 'leg') return [...late, ...toRows({ kind: 'OTHER', position, entry })]
    const moreCoordinates = details.get(entry.id)?.coordinates ?? []
    details.delete(entry.id)
    return [...late, ...toRows({ kind: 'LEG', position, entry, moreCoordinates })]
  }

  return {
    push,
    waiting: () => [...drafts.values()].flatMap(toRequestRows),
    since: () => {
      const all = [...drafts.values(), ...details.values()].map(({ since }) => since)
      return all.length === 0 ? undefined : Math.min(...all)
    },
  }
}

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
  const legs = [...entry.legs, ...continuations.flatMap((part) => part.legs)]
  const denied = [...entry.denied, ...continuations.flatMap((part) => part.denied)]
  const { result } = entry
  // The gateway does not ask a country that publishes nothing of the domain.
  const askedLegs = legs.filter(({ reach }) => reach !== 'NOT_PUBLISHED')
  return {
    ...base(log, position, entry),
    ...whoAndWhy(entry),
    ...whatOf(entry),
    countries: sorted(askedLegs.map(({ country }) => country)),
    domains: sorted(askedLegs.map(({ domain }) => domain)),
    coordinates: sorted([...entry.coordinates, ...continuations.flatMap(({ coordinates }) => coordinates)]),
    denied: sorted(denied.map(({ coordinate }) => coordinate)),
    outcome: requestOutcome(result.status, askedLegs, denied),
    codes: sorted([...result.codes, ...legs.map(({ code }) => code)]),
    status: result.status,
    durationMs: result.durationMs,
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
    ...base(log, position, entry),
    ...whoAndWhy(entry),
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
  return {
    ...base(log, position, entry),
    ...(entry.kind === 'oversight' ? { ...whoAndWhy(entry), ...whatOf(entry) } : {}),
    ...(entry.kind === 'misuse' || (entry.kind === 'refusals' && entry.actor !== undefined)
      ? { ...whoAndWhy({ actor: entry.actor ?? null, grounds: null }), outcome: 'REFUSED' as const }
      : {}),
    mandate: 'mandate' in entry ? entry.mandate : null,
    countries: sorted(countries),
    domains: sorted(['domain' in entry ? entry.domain : null]),
    codes: sorted(['code' in entry ? entry.code : null, 'misuse' in entry ? entry.misuse : null]),
  }
}

function base(log: string, position: number, { id, time, kind }: Entry): EntryRow {
  return {
    ...{ log, position, id, time, kind },
    ...{ actorCountry: null, agency: null, role: null, actorRef: null, client: null, tokenId: null, mandate: null },
    ...{ taskForce: null, purpose: null, caseRef: null, operation: null, document: null },
    ...{ countries: [], domains: [], coordinates: [], denied: [], outcome: 'NOTED', codes: [] },
    ...{ status: null, durationMs: null, records: 0, persons: 0 },
  }
}

function whatOf({ operation }: Pick<EntryOf<'request' | 'oversight'>, 'operation'>) {
  return { operation: operation?.name ?? null, document: operation?.documentHash ?? null }
}

function whoAndWhy({ actor, grounds }: Pick<EntryOf<'request' | 'leg' | 'oversight'>, 'actor' | 'grounds'>) {
  return {
    actorCountry: actor?.country ?? null,
    agency: actor?.agency ?? null,
    role: actor?.role ?? null,
    actorRef: actor?.ref ?? null,
    client: actor?.client ?? null,
    tokenId: actor?.tokenId ?? null,
    taskForce: grounds?.taskForce ?? null,
    purpose: grounds?.purpose ?? null,
    caseRef: grounds?.caseRef ?? null,
  }
}

/** Returns each value once, sorted, without null. */
export function sorted(values: readonly (string | null)[]): readonly string[] {
  const [only] = values
  if (values.length < 2) return only === null || only === undefined ? [] : [only]
  return [...new Set(values.filter((value) => value !== null))].sort()
}

function sum(legs: Legs): number {
  return legs.reduce((total, { records }) => total + (records?.count ?? 0), 0)
}

import type { IndexDatabase } from '../../audit/index/database.ts'
import type { EntryFilter, EntryRow } from '../../audit/index/entry-row.ts'
import {
  compareRows,
  countIndex,
  type Dimension,
  type EntryCursor,
  findPattern,
  type PatternName,
  searchIndex,
} from '../../audit/index/search.ts'
import type { LogReader, ProvedEntry } from '../../audit/reader/log-reader.ts'
import { type Caller, type Grounds, PURPOSES } from '../../contract/access-token.ts'
import { meetsAssurance } from '../../contract/assurance.ts'
import { onlyOf, tellsOnlyOf } from '../../contract/audit-log/country-part.ts'
import { ENTRY_KINDS, type Entry, type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'
import { PSEUDONYM } from '../../contract/audit-log/parts.ts'
import { describeEntry } from '../../contract/audit-log/words.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import { IstmoError } from '../../contract/errors.ts'
import type { Language } from '../../contract/language.ts'
import { MOMENT_FORMS, readMoment } from '../../contract/read-moment.ts'
import { type LogState, problemOf } from './logs.ts'

/** Who reads audit logs, and which entries they may see. */
interface Viewer {
  readonly caller: Caller
  readonly grounds: Grounds
  /** The country whose entries the viewer sees; null for all. */
  readonly country: string | null
}

/** An agency whose auditors see all entries. It belongs to one country: another country's issuer cannot name it. */
interface RegionalAgency {
  /** The code of the country whose issuer must have signed the token. */
  readonly issuer: string
  /** `org.agency`. */
  readonly agency: string
  /** The least `acr` of its auditors' tokens. */
  readonly acr: string
}

/** Whom the settings let read. */
interface ViewerSettings {
  readonly regionalAgencies: readonly RegionalAgency[]
  /** The least `acr` of a national auditor's token. */
  readonly leastAcr: string
}

/** The scope that each reader of audit logs needs. */
const SCOPE = 'audit:read'

/**
 * Checks that a caller may read audit logs: with the scope `audit:read`, for the purpose OVERSIGHT, and for a country or as one of the
 * agencies that see all entries. The caller must have logged in strongly enough for that.
 * @throws {IstmoError} `UNAUTHORIZED_FIELD_OR_TYPE`, `MANDATE_NOT_COVERED` or `ASSURANCE_TOO_LOW`.
 */
export function readViewer(
  caller: Caller,
  grounds: Grounds | null,
  { regionalAgencies, leastAcr }: ViewerSettings,
): Viewer {
  if (!caller.scopes.includes(SCOPE)) {
    throw new IstmoError('UNAUTHORIZED_FIELD_OR_TYPE', `reading audit logs needs the scope ${SCOPE}`)
  }
  if (grounds?.purpose !== 'OVERSIGHT') {
    throw new IstmoError('MANDATE_NOT_COVERED', 'reading audit logs needs the purpose OVERSIGHT')
  }
  const { country, agency } = caller.organisation ?? {}
  if (country === undefined) throw new IstmoError('MANDATE_NOT_COVERED', 'expected a token of a country')
  const regional = regionalAgencies.find((each) => each.issuer === country && each.agency === agency)
  const least = regional?.acr ?? leastAcr
  if (!meetsAssurance(caller.assurance, least)) {
    throw new IstmoError('ASSURANCE_TOO_LOW', `expected a token with \`acr\` ${least} or higher`)
  }
  return { caller, grounds, country: regional === undefined ? country : null }
}

/** What the resolvers of one request read. */
export interface ReadContext {
  readonly db: IndexDatabase
  readonly readers: ReadonlyMap<string, LogReader>
  /** The logs with their problems. One whose first reading failed has no reader. */
  readonly states: readonly LogState[]
  readonly viewer: Viewer
  /** Called with the number of entries that a field shows. Throws if the answer has too many. */
  readonly show: (entries: number) => void
  /** Called for each proof. Throws if the answer has too many. */
  readonly prove: () => void
  /** Called for each entry that is read out of a log without a proof. Throws if the answer has too many. */
  readonly read: () => void
}

/** The place of an entry as the index knows it. */
type EntryPlace = Pick<EntryRow, 'log' | 'position' | 'id'>

/** An entry with the parts of its request, as far as the viewer may see them. */
interface SeenEntry {
  readonly entry: Entry
  readonly parts: readonly EntryOf<'continuation'>[]
}

/** Returns the reader of an entry's log. @throws {IstmoError} `AUDIT_LOG_AWAY` if the log could not be opened since the start. */
function readerOf({ log }: Pick<EntryPlace, 'log'>, { readers }: Pick<ReadContext, 'readers'>): LogReader {
  const reader = readers.get(log)
  if (reader !== undefined) return reader
  throw new IstmoError('AUDIT_LOG_AWAY')
}

/**
 * Reads out of a log.
 * @throws {IstmoError} `AUDIT_LOG_DAMAGED` if what is there does not add up; `AUDIT_LOG_AWAY` if it cannot be reached any more.
 */
async function readOut<Value>(read: () => Promise<Value>): Promise<Value> {
  try {
    return await read()
  } catch (cause) {
    const problem = problemOf(cause)
    if (problem === 'NOT_VERIFIED') throw new IstmoError('AUDIT_LOG_DAMAGED', undefined, { cause })
    if (problem === 'NOT_REACHED') throw new IstmoError('AUDIT_LOG_AWAY', undefined, { cause })
    throw cause
  }
}

/** Checks that the index named the right place. It is trusted for nothing else. @throws {Error} if another entry is there. */
function checkPlace(entry: Entry, { log, position, id }: EntryPlace): void {
  if (entry.id !== id) throw new Error(`entry ${position} of ${log} is not ${id}`)
}

/** Lists the places of a request's parts: those of version 2 are directly behind it. */
function partPlaces(entry: Entry, position: number): readonly number[] {
  const count = entry.kind === 'request' && entry.v === 2 ? entry.continuations : 0
  return Array.from({ length: count }, (_, at) => position + 1 + at)
}

/** Whether the viewer may see an entry as it stands in the log. */
function isSeenWhole(entry: Entry, { country }: ReadContext['viewer']): boolean {
  return country === null || tellsOnlyOf(entry, country)
}

/**
 * Reads an entry and the parts of its request out of the log. An auditor of a country gets the parts of the own country, and lists without
 * the legs and denials of others. Each entry that is read counts towards the limit of the answer.
 * @throws {IstmoError} as {@link readOut} does; `LIMIT_EXCEEDED` if the answer reads too many.
 */
async function readSeen(place: EntryPlace, context: ReadContext): Promise<SeenEntry> {
  const { viewer, read } = context
  const reader = readerOf(place, context)
  const readAt = async (position: number): Promise<Entry> => {
    read()
    return parseEntry((await readOut(() => reader.entry(position))).bytes)
  }
  const entry = await readAt(place.position)
  checkPlace(entry, place)
  const parts: EntryOf<'continuation'>[] = []
  for (const position of partPlaces(entry, place.position)) {
    const part = await readAt(position)
    if (part.kind === 'continuation' && isSeenWhole(part, viewer)) parts.push(part)
  }
  return { entry: withoutOthers(entry, viewer), parts }
}

function withoutOthers(entry: Entry, { country }: ReadContext['viewer']): Entry {
  const hasLists = entry.kind === 'request' || entry.kind === 'continuation'
  return country === null || !hasLists ? entry : onlyOf(entry, country)
}

/** The largest `first` of a field. */
const MAX_FIRST = 100

/** The most refs in one question who received a record: it has one in each epoch of the keys. */
const MAX_REFS = 100

/** The kinds of entries in which an authority's log tells what was done with a mandate. */
const MANDATE_ACTS = ['mandate-draft', 'mandate', 'mandate-revocation'] as const

/** The most acts of one kind. A mandate is drafted once, and each person who may can revoke it. */
const MAX_ACTS = 20

/** What may be sought as text. */
const TEXT = /^\P{Cc}{2,100}$/u

interface Page {
  readonly filter?: EntryFilter | null
  readonly first?: number | null
}

interface PageAfter extends Page {
  readonly after?: string | null
}

/** The fields of `Query`, as graphql-js calls them on a root value. */
export const QUERY = {
  viewer: (_: unknown, { viewer }: ReadContext) => ({
    country: viewer.country,
    agency: viewer.caller.organisation?.agency ?? null,
    isRegional: viewer.country === null,
  }),

  logs: (_: unknown, { readers, states }: ReadContext) =>
    states.map(({ origin, problem }) => {
      const head = readers.get(origin)?.head
      return { origin, size: head?.checkpoint.size ?? 0, isWitnessed: head?.isInQuorum ?? false, problem }
    }),

  entries: ({ filter, ...page }: PageAfter, context: ReadContext) =>
    listEntries(visibleFilter(filter, context), page, context),

  whoSaw: ({ refs, ...page }: PageAfter & { readonly refs: readonly string[] }, context: ReadContext) =>
    listEntries(visibleFilter({ recordRefs: checkRefs(refs) }, context), page, context),

  async mandateActs({ mandate }: { readonly mandate: string }, context: ReadContext) {
    const filter = { mandate: checkMandate(mandate) }
    const found = await Promise.all(
      MANDATE_ACTS.map((kind) => searchIndex(context.db, { ...filter, kind }, { first: MAX_ACTS })),
    )
    const rows = found.flatMap((page) => page.rows).toSorted(compareRows)
    context.show(rows.length)
    return rows.toReversed().map((row) => toEntry(row, context))
  },

  async entry({ id }: { readonly id: string }, context: ReadContext) {
    const { rows } = await searchIndex(context.db, visibleFilter({ id }, context), { first: 1 })
    context.show(rows.length)
    return rows[0] === undefined ? null : toEntry(rows[0], context)
  },

  counts: ({ by, filter, first }: Page & { readonly by: Dimension }, context: ReadContext) =>
    countIndex(context.db, by, visibleFilter(filter, context), checkFirst(first)),

  patterns(
    { pattern, filter, threshold, first }: Page & { readonly pattern: PatternName; readonly threshold?: number | null },
    context: ReadContext,
  ) {
    const limits = { limit: checkFirst(first), ...(threshold != null && { threshold }) }
    return findPattern(context.db, pattern, visibleFilter(filter, context), limits)
  },
}

async function listEntries(filter: EntryFilter, { first, after }: Omit<PageAfter, 'filter'>, context: ReadContext) {
  const cursor = after === undefined || after === null ? undefined : readCursor(after)
  const page = { first: checkFirst(first), ...(cursor && { after: cursor }) }
  const { rows, hasMore } = await searchIndex(context.db, filter, page)
  context.show(rows.length)
  const edges = rows.map((row) => ({ cursor: writeCursor(row), node: toEntry(row, context) }))
  return { edges, pageInfo: { hasNextPage: hasMore, endCursor: edges.at(-1)?.cursor ?? null } }
}

function checkMandate(hash: string): string {
  if (/^[\w-]{43}$/.test(hash)) return hash
  throw new IstmoError(
    'BAD_USER_INPUT',
    '`mandate`: expected its SHA-256 in base64url, as the entries of its authority name it',
  )
}

function checkRefs(refs: readonly string[]): readonly string[] {
  if (refs.length > MAX_REFS) throw new IstmoError('LIMIT_EXCEEDED', `\`refs\`: expected at most ${MAX_REFS}`)
  if (refs.every((ref) => PSEUDONYM.safeParse(ref).success)) return refs
  throw new IstmoError('BAD_USER_INPUT', '`refs`: expected pseudonyms of records, as the country’s key makes them')
}

/** Limits a requested filter to what the viewer may see. */
function visibleFilter(filter: EntryFilter | null | undefined, { viewer }: ReadContext): EntryFilter {
  const given = Object.fromEntries(Object.entries(filter ?? {}).filter(([, value]) => value !== null)) as EntryFilter
  if (given.text !== undefined && !(TEXT.test(given.text) && given.text.isWellFormed()))
    throw new IstmoError('BAD_USER_INPUT', '`text`: expected 2 to 100 characters without control characters')
  checkWords(given)
  const times = { from: parseTime('from', given.from), until: parseTime('until', given.until) }
  if (times.from !== undefined && times.until !== undefined && times.from >= times.until)
    throw new IstmoError('BAD_USER_INPUT', '`from`, `until`: expected a time and a later one; came none between them')
  const stated = { ...given, ...Object.fromEntries(Object.entries(times).filter(([, time]) => time !== undefined)) }
  return viewer.country === null ? stated : { ...stated, viewer: viewer.country }
}

function parseTime(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const time = readMoment(text)
  if (time === undefined) throw new IstmoError('BAD_USER_INPUT', `\`${name}\`: expected ${MOMENT_FORMS}`)
  return new Date(time).toISOString()
}

/** A word that no entry can have would find nothing, as if there were nothing. */
function checkWords({ kind, purpose, country, actorCountry }: EntryFilter): void {
  const wrong = (name: string, expected: string) =>
    new IstmoError('BAD_USER_INPUT', `\`${name}\`: expected ${expected}; came another text`)
  if (kind !== undefined && !ENTRY_KINDS.includes(kind)) throw wrong('kind', `one of ${ENTRY_KINDS.join(', ')}`)
  if (purpose !== undefined && !PURPOSES.some((known) => known === purpose))
    throw wrong('purpose', `one of ${PURPOSES.join(', ')}`)
  for (const [name, code] of Object.entries({ country, actorCountry })) {
    if (code !== undefined && !isCountryCode(code)) throw wrong(name, 'a code of ISO 3166-1 alpha-2, or UN')
  }
}

function checkFirst(first: number | null | undefined): number {
  const count = first ?? 50
  if (count >= 1 && count <= MAX_FIRST) return count
  throw new IstmoError('LIMIT_EXCEEDED', `\`first\`: expected 1 to ${MAX_FIRST}`)
}

function toEntry({ actorRef, actorCountry, agency, role, client, tokenId, ...row }: EntryRow, context: ReadContext) {
  const actor = actorRef === null ? null : { ref: actorRef, country: actorCountry, agency, role, client, tokenId }
  return {
    ...row,
    actor,
    proof: () => proveEntry(row, context),
    async words({ language }: { readonly language: Language }) {
      const { entry, parts } = await readSeen(row, context)
      return describeEntry(entry, language, parts)
    },
  }
}

async function proveEntry(place: EntryPlace, context: ReadContext) {
  const { viewer, prove } = context
  const reader = readerOf(place, context)
  prove()
  const whole = await readOut(() => reader.prove(place.position))
  const entry = parseEntry(whole.bytes)
  checkPlace(entry, place)
  if (!isSeenWhole(entry, viewer)) {
    const detail = 'this entry is of version 1 and tells of other countries; an auditor who sees all can prove it'
    throw new IstmoError('NOT_FOUND', detail)
  }
  const parts = async () => {
    const proved = []
    for (const at of partPlaces(entry, place.position)) {
      if (!isSeenWhole(parseEntry((await readOut(() => reader.entry(at))).bytes), viewer)) continue
      prove()
      proved.push(toProof(await readOut(() => reader.prove(at))))
    }
    return proved
  }
  return { ...toProof(whole), parts }
}

function toProof({ bytes, proof: bundle, head }: ProvedEntry) {
  return { entry: Buffer.from(bytes).toString('utf8'), bundle, isWitnessed: head.isInQuorum }
}

function writeCursor({ time, log, position }: EntryCursor): string {
  return Buffer.from(JSON.stringify([time, log, position])).toString('base64url')
}

function readCursor(text: string): EntryCursor {
  try {
    const [time, log, position] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[]
    const isTime = typeof time === 'string' && !Number.isNaN(Date.parse(time))
    if (isTime && typeof log === 'string' && Number.isSafeInteger(position))
      return { time, log, position: Number(position) }
  } catch {
    // The throw below reports it.
  }
  throw new IstmoError('BAD_CURSOR')
}

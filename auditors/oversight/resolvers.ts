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
import type { ProvedEntry } from '../../audit/reader/log-reader.ts'
import { PURPOSES } from '../../contract/access-token.ts'
import { ENTRY_KINDS, parseEntry } from '../../contract/audit-log/entry.ts'
import { PSEUDONYM } from '../../contract/audit-log/parts.ts'
import { describeEntry } from '../../contract/audit-log/words.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import { IstmoError } from '../../contract/errors.ts'
import type { Language } from '../../contract/language.ts'
import { MOMENT_FORMS, readMoment } from '../../contract/read-moment.ts'
import type { ReadContext } from './read-context.ts'
import { checkPlace, type EntryPlace, isSeenWhole, partPlaces, readerOf, readOut, readSeen } from './read-entry.ts'

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

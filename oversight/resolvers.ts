import type { IndexDatabase } from '../audit/index/database.ts'
import type { EntryRow } from '../audit/index/entry-row.ts'
import type { EntryFilter } from '../audit/index/filter.ts'
import { findPattern, type PatternName } from '../audit/index/patterns.ts'
import { countIndex, type Dimension, type EntryCursor, searchIndex } from '../audit/index/search.ts'
import type { LogReader } from '../audit/reader/log-reader.ts'
import { IstmoError } from '../contract/errors.ts'
import type { Viewer } from './viewer.ts'

/** The most of anything in one answer. */
const MAX_FIRST = 100

/** What the resolvers read, for one request. */
export interface ReadContext {
  readonly db: IndexDatabase
  readonly readers: ReadonlyMap<string, LogReader>
  readonly viewer: Viewer
  /** Told how many entries an answer shows. */
  readonly show: (entries: number) => void
  /** Told of each proof. Both throw where it is too much. */
  readonly prove: () => void
}

interface Page {
  readonly filter?: EntryFilter | null
  readonly first?: number | null
}

/** The fields of `Query`, as graphql-js calls them on a root value. */
export const QUERY = {
  viewer: (_: unknown, { viewer }: ReadContext) => ({
    country: viewer.country,
    agency: viewer.caller.organisation?.agency ?? null,
    isRegional: viewer.country === null,
  }),

  logs: (_: unknown, { readers }: ReadContext) =>
    [...readers.values()].map(({ log, head }) => ({
      origin: log.name,
      size: head.checkpoint.size,
      isWitnessed: head.isInQuorum,
    })),

  async entries({ filter, first, after }: Page & { readonly after?: string | null }, context: ReadContext) {
    const cursor = after === undefined || after === null ? undefined : readCursor(after)
    const page = { first: firstOf(first), ...(cursor && { after: cursor }) }
    const { rows, hasMore } = await searchIndex(context.db, seen(filter, context), page)
    context.show(rows.length)
    const edges = rows.map((row) => ({ cursor: writeCursor(row), node: entryOf(row, context) }))
    return { edges, pageInfo: { hasNextPage: hasMore, endCursor: edges.at(-1)?.cursor ?? null } }
  },

  async entry({ id }: { readonly id: string }, context: ReadContext) {
    const { rows } = await searchIndex(context.db, seen({ id }, context), { first: 1 })
    context.show(rows.length)
    return rows[0] === undefined ? null : entryOf(rows[0], context)
  },

  counts: ({ by, filter, first }: Page & { readonly by: Dimension }, context: ReadContext) =>
    countIndex(context.db, by, seen(filter, context), firstOf(first)),

  patterns(
    { pattern, filter, threshold, first }: Page & { readonly pattern: PatternName; readonly threshold?: number | null },
    context: ReadContext,
  ) {
    const limits = { limit: firstOf(first), ...(threshold != null && { threshold }) }
    return findPattern(context.db, pattern, seen(filter, context), limits)
  },
}

/** What is asked for, and of that what the viewer may see. */
function seen(filter: EntryFilter | null | undefined, { viewer }: ReadContext): EntryFilter {
  const given = Object.fromEntries(Object.entries(filter ?? {}).filter(([, value]) => value !== null)) as EntryFilter
  const times = { from: timeOf('from', given.from), until: timeOf('until', given.until) }
  const stated = { ...given, ...Object.fromEntries(Object.entries(times).filter(([, time]) => time !== undefined)) }
  return viewer.country === null ? stated : { ...stated, touches: viewer.country }
}

function timeOf(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw new IstmoError('BAD_USER_INPUT', `\`${name}\`: expected a time as 2026-11-24T00:00:00Z`)
  return new Date(time).toISOString()
}

function firstOf(first: number | null | undefined): number {
  const count = first ?? 50
  if (count >= 1 && count <= MAX_FIRST) return count
  throw new IstmoError('LIMIT_EXCEEDED', `\`first\`: expected 1 to ${MAX_FIRST}`)
}

function entryOf({ actorRef, actorCountry, agency, role, client, tokenId, ...row }: EntryRow, context: ReadContext) {
  const actor = actorRef === null ? null : { ref: actorRef, country: actorCountry, agency, role, client, tokenId }
  return { ...row, actor, proof: () => proofOf(row, context) }
}

async function proofOf(
  { log, position, id }: Pick<EntryRow, 'log' | 'position' | 'id'>,
  { readers, prove }: ReadContext,
) {
  prove()
  const reader = readers.get(log)
  if (reader === undefined)
    throw new IstmoError('NOT_FOUND', 'the log that the index has the entry from is not at hand')
  const { proof: bundle, bytes, head } = await reader.prove(position)
  const entry = Buffer.from(bytes).toString('utf8')
  // The index is trusted for where to look, and for nothing else.
  if ((JSON.parse(entry) as { id?: unknown }).id !== id) throw new Error(`entry ${position} of ${log} is not ${id}`)
  return { entry, bundle, isWitnessed: head.isInQuorum }
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
    // Said below.
  }
  throw new IstmoError('BAD_CURSOR')
}

import { fromBase64Url } from '../../../clients/base64url.ts'
import type { Place } from '../../../contract/place.ts'
import { comparePlaces } from '../../../contract/place.ts'
import type { SessionAnswer } from '../session/session.ts'
import type { PageEnd } from '../session/use-session.ts'
import { isSilent } from '../shell/summarize-countries.ts'

/** One question: which group of countries, and behind which cursor. */
export interface Step {
  readonly group: number
  readonly after: string | null
}

/** A page of rows. */
export interface RowPage<Row> {
  readonly edges: readonly Row[]
  readonly pageInfo: PageEnd
}

/** What came of a step. */
export interface StepResult<Data> {
  readonly data: SessionAnswer<Data> | undefined
  readonly isFetching: boolean
}

/** A group's part of a list, and whether its next page can be asked for. */
export interface GroupStream<Row extends RowOfList> extends Stream<Row> {
  readonly group: number
  /** Whether a page of it is asked for now, or failed. */
  readonly isPending: boolean
}

/**
 * Puts each group's pages together.
 * @param results what came of each step, in the order of the steps.
 * @returns only groups that have given a page.
 */
export function toStreams<Data, Row extends RowOfList>(
  steps: readonly Step[],
  results: readonly StepResult<Data>[],
  readPage: (data: Data) => RowPage<Row> | null | undefined,
): readonly GroupStream<Row>[] {
  const groups = [...new Set(steps.map(({ group }) => group))]
  return groups.flatMap((group): readonly GroupStream<Row>[] => {
    const own = results.filter((_, index) => steps[index]?.group === group)
    const answers = own.flatMap(({ data }) => data ?? [])
    if (answers.length === 0) return []
    const pages = answers.flatMap(({ data }) => (data === null ? [] : (readPage(data) ?? [])))
    const info = pages.at(-1)?.pageInfo
    const end = info?.hasNextPage === true ? info.endCursor : null
    return [{ group, rows: pages.flatMap(({ edges }) => edges), end, isPending: answers.length < own.length }]
  })
}

/**
 * Finds which questions bring more rows. A list with enough waiting rows is not asked again.
 * @param shown the ids that are shown.
 * @param enough how many waiting rows of one group are enough.
 */
export function nextSteps<Row extends RowOfList>(
  streams: readonly GroupStream<Row>[],
  shown: ReadonlySet<string>,
  enough: number,
): readonly Step[] {
  return streams.flatMap(({ group, rows, end, isPending }) => {
    const waiting = rows.filter(({ node }) => !shown.has(node.id)).length
    return end === null || isPending || waiting >= enough ? [] : [{ group, after: end }]
  })
}

/** Where a row stands whose cursor cannot be read: behind all others, so that it is shown and nothing waits for it. */
const LAST: Place = { key: '\u{10ffff}', id: '' }

/** Reads the place in a connection's order out of a cursor (contract/cursor.ts): `[order, key, id]` as JSON in base64url. */
export function readPlace(cursor: string): Place {
  try {
    const parts: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(fromBase64Url(cursor)))
    const [, key, id] = Array.isArray(parts) ? (parts as readonly unknown[]) : []
    return typeof key === 'string' && typeof id === 'string' ? { key, id } : LAST
  } catch {
    return LAST
  }
}

/** A row of a connection. */
export interface RowOfList {
  readonly cursor: string
  readonly node: { readonly id: string }
}

/** What some countries, asked together, gave of a list so far. */
export interface Stream<Row extends RowOfList> {
  /** In the connection's order. */
  readonly rows: readonly Row[]
  /** The cursor behind which they have more rows; null if they have no more. */
  readonly end: string | null
}

/**
 * Merges lists into one, in the connection's order, and only as far as it is certain: rows behind the end of a list that has more wait, because rows of that
 * list may come before them. It is what the gateway does with the countries' pages (gateway/gather/merge-connection.ts).
 * @returns each record once.
 */
export function mergeRows<Row extends RowOfList>(streams: readonly Stream<Row>[]): readonly Row[] {
  const ends = streams.flatMap(({ end }) => (end === null ? [] : [readPlace(end)])).sort(comparePlaces)
  const [bound] = ends
  const placed = streams.flatMap(({ rows }) => rows.map((row) => ({ row, place: readPlace(row.cursor) })))
  const certain = placed.filter(({ place }) => bound === undefined || comparePlaces(place, bound) <= 0)
  const sorted = certain.sort((left, right) => comparePlaces(left.place, right.place)).map(({ row }) => row)
  return [...new Map(sorted.map((row) => [row.node.id, row])).values()]
}

/**
 * Says which rows are shown. New rows at the end are shown at once. Anything else would move what somebody is reading: it waits for a click.
 * @param shown the ids that are shown.
 * @param next the ids of the merged list.
 */
export function placeRows(
  shown: readonly string[],
  next: readonly string[],
): { readonly ids: readonly string[]; readonly isHeld: boolean } {
  const isLonger = shown.length <= next.length && shown.every((id, index) => next[index] === id)
  return isLonger ? { ids: next, isHeld: false } : { ids: shown, isHeld: true }
}

/** What brings the rows of countries that did not answer. */
interface MissingRows {
  /** The questions behind the last pages: a cursor remembers where each silent country stood (docs/querying.md, Pages). */
  readonly steps: readonly Step[]
  /** The indexes of the questions that are asked once more as they were, because they gave no cursor to go on from. */
  readonly again: readonly number[]
}

/**
 * Finds what to ask so that the rows of countries come that did not answer a list's newest pages.
 * @param results what came of each step, in the order of the steps.
 * @returns null if no country is silent, or if a question is under way.
 */
export function findMissingRows<Data>(
  steps: readonly Step[],
  results: readonly StepResult<Data>[],
  readEnd: (data: Data) => PageEnd | null | undefined,
): MissingRows | null {
  if (results.some(({ isFetching }) => isFetching)) return null
  const last = new Map(steps.map(({ group }, index) => [group, index]))
  const [more, again]: [Step[], number[]] = [[], []]
  for (const [group, index] of last) {
    const answer = results[index]?.data
    if (answer?.countries.some(isSilent) !== true) continue
    const after = answer.data === null ? null : (readEnd(answer.data)?.endCursor ?? null)
    if (after === null || after === steps[index]?.after) again.push(index)
    else more.push({ group, after })
  }
  return more.length + again.length === 0 ? null : { steps: more, again }
}

/**
 * Leaves out of each answer that a country was silent if a later page of the same group has heard from it: that page begins with the rows that were
 * missing, so nothing is missing any more.
 */
export function dropMadeGood<Data>(
  steps: readonly Step[],
  results: readonly StepResult<Data>[],
): readonly SessionAnswer<Data>[] {
  return results.flatMap(({ data }, index): readonly SessionAnswer<Data>[] => {
    if (data === undefined) return []
    const later = results.flatMap((result, at) =>
      at > index && steps[at]?.group === steps[index]?.group ? (result.data?.countries ?? []) : [],
    )
    const isMadeGood = ({ country, domain }: { readonly country: string; readonly domain: string }): boolean =>
      later.some((report) => report.country === country && report.domain === domain)
    const countries = data.countries.filter((report) => !isSilent(report) || !isMadeGood(report))
    return [{ ...data, countries }]
  })
}

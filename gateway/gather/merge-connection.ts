/**
 * Merges the countries' pages into one (docs/design/spread.md, Step 5: merge), in the order of the cursors. Pure.
 */
import { comparePlaces, encodeCursor, type Place } from '../../contract/cursor.ts'
import { ANSWERED, type Outcome } from '../../contract/outcome.ts'
import type { Page } from '../types/leg.ts'
import type { ConnectionMerge } from '../types/merge.ts'

/** A country's part of an EVERY field: what it gave and what became of it. */
export interface CountryPart {
  readonly country: string
  readonly outcome: Outcome
  /** Completed by `checkPart`; null where the country is silent or its part could not stand. */
  readonly value: Readonly<Record<string, unknown>> | null
}

interface Row {
  readonly part: CountryPart
  /** Index in the country's own page. */
  readonly index: number
  readonly place: Place
}

/** Merges pages. Every response key of `edges` takes the same rows. `outcomes` is not filled here. */
export function mergeConnection(
  spec: ConnectionMerge,
  parts: readonly CountryPart[],
  page: Page,
): Record<string, unknown> {
  const answered = parts.filter((part) => part.value !== null)
  const rows = answered.flatMap((part) => rowsOf(spec, part)).sort((a, b) => comparePlaces(a.place, b.place))
  const bound = safeBound(spec, answered)
  const safe = bound === null ? rows : rows.filter((row) => comparePlaces(row.place, bound) <= 0)
  const kept = safe.slice(0, page.first)
  const cursors = kept.map((row) => cursorAfter(row.place, parts, page))
  const result: Record<string, unknown> = {}
  for (const { key, cursors: cursorKeys } of spec.edges) {
    result[key] = kept.map((row, i) => withCursors(edgeOf(row, key), cursorKeys, cursors[i]))
  }
  const info = {
    hasNextPage: rows.length > kept.length || answered.some((part) => pageFact(spec, part, spec.own.hasNext)),
    hasPreviousPage: answered.some((part) => pageFact(spec, part, spec.own.hasPrevious)),
    startCursor: cursors[0] ?? null,
    endCursor: cursors.at(-1) ?? endOfEmptyPage(bound, parts, page),
  }
  for (const { key, fields } of spec.pageInfo) result[key] = pageInfo(info, fields)
  return result
}

/** Whether a country is silent for now and asked again from where it stood: it failed, it was not refused. */
export function isSilent(outcome: Outcome): boolean {
  return outcome.reach === 'UNAVAILABLE' || outcome.reach === 'TIMED_OUT'
}

function rowsOf(spec: ConnectionMerge, part: CountryPart): Row[] {
  const edges = part.value?.[spec.own.edges]
  if (!Array.isArray(edges)) return []
  return edges.map((edge, index) => ({ part, index, place: edge[spec.own.cursor] as Place }))
}

/**
 * Rows behind the last cursor of a country that has more must wait: that country may have rows before them. The last cursor
 * is that of the page as it came, whether its row could stand or not. Null: no country has more, or no row was asked for.
 */
function safeBound(spec: ConnectionMerge, answered: readonly CountryPart[]): Place | null {
  let bound: Place | null = null
  for (const part of answered) {
    const last = endOf(spec, part)
    if (last === null || !pageFact(spec, part, spec.own.hasNext)) continue
    if (bound === null || comparePlaces(last, bound) < 0) bound = last
  }
  return bound
}

/** Where a country's page ends; null for a page without a row. */
function endOf(spec: ConnectionMerge, part: CountryPart): Place | null {
  return (part.value?.[spec.own.cursor] ?? null) as Place | null
}

/** Whether a country's part says that there is more and gives no row to go on from. */
export function standsStill(spec: ConnectionMerge, value: CountryPart['value']): boolean {
  const part = { country: '', outcome: ANSWERED, value }
  return value !== null && endOf(spec, part) === null && pageFact(spec, part, spec.own.hasNext)
}

function formerPlace(country: string, page: Page): Place | 0 {
  return page.silent[country] ?? page.base ?? 0
}

/**
 * The cursor of a row. A country that answered stands at the row or at its former place, whichever is later; a silent one
 * stays. The place where most stand is said once, the others by name.
 */
function cursorAfter(place: Place, parts: readonly CountryPart[], page: Page): string {
  const stands = parts.map(({ country, outcome }): [string, Place | 0] => {
    const former = formerPlace(country, page)
    if (isSilent(outcome)) return [country, former]
    return [country, former !== 0 && comparePlaces(former, place) > 0 ? former : place]
  })
  const base = stands.reduce<Place>(
    (latest, [, stand]) => (stand !== 0 && comparePlaces(stand, latest) > 0 ? stand : latest),
    place,
  )
  const silent = Object.fromEntries(stands.filter(([, stand]) => stand === 0 || comparePlaces(stand, base) !== 0))
  return encodeCursor({ order: page.order, key: base.key, id: base.id, silent })
}

/**
 * Where a page without edges ends. Rows that could not stand are passed over: all up to the bound were seen. While a country is
 * silent the page ends where it began, so that the client can go on from there.
 */
function endOfEmptyPage(bound: Place | null, parts: readonly CountryPart[], page: Page): string | null {
  if (bound !== null) return cursorAfter(bound, parts, page)
  return parts.some((part) => isSilent(part.outcome)) ? page.after : null
}

function edgeOf(row: Row, key: string): Record<string, unknown> {
  const edges = row.part.value?.[key] as readonly Record<string, unknown>[]
  return edges[row.index] ?? {}
}

function withCursors(
  edge: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  cursor: string | undefined,
): Record<string, unknown> {
  const result = { ...edge }
  for (const key of keys) result[key] = cursor
  return result
}

function pageFact(spec: ConnectionMerge, part: CountryPart, key: string): boolean {
  const info = part.value?.[spec.own.page] as Record<string, unknown> | null | undefined
  return info?.[key] === true
}

function pageInfo(
  info: Readonly<Record<string, unknown>>,
  fields: ReadonlyMap<string, string>,
): Record<string, unknown> {
  return Object.fromEntries(
    [...fields].map(([key, name]) => [key, name === '__typename' ? 'PageInfo' : (info[name] ?? null)]),
  )
}

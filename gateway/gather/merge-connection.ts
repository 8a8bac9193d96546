/**
 * Merges the countries' pages into one (docs/design/spread.md, Step 5: merge), in the order of the cursors. Pure.
 */
import { comparePlaces, encodeCursor, type Place } from '../../contract/cursor.ts'
import { ANSWERED, type Outcome } from '../../contract/outcome.ts'
import type { Page } from '../types/leg.ts'
import type { ConnectionMerge } from '../types/merge.ts'

/** A country's part of an EVERY field: its value and its outcome. */
export interface CountryPart {
  readonly country: string
  readonly outcome: Outcome
  /** The value that `checkPart` completed; null if the country did not answer or its part was rejected. */
  readonly value: Readonly<Record<string, unknown>> | null
  /** The country gives the caller no more rows today. If its page has a next page, nobody waits for it. */
  readonly isQuotaReached?: boolean
}

/** A row of a merged page. */
export interface Row {
  readonly part: CountryPart
  /** Index in the country's own page. */
  readonly index: number
  readonly place: Place
}

/**
 * Merges the countries' pages into one. Each response key of `edges` has the same rows. `mergeParts` adds `outcomes`.
 * @param page the page that the client asked for.
 * @param hasMoreRows whether there were rows behind those of the page that are not in the parts any more (first-rows.ts).
 */
export function mergeConnection(
  spec: ConnectionMerge,
  parts: readonly CountryPart[],
  page: Page,
  hasMoreRows = false,
): Record<string, unknown> {
  const answered = parts.filter((part) => part.value !== null)
  const { rows, bound, pageRows } = selectRows(spec, answered, page)
  // Few operations ask for the cursor of each row, and a cursor looks at each country.
  const cursors: (string | undefined)[] = []
  const cursorOf = (index: number): string | undefined => {
    const row = pageRows[index]
    if (row !== undefined) cursors[index] ??= cursorAfter(spec, row.place, parts, page)
    return cursors[index]
  }
  const result: Record<string, unknown> = {}
  for (const { key, cursors: cursorKeys } of spec.edges) {
    result[key] = pageRows.map((row, i) => {
      const edge = edgeOf(row, key)
      return cursorKeys.length === 0 ? { ...edge } : withCursors(edge, cursorKeys, cursorOf(i))
    })
  }
  if (spec.pageInfo.length === 0) return result
  const info = {
    hasNextPage:
      hasMoreRows ||
      rows.length > pageRows.length ||
      answered.some((part) => isPageFact(spec, part, spec.gatewayKeys.hasNext)),
    hasPreviousPage: answered.some((part) => isPageFact(spec, part, spec.gatewayKeys.hasPrevious)),
    startCursor: cursorOf(0) ?? null,
    endCursor: cursorOf(pageRows.length - 1) ?? endOfEmptyPage(spec, bound, parts, page),
  }
  for (const { key, fields } of spec.pageInfo) result[key] = pageInfo(info, fields)
  return result
}

/** Returns the rows of a merged page, in their order. */
export function listPageRows(spec: ConnectionMerge, parts: readonly CountryPart[], page: Page): readonly Row[] {
  return selectRows(
    spec,
    parts.filter((part) => part.value !== null),
    page,
  ).pageRows
}

function selectRows(
  spec: ConnectionMerge,
  answered: readonly CountryPart[],
  page: Page,
): { readonly rows: readonly Row[]; readonly bound: Place | null; readonly pageRows: readonly Row[] } {
  const rows: Row[] = []
  for (const part of answered) addRows(spec, part, rows)
  if (rows.length > 1) rows.sort((a, b) => comparePlaces(a.place, b.place))
  const bound = findLastSafePlace(spec, answered)
  const safeRows = bound === null ? rows : rows.filter((row) => comparePlaces(row.place, bound) <= 0)
  return { rows, bound, pageRows: safeRows.slice(0, page.first) }
}

/**
 * Whether a country gave no answer for now, so that the next page asks it again from its former place: it failed, or the caller's rows of the
 * day or share of running time are spent. Another denial is not silence.
 */
export function isSilent({ reach, code }: Outcome): boolean {
  return reach === 'UNAVAILABLE' || reach === 'TIMED_OUT' || code === 'QUOTA_SPENT' || code === 'TIME_SPENT'
}

/**
 * Returns the place where a country's page was cut because the caller's quota was reached; null if it was not. The country continues from
 * there on another day, and rows of other countries need not wait for it.
 */
function findStop(spec: ConnectionMerge, part: CountryPart): Place | null {
  const isStopped = part.isQuotaReached === true && isPageFact(spec, part, spec.gatewayKeys.hasNext)
  return isStopped ? endOf(spec, part) : null
}

function addRows({ gatewayKeys }: ConnectionMerge, part: CountryPart, rows: Row[]): void {
  const edges = part.value?.[gatewayKeys.edges]
  if (!Array.isArray(edges)) return
  for (let index = 0; index < edges.length; index++)
    rows.push({ part, index, place: edges[index][gatewayKeys.cursor] as Place })
}

/**
 * Finds the last place up to which every row is known. A country that has a next page may still have rows just behind the end of its
 * page, so rows of other countries behind that end must wait for the next page. A row that was dropped still counts as the page's end.
 * @returns null if no country has a next page, or if the client asked for no rows.
 */
function findLastSafePlace(spec: ConnectionMerge, answered: readonly CountryPart[]): Place | null {
  let bound: Place | null = null
  for (const part of answered) {
    const last = endOf(spec, part)
    if (last === null || !isPageFact(spec, part, spec.gatewayKeys.hasNext) || part.isQuotaReached) continue
    if (bound === null || comparePlaces(last, bound) < 0) bound = last
  }
  return bound
}

/** Returns the place where a country's page ends; null for a page without rows. */
function endOf(spec: ConnectionMerge, part: CountryPart): Place | null {
  return (part.value?.[spec.gatewayKeys.cursor] ?? null) as Place | null
}

/** Whether a country's part says that it has a next page, but has no row from which the gateway could continue. */
export function standsStill(spec: ConnectionMerge, value: CountryPart['value']): boolean {
  const part = { country: '', outcome: ANSWERED, value }
  return value !== null && endOf(spec, part) === null && isPageFact(spec, part, spec.gatewayKeys.hasNext)
}

function formerPlace(country: string, page: Page): Place | 0 {
  return page.silent[country] ?? page.base ?? 0
}

/**
 * Makes the cursor of a row: where each country's next page begins. A country that answered continues from the row or from its former
 * place, whichever is later. A silent country continues from its former place, and a country whose page was cut not behind its last row.
 * The cursor has one common place; the countries that continue from another place are listed by their codes.
 */
function cursorAfter(spec: ConnectionMerge, place: Place, parts: readonly CountryPart[], page: Page): string {
  const places = parts.map((part) => nextPlace(spec, part, place, page))
  let base = place
  for (const next of places) if (next !== 0 && comparePlaces(next, base) > 0) base = next
  const silent: Record<string, Place | 0> = {}
  for (let i = 0; i < parts.length; i++) {
    const next = places[i] as Place | 0
    if (next === 0 || comparePlaces(next, base) !== 0) silent[(parts[i] as CountryPart).country] = next
  }
  return encodeCursor({ order: page.order, key: base.key, id: base.id, silent })
}

/** Finds where a country's next page begins, if the client continues behind a row. */
function nextPlace(spec: ConnectionMerge, part: CountryPart, place: Place, page: Page): Place | 0 {
  const former = formerPlace(part.country, page)
  if (isSilent(part.outcome)) return former
  const stop = findStop(spec, part)
  if (stop !== null && comparePlaces(place, stop) > 0) return stop
  return former !== 0 && comparePlaces(former, place) > 0 ? former : place
}

/**
 * Returns the end cursor of a page without edges. If each row of a page was dropped, the next page begins behind them, at the bound or where
 * pages were cut. If a country is silent, the page ends where it began, so that the client can continue from there.
 */
function endOfEmptyPage(
  spec: ConnectionMerge,
  bound: Place | null,
  parts: readonly CountryPart[],
  page: Page,
): string | null {
  const stops = parts.flatMap((part) => findStop(spec, part) ?? []).sort(comparePlaces)
  const end = bound ?? stops.at(-1) ?? null
  if (end !== null) return cursorAfter(spec, end, parts, page)
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

function isPageFact(spec: ConnectionMerge, part: CountryPart, key: string): boolean {
  const info = part.value?.[spec.gatewayKeys.page] as Record<string, unknown> | null | undefined
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

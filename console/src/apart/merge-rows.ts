import { comparePlaces } from '../../../contract/place.ts'
import { readPlace } from './row-place.ts'

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

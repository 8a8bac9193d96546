import { detail } from './error-details.ts'
import { IstmoError } from './errors.ts'
import { isStorable } from './input-values.ts'
import type { Place } from './place.ts'

export { compareBytes, comparePlaces, type Place } from './place.ts'

/**
 * Cursors of connections: base64url of JSON `[order, key, id]` (docs/design/contract.md, Order and cursors). Only this module encodes
 * them.
 *
 * The ascending order of `key` by UTF-8 bytes is the order of the connection. The gateway can therefore merge pages without knowing
 * the order or its field. A cursor names a place in the total order by (key, id), which is valid in each country.
 */

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/**
 * A decoded cursor. After a failure, `silent` has the place of each country that did not answer; `0` is the start. The place of all
 * other countries is (key, id).
 */
export interface Cursor extends Place {
  readonly order: string
  readonly silent?: Readonly<Record<string, Place | 0>>
}

/** The longest accepted cursor, in characters. After a failure of 150 countries, the gateway writes 52,000 if each place has the longest ASCII id twice. */
export const MAX_CURSOR_LENGTH = 65_536

/** Encodes a cursor. Omits `silent` if it names no country. */
export function encodeCursor(cursor: Cursor): string {
  const parts: unknown[] = [cursor.order, cursor.key, cursor.id]
  // A page has a cursor for each row, and hardly any names a country.
  if (cursor.silent !== undefined) {
    const silent = Object.entries(cursor.silent).sort(([a], [b]) => (a < b ? -1 : 1))
    const places = silent.map(([country, place]) => [country, place === 0 ? 0 : [place.key, place.id]])
    if (silent.length > 0) parts.push(Object.fromEntries(places))
  }
  return Buffer.from(JSON.stringify(parts), 'utf8').toString('base64url')
}

/**
 * Decodes a cursor.
 * @param order the order of the requested connection; without it, any order is accepted.
 * @throws {IstmoError} `BAD_CURSOR` if the text is not a cursor, or belongs to another order.
 */
export function decodeCursor(text: string, order?: string): Cursor {
  const cursor = readCursor(text)
  if (cursor === undefined) throw new IstmoError('BAD_CURSOR', detail('CURSOR_OF_ANOTHER_FORM'))
  if (order !== undefined && cursor.order !== order) {
    throw new IstmoError('BAD_CURSOR', detail('CURSOR_OF_ANOTHER_ORDER', { order }))
  }
  return cursor
}

function readCursor(text: string): Cursor | undefined {
  if (text.length > MAX_CURSOR_LENGTH || !/^[A-Za-z0-9_-]+$/.test(text)) return undefined
  let parts: unknown
  try {
    parts = JSON.parse(UTF8.decode(Buffer.from(text, 'base64url')))
  } catch {
    return undefined
  }
  if (!Array.isArray(parts) || parts.length < 3 || parts.length > 4) return undefined
  const [order, key, id, silent] = parts
  if (typeof order !== 'string' || !/^[A-Z_]{1,64}$/.test(order)) return undefined
  if (typeof key !== 'string' || typeof id !== 'string' || !isStorable(key + id)) return undefined
  if (parts.length === 3) return { order, key, id }
  const places = readSilent(silent)
  return places && { order, key, id, silent: places }
}

function readSilent(value: unknown): Record<string, Place | 0> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const places: Record<string, Place | 0> = {}
  for (const [country, place] of Object.entries(value)) {
    if (!/^[A-Z]{2}$/.test(country)) return undefined
    if (place === 0) places[country] = 0
    else if (Array.isArray(place) && place.length === 2 && place.every((part) => typeof part === 'string')) {
      const [key, id] = place as [string, string]
      if (!isStorable(key + id)) return undefined
      places[country] = { key, id }
    } else return undefined
  }
  return Object.keys(places).length > 0 ? places : undefined
}

/** The key of an absent value. It is last in both directions, because `~` sorts after all digits. */
export const ABSENT_KEY = '~'

const DAY_MS = 86_400_000
const DESCENDING_BASE = 9_000_000

/** Returns the key of a date for ascending order: the date itself, `YYYY-MM-DD`. Null is last. */
export function ascendingDateKey(date: string | null): string {
  return date ?? ABSENT_KEY
}

/** Returns the key of a date for descending order: 9,000,000 minus the number of days since 1970-01-01, seven digits. Null is last. */
export function descendingDateKey(date: string | null): string {
  if (date === null) return ABSENT_KEY
  return String(DESCENDING_BASE - Math.floor(Date.parse(`${date}T00:00:00Z`) / DAY_MS)).padStart(7, '0')
}

/** Converts a key of {@link descendingDateKey} back into its date; null for the absent date. Returns undefined for any other text. */
export function dateOfDescendingKey(key: string): string | null | undefined {
  if (key === ABSENT_KEY) return null
  if (!/^\d{7}$/.test(key)) return undefined
  const time = (DESCENDING_BASE - Number(key)) * DAY_MS
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().slice(0, 10)
}

/**
 * The orders of connections without `orderBy`, by coordinate. All others without `orderBy` have `ID_ASC` (docs/design/contract.md, Order
 * and cursors).
 */
export const CONNECTION_ORDERS: Readonly<Record<string, string>> = {
  'Query.warrants': 'ISSUED_ON_DESC',
  'Case.warrants': 'ISSUED_ON_DESC',
  'Person.warrants': 'ISSUED_ON_DESC',
  'Case.participants': 'ROW_ASC',
  'Case.protectedParticipants': 'ROW_ASC',
  'Person.associates': 'ROW_ASC',
  'LegalInstrument.articles': 'ROW_ASC',
}

/** The largest page that a client may request, in rows. */
export const MAX_FIRST = 100

/**
 * Checks the size of a page. It never reduces the size silently. The caller must have replaced null by the field's default.
 * @throws {IstmoError} `BAD_USER_INPUT` if it is negative or above 100.
 */
export function checkFirst(first: number, coordinate: string): number {
  if (!Number.isInteger(first) || first < 0 || first > MAX_FIRST) {
    throw new IstmoError('BAD_USER_INPUT', detail('FIRST', { place: coordinate, most: MAX_FIRST, came: first }))
  }
  return first
}

import { fromBase64Url } from '../../../clients/base64url.ts'
import type { Place } from '../../../contract/place.ts'

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

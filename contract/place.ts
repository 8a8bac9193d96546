/** Places in the total order of a connection, and how they are compared. It needs nothing, so that a browser can run it. */

/** A place in a connection's total order: after the row with this key and id, whether that row exists or not. */
export interface Place {
  readonly key: string
  readonly id: string
}

/** Compares two strings by their UTF-8 bytes, as PostgreSQL's `COLLATE "C"` does. JavaScript's `<` differs above U+FFFF. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const xSurrogate = x >= 0xd800 && x <= 0xdfff
    const ySurrogate = y >= 0xd800 && y <= 0xdfff
    if (xSurrogate !== ySurrogate) return xSurrogate ? 1 : -1
    return x < y ? -1 : 1
  }
  return a.length - b.length
}

/** Compares two places by (key, id), each by UTF-8 bytes. This is the total order of each connection. */
export function comparePlaces(a: Place, b: Place): number {
  return compareBytes(a.key, b.key) || compareBytes(a.id, b.id)
}

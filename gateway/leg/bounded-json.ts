/** The bounds of a JSON text. */
export interface JsonBounds {
  /** How deep objects and lists may be nested. */
  readonly levels: number
  /** How many values the text may have: objects, lists, and what they contain. */
  readonly values: number
}

/** Which bound a JSON text exceeds. */
export type ExceededBound = 'levels' | 'values'

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** What a byte outside of texts means for the bounds. */
const ORDINARY = 0
const TEXT = 1
const NEXT = 2
const OPEN = 3
const CLOSE = 4

const SIGNS = new Uint8Array(256).fill(ORDINARY)
for (const [sign, meaning] of [
  ['"', TEXT],
  [',', NEXT],
  ['{', OPEN],
  ['[', OPEN],
  ['}', CLOSE],
  [']', CLOSE],
] as const) {
  SIGNS[sign.charCodeAt(0)] = meaning
}

/** Looks at the next part of a JSON text. Returns the bound that the text exceeds so far; null if both hold. */
export type ScanBounds = (bytes: Uint8Array) => ExceededBound | null

/**
 * Checks the bounds of a JSON text before anything is built of it, in one pass over its bytes and without memory. A text that is not JSON
 * may pass: the parser refuses it. Each object and each list counts as one value more than it has, so that an empty one counts too.
 * @param bytes UTF-8, in which no byte of a longer character equals one of JSON's signs.
 * @returns the bound that is exceeded first; null if both hold.
 */
export function findExceededBound(bytes: Uint8Array, bounds: JsonBounds): ExceededBound | null {
  return createBoundsScan(bounds)(bytes)
}

/** Creates the scan of a text that comes in parts, so that nobody has to wait for the rest of a text that exceeds a bound already. */
export function createBoundsScan(bounds: JsonBounds): ScanBounds {
  const { levels: maxLevels, values: maxValues } = bounds
  let depth = 0
  let values = 1
  /** Where the text goes on in the next part, if it began in an earlier part: 0, or 1 after a backslash. Null between texts. */
  let textFrom: number | null = null
  return (bytes) => {
    const end = bytes.length
    let at = textFrom === null ? 0 : endOfText(bytes, textFrom) + 1
    textFrom = textFrom === null || at <= end ? null : at - end - 1
    for (; at < end; at++) {
      const meaning = SIGNS[bytes[at] as number]
      if (meaning === ORDINARY) continue
      if (meaning === TEXT) {
        at = endOfText(bytes, at + 1)
        if (at >= end) textFrom = at - end
      } else if (meaning === CLOSE) depth -= 1
      else {
        values += 1
        if (meaning === OPEN) depth += 1
        if (depth > maxLevels) return 'levels'
        if (values > maxValues) return 'values'
      }
    }
    return null
  }
}

/**
 * Looks with a few native searches whether a text may exceed a bound. It has fewer values than characters, and no more levels than signs that
 * open one, also within its texts. Most answers need no other look.
 * @returns false only if {@link findExceededBound} returns null for the text.
 */
export function mayExceed(text: string, { levels, values }: JsonBounds): boolean {
  if (text.length >= values) return true
  const objects = countUpTo(levels, '{', text)
  return objects > levels || objects + countUpTo(levels - objects, '[', text) > levels
}

/** Counts how often a sign is in a text; one more than `most` if it is there more often. */
function countUpTo(most: number, sign: string, text: string): number {
  let count = 0
  for (let at = text.indexOf(sign); at >= 0 && count <= most; at = text.indexOf(sign, at + 1)) count += 1
  return count
}

/** Returns the index of the quote that ends a text; if it does not end here, the number of the bytes, or one more after a backslash. */
function endOfText(bytes: Uint8Array, start: number): number {
  let at = start
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at
}

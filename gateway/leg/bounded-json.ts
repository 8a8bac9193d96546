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
const COMMA = 0x2c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

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
  let depth = 0
  let values = 1
  /** Where the text goes on in the next part, if it began in an earlier part: 0, or 1 after a backslash. Null between texts. */
  let textFrom: number | null = null
  const open = (): ExceededBound | null => {
    depth += 1
    values += 1
    if (depth > bounds.levels) return 'levels'
    return values > bounds.values ? 'values' : null
  }
  return (bytes) => {
    const end = bytes.length
    let at = textFrom === null ? 0 : endOfText(bytes, textFrom) + 1
    textFrom = textFrom === null || at <= end ? null : at - end - 1
    for (; at < end; at++) {
      let exceeded: ExceededBound | null = null
      switch (bytes[at]) {
        case QUOTE:
          at = endOfText(bytes, at + 1)
          if (at >= end) textFrom = at - end
          break
        case COMMA:
          values += 1
          if (values > bounds.values) exceeded = 'values'
          break
        case OPEN_BRACE:
        case OPEN_BRACKET:
          exceeded = open()
          break
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          depth -= 1
          break
      }
      if (exceeded !== null) return exceeded
    }
    return null
  }
}

/** Returns the index of the quote that ends a text; if it does not end here, the number of the bytes, or one more after a backslash. */
function endOfText(bytes: Uint8Array, start: number): number {
  let at = start
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at
}

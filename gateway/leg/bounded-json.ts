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

/**
 * Checks the bounds of a JSON text before anything is built of it, in one pass over its bytes and without memory. A text that is not JSON
 * may pass: the parser refuses it. Each object and each list counts as one value more than it has, so that an empty one counts too.
 * @param bytes UTF-8, in which no byte of a longer character equals one of JSON's signs.
 * @returns the bound that is exceeded first; null if both hold.
 */
export function findExceededBound(bytes: Uint8Array, bounds: JsonBounds): ExceededBound | null {
  let depth = 0
  let values = 1
  const end = bytes.length
  for (let at = 0; at < end; at++) {
    switch (bytes[at]) {
      case QUOTE:
        at = endOfText(bytes, at)
        break
      case COMMA:
        values += 1
        if (values > bounds.values) return 'values'
        break
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth += 1
        values += 1
        if (depth > bounds.levels) return 'levels'
        if (values > bounds.values) return 'values'
        break
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1
        break
    }
  }
  return null
}

/** Returns the index of the quote that ends a text, or the end of the bytes. */
function endOfText(bytes: Uint8Array, start: number): number {
  let at = start + 1
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at
}

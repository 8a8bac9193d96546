import { isObject } from '../json-value.ts'

/**
 * JSON that every reader reads in the same way. A signed text that two readers read differently would say one thing to whom checks it and
 * another to whom obeys it.
 */

/** Reads UTF-8. A byte order mark stays in the text. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const STRING_WITH_COLON = /"(?:[^"\\]|\\.)*"(\s*:)?/g

/**
 * Parses the JSON object in one part of a compact JWS. Returns null if the part is not strict base64url of an unambiguous object.
 */
export function parseJwsPart(part: string): Record<string, unknown> | null {
  const value = parseUnambiguousPart(part)
  return isObject(value) ? value : null
}

/** Parses the JSON array in one disclosure of an SD-JWT. Returns null if the text is not strict base64url of an unambiguous array. */
export function parseJsonArray(part: string): readonly unknown[] | null {
  const value = parseUnambiguousPart(part)
  return Array.isArray(value) ? value : null
}

/**
 * Parses the JSON text in strict base64url. Returns undefined unless every reader must read it in the same way: valid UTF-8, and no
 * member named twice at any depth (RFC 7519 section 4 lets a parser choose the last of two; another may choose the first). A byte order mark
 * is rejected, because RFC 8259 section 8.1 lets a parser ignore it or take it as an error.
 */
function parseUnambiguousPart(part: string): unknown {
  const bytes = Buffer.from(part, 'base64url')
  // Buffer also reads malformed base64url. Another reader might not, and then the two would see different tokens.
  if (bytes.toString('base64url') !== part) return undefined
  try {
    const text = decoder.decode(bytes)
    const value: unknown = JSON.parse(text)
    // What is written from a value names each member once, so a text that is written so needs no count.
    if (JSON.stringify(value) === text) return value
    return countMembers(value) === countNames(text) ? value : undefined
  } catch {
    return undefined
  }
}

function countNames(validJson: string): number {
  let count = 0
  for (const match of validJson.matchAll(STRING_WITH_COLON)) if (match[1] !== undefined) count += 1
  return count
}

function countMembers(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + countMembers(item), 0)
  if (!isObject(value)) return 0
  return Object.values(value).reduce((sum: number, member) => sum + 1 + countMembers(member), 0)
}

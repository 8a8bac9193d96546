import canonicalize from 'canonicalize'

/**
 * Returns the canonical JSON (RFC 8785) of a value, in UTF-8.
 * @throws {TypeError} if the value is not JSON: undefined, NaN or a lone surrogate.
 */
export function canonicalBytes(value: unknown): Uint8Array {
  const text = writeCanonical(value)
  if (text === undefined) throw new TypeError('the value has no form in JSON')
  return Buffer.from(text)
}

/**
 * Writes a value as canonical JSON (RFC 8785). A log writes an entry for each request and each leg, so this is on the hot way: what JSON values are
 * made of is written here, and anything else (what has `toJSON`, what is nested more deeply) by the library, which also says what is wrong.
 */

/** How deep this writes by itself. Entries are less than ten deep. */
const MAX_DEPTH = 64

/** How many members' names stay ready, and how long they may be. Entries have about two hundred. */
const MAX_NAMES = 4_096
const MAX_NAME_LENGTH = 100

/** Characters that JSON escapes, or that may be half of a pair. */
const UNUSUAL = /[^\x20\x21\x23-\x5b\x5d-\x7e]/

/** Thrown inside when the library has to write the whole. */
const UNKNOWN = Symbol('unknown')

/**
 * Writes a value as canonical JSON.
 * @returns undefined if JSON has no form for the whole: it is undefined, a function or a symbol.
 * @throws {Error} if a part of it has no form: NaN, an infinite number, a lone surrogate or a circle.
 */
export function writeCanonical(value: unknown): string | undefined {
  try {
    return write(value, 0)
  } catch (error) {
    if (error === UNKNOWN) return canonicalize(value)
    throw error
  }
}

function write(value: unknown, depth: number): string | undefined {
  switch (typeof value) {
    case 'string':
      return writeText(value)
    case 'number':
      if (Number.isFinite(value)) return `${value}`
      throw UNKNOWN
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      if (depth === MAX_DEPTH || 'toJSON' in value) throw UNKNOWN
      return Array.isArray(value) ? writeList(value, depth + 1) : writeObject(value, depth + 1)
    case 'undefined':
      return undefined
    default:
      throw UNKNOWN
  }
}

function writeText(text: string): string {
  if (!UNUSUAL.test(text)) return `"${text}"`
  if (!text.isWellFormed()) throw UNKNOWN
  return JSON.stringify(text)
}

function writeList(list: readonly unknown[], depth: number): string {
  let text = '['
  for (let at = 0; at < list.length; at++) text += `${at === 0 ? '' : ','}${write(list[at], depth) ?? 'null'}`
  return `${text}]`
}

function writeObject(object: object, depth: number): string {
  const prototype = Object.getPrototypeOf(object)
  if (prototype !== Object.prototype && prototype !== null) throw UNKNOWN
  const members = object as Readonly<Record<string, unknown>>
  let text = ''
  for (const name of sortedNames(members)) {
    const value = write(members[name], depth)
    if (value !== undefined) text += `${text === '' ? '{' : ','}${writeName(name)}${value}`
  }
  return text === '' ? '{}' : `${text}}`
}

/** Returns the names of the members in the order of their UTF-16 units. Those of an entry that was read are in it already. */
function sortedNames(members: Readonly<Record<string, unknown>>): readonly string[] {
  const names = Object.keys(members)
  for (let at = 1; at < names.length; at++) {
    if ((names[at - 1] as string) > (names[at] as string)) return names.sort()
  }
  return names
}

const written = new Map<string, string>()

function writeName(name: string): string {
  const known = written.get(name)
  if (known !== undefined) return known
  const text = `${writeText(name)}:`
  if (written.size < MAX_NAMES && name.length <= MAX_NAME_LENGTH) written.set(name, text)
  return text
}

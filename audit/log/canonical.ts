import canonicalize from 'canonicalize'
import { MAX_ENTRY_BYTES } from '../merkle/entry-bundle.ts'

/**
 * The bytes of a value in the one form that RFC 8785 gives it. Throws a TypeError where it is no JSON (undefined, NaN, a lone
 * surrogate).
 */
export function canonicalBytes(value: unknown): Uint8Array {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('the value has no form in JSON')
  return Buffer.from(text)
}

/** An entry's bytes, and whether they fit: what does not goes to continuation entries. */
export function fitsEntry(bytes: Uint8Array): boolean {
  return bytes.length <= MAX_ENTRY_BYTES
}

import { MAX_ENTRY_BYTES } from '../merkle/entry-bundle.ts'
import { writeCanonical } from './canonical-json.ts'

/**
 * Returns the canonical JSON (RFC 8785) of a value, in UTF-8.
 * @throws {TypeError} if the value is not JSON: undefined, NaN or a lone surrogate.
 */
export function canonicalBytes(value: unknown): Uint8Array {
  const text = writeCanonical(value)
  if (text === undefined) throw new TypeError('the value has no form in JSON')
  return Buffer.from(text)
}

/** Checks whether bytes fit into one entry. The caller splits longer ones into continuation entries. */
export function fitsEntry(bytes: Uint8Array): boolean {
  return bytes.length <= MAX_ENTRY_BYTES
}

/**
 * Reads standard Base 64 (RFC 4648, section 4) strictly: with its padding, without anything else in it, and with no second way
 * to write the same bytes. Undefined where it is not that, or not `length` bytes where a length is asked for.
 */
export function parseBase64(text: string, length?: number): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text || (length !== undefined && bytes.length !== length)) return undefined
  return bytes
}

/** Writes standard Base 64. */
export function formatBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

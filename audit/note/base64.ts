/**
 * Parses standard Base 64 (RFC 4648, section 4) strictly: the padding is required, other characters are not allowed, and each
 * sequence of bytes has only one accepted form.
 * @param length the required number of bytes; without it, any number is accepted
 * @returns undefined if the text is not such Base 64, or has another number of bytes.
 */
export function parseBase64(text: string, length?: number): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text || (length !== undefined && bytes.length !== length)) return undefined
  return bytes
}

/** Formats bytes as standard Base 64, with padding. */
export function formatBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

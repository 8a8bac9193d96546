/**
 * Parses standard Base 64 (RFC 4648, section 4) strictly: the padding is required, other characters are not allowed, and each
 * sequence of bytes has only one accepted form.
 * @param length the required number of bytes; without it, any number is accepted
 * @returns undefined if the text is not such Base 64, or has another number of bytes.
 */
export function parseBase64(text: string, length?: number): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64')
  if (!isFormOf(bytes.length, text) || (length !== undefined && bytes.length !== length)) return undefined
  return bytes
}

/** The last digits that leave no bit unused, before one padding sign and before two. */
const LAST_DIGITS = [/[AEIMQUYcgkosw048]=$/, /[AQgw]==$/] as const

/**
 * Whether a text is the only accepted form of the bytes that Node reads from it. Node skips what is not a digit, so that fewer bytes come than the
 * text has room for; but it takes the digits of URL-safe Base 64. Writing the bytes again would tell the same, and takes longer.
 */
function isFormOf(byteCount: number, text: string): boolean {
  if (text.length % 4 !== 0) return false
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  if (byteCount !== (text.length / 4) * 3 - padding || text.includes('-') || text.includes('_')) return false
  return padding === 0 || (LAST_DIGITS[padding - 1] as RegExp).test(text.slice(-4))
}

/** Formats bytes as standard Base 64, with padding. */
export function formatBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}

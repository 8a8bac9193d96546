/** Base64url without padding (RFC 4648, section 5), without a library: browsers and Node have only `btoa` and `atob` in common. */

const CHUNK = 8_192

/** Encodes bytes. */
export function toBase64Url(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += CHUNK) binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** Encodes a text in UTF-8. */
export function textToBase64Url(text: string): string {
  return toBase64Url(new TextEncoder().encode(text))
}

/**
 * Decodes base64url or Base 64.
 * @throws {Error} if the text is neither.
 */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}

/** Computes SHA-256: 64 hexadecimal digits. */
export async function sha256Hex(data: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Computes SHA-256: base64url, 43 characters. */
export async function sha256Url(data: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
  return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

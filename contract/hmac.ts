import { createHash, hash } from 'node:crypto'

/**
 * HMAC-SHA-256 (RFC 2104) by two hashes. An HMAC object of Node, with the object of its key, costs several times as much, and a log computes one for
 * each entry and each record.
 */

/** The block of SHA-256, in bytes. */
const BLOCK_BYTES = 64

/** Up to how many bytes copying a message behind the padded key is cheaper than a hash object. */
const COPY_BYTES = 16_384

/** A key that is ready for use. */
export interface HmacKey {
  readonly inner: Uint8Array
  readonly outer: Uint8Array
}

/** Makes a key ready for use. */
export function padHmacKey(key: Uint8Array): HmacKey {
  const short = key.length > BLOCK_BYTES ? hash('sha256', key, 'buffer') : key
  const [inner, outer] = [Buffer.alloc(BLOCK_BYTES, 0x36), Buffer.alloc(BLOCK_BYTES, 0x5c)]
  for (let at = 0; at < short.length; at++) {
    inner[at] = 0x36 ^ (short[at] as number)
    outer[at] = 0x5c ^ (short[at] as number)
  }
  return { inner, outer }
}

/** Computes an HMAC: 32 bytes. */
export function hmacSha256({ inner, outer }: HmacKey, message: Uint8Array): Buffer {
  const text =
    message.length > COPY_BYTES
      ? createHash('sha256').update(inner).update(message).digest()
      : hash('sha256', Buffer.concat([inner, message]), 'buffer')
  return hash('sha256', Buffer.concat([outer, text]), 'buffer')
}

/** The padded keys of {@link hmacSha256OfText}, each with room for what follows. They are used again each time, because nothing else runs in between. */
const INNER = Buffer.alloc(BLOCK_BYTES + COPY_BYTES)
const OUTER = Buffer.alloc(BLOCK_BYTES + 32)

/** Computes an HMAC of a text in UTF-8. */
export function hmacSha256OfTextBy(key: HmacKey, text: string, encoding: 'base64url' | 'hex'): string {
  if (text.length * 3 > COPY_BYTES) return hmacSha256(key, Buffer.from(text)).toString(encoding)
  INNER.set(key.inner)
  OUTER.set(key.outer)
  return hashPadded(text, encoding)
}

/**
 * Computes an HMAC of a text in UTF-8 under a key that is used only once, so that it is not worth making ready.
 */
export function hmacSha256OfText(key: Uint8Array, text: string, encoding: 'base64url' | 'hex'): string {
  // A UTF-16 unit needs at most three bytes.
  if (text.length * 3 > COPY_BYTES || key.length > BLOCK_BYTES)
    return hmacSha256(padHmacKey(key), Buffer.from(text)).toString(encoding)
  for (let at = 0; at < BLOCK_BYTES; at++) {
    const byte = key[at] ?? 0
    INNER[at] = 0x36 ^ byte
    OUTER[at] = 0x5c ^ byte
  }
  return hashPadded(text, encoding)
}

/** Computes an HMAC of a short text under the key that stands in the padded keys. */
function hashPadded(text: string, encoding: 'base64url' | 'hex'): string {
  const end = BLOCK_BYTES + INNER.write(text, BLOCK_BYTES)
  OUTER.write(hash('sha256', INNER.subarray(0, end), 'binary'), BLOCK_BYTES, 'binary')
  return hash('sha256', OUTER, encoding)
}

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

import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hmacSha256, hmacSha256OfText, hmacSha256OfTextBy, padHmacKey } from './hmac.ts'

describe('HMAC-SHA-256', () => {
  it('is the one of node:crypto, for keys and messages of any length', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(0, 31, 32, 63, 64, 65, 16_383, 16_384, 16_385).map((length) => new Uint8Array(length).fill(7)),
    )
    fc.assert(
      fc.property(bytes, bytes, (key, message) => {
        const expected = createHmac('sha256', key).update(message).digest()
        expect(hmacSha256(padHmacKey(key), message)).toEqual(expected)
      }),
    )
  })

  it('of a text is the one of its UTF-8, under a key of any length', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '',
        'é'.repeat(8_192),
        'x'.repeat(5_461),
        'x'.repeat(5_462),
        '€'.repeat(5_461),
        'x'.repeat(20_000),
      ),
    )
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), texts, (key, text) => {
        const expected = createHmac('sha256', key).update(text).digest('hex')
        expect(hmacSha256OfText(key, text, 'hex')).toBe(expected)
        expect(hmacSha256OfTextBy(padHmacKey(key), text, 'hex')).toBe(expected)
      }),
    )
  })
})

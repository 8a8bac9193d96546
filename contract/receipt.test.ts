import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatReceiptHeader, parseReceiptBytes, parseReceiptHeader } from './receipt.ts'

describe('the header of a receipt', () => {
  it('gives the text that was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(parseReceiptHeader(formatReceiptHeader(text))).toBe(text)
        expect(parseReceiptBytes(formatReceiptHeader(text))).toBe(Buffer.from(text).toString('latin1'))
      }),
    )
  })

  it('is a byte sequence of RFC 9651, and nothing else is', () => {
    const near = fc.string({ unit: fc.constantFrom(...':=+/-_aZ9 \n\u00e9'.split('')), maxLength: 12 })
    fc.assert(
      fc.property(
        fc.oneof(
          near,
          near.map((text) => `:${text}:`),
        ),
        (value) => {
          const [, text] = /^:([A-Za-z0-9+/]*={0,2}):$/.exec(value.trim()) ?? []
          const expected = text === undefined ? undefined : Buffer.from(text, 'base64').toString('utf8')
          expect(parseReceiptHeader(value)).toBe(expected)
          const bytes = text === undefined ? undefined : Buffer.from(text, 'base64').toString('latin1')
          expect(parseReceiptBytes(value)).toBe(bytes)
        },
      ),
    )
  })

  it('may be as long as nobody writes one', () => {
    const long = 'ñ'.repeat(20_000)
    expect(parseReceiptHeader(formatReceiptHeader(long))).toBe(long)
    expect(parseReceiptBytes(formatReceiptHeader(long))).toBe(Buffer.from(long).toString('latin1'))
  })

  it.each(['', ':', 'YQ==', ':YQ==', 'YQ==:', ':Y Q==:', ':YQ==:YQ==:', ':YQ===:'])('is not «%s»', (value) => {
    expect(parseReceiptHeader(value)).toBeUndefined()
  })
})

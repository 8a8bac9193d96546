import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deriveLegSalt, formatLegSalt, parseLegSalt, saltedHash } from './leg-salt.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

describe('the header of a leg’s salt', () => {
  it('gives back each salt of 16 bytes, and each salt has one text', () => {
    fc.assert(
      fc.property(bytes(16), (salt) => {
        const text = formatLegSalt(salt)
        expect(parseLegSalt(text)).toEqual(Buffer.from(salt))
        expect(text).toHaveLength(26)
      }),
    )
  })

  it.each([
    ['nothing', ''],
    ['no colons', 'AAAAAAAAAAAAAAAAAAAAAA=='],
    ['15 bytes', formatLegSalt(Buffer.alloc(15))],
    ['17 bytes', formatLegSalt(Buffer.alloc(17))],
    ['no padding', ':AAAAAAAAAAAAAAAAAAAAAA:'],
    ['bits that no byte uses', ':AAAAAAAAAAAAAAAAAAAAAB==:'],
    ['two values', `${formatLegSalt(Buffer.alloc(16))}, ${formatLegSalt(Buffer.alloc(16, 1))}`],
    ['URL-safe digits', ':-_AAAAAAAAAAAAAAAAAAAA==:'],
  ])('is not valid with %s', (_, value) => {
    expect(parseLegSalt(value)).toBeUndefined()
  })
})

describe('the salts of a request’s legs', () => {
  it('are derived as the page says, and differ from leg to leg and from request to request', () => {
    const salt = Buffer.alloc(32, 7)
    const expected = createHmac('sha256', salt).update('leg12').digest().subarray(0, 16)
    expect(deriveLegSalt(salt, 12)).toEqual(expected)
    const all = [1, 2, 11, 12].flatMap((number) => [
      deriveLegSalt(salt, number),
      deriveLegSalt(Buffer.alloc(32), number),
    ])
    expect(new Set(all.map((each) => Buffer.from(each).toString('hex'))).size).toBe(8)
  })
})

describe('a salted hash', () => {
  it('is SHA-256 of the salt followed by the bytes, for short and long texts and bytes', () => {
    const texts = fc
      .tuple(fc.string({ unit: 'grapheme' }), fc.constantFrom(1, 3_000, 20_000))
      .map(([text, n]) => text.repeat(n))
    fc.assert(
      fc.property(bytes(16), texts, (salt, text) => {
        const expected = createHash('sha256')
          .update(Buffer.concat([salt, Buffer.from(text)]))
          .digest('hex')
        expect(saltedHash(salt, text)).toBe(expected)
        expect(saltedHash(salt, Buffer.from(text))).toBe(expected)
      }),
    )
  })

  it.each([65_535, 65_536, 65_583, 65_584, 65_585, 200_000])(
    'is the same for %d bytes, whatever was hashed before',
    (length) => {
      const salt = Buffer.alloc(16, 5)
      saltedHash(salt, Buffer.alloc(60_000, 0xff))
      const text = 'a'.repeat(length)
      const expected = createHash('sha256').update(salt).update(text).digest('hex')
      expect(saltedHash(salt, text)).toBe(expected)
      expect(saltedHash(salt, Buffer.from(text))).toBe(expected)
    },
  )
})

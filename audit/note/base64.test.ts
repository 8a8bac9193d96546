import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatBase64, parseBase64 } from './base64.ts'

/** The plain way: bytes that are written again as the same text. */
function parsePlainly(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

describe('Base 64', () => {
  it('is read as what is written again as the same text, and nothing else is', () => {
    const near = fc.string({ unit: fc.constantFrom(...'=+/-_AQgwBZ9 \n\u00e9'.split('')), maxLength: 9 })
    const written = fc.uint8Array({ maxLength: 9 }).map(formatBase64)
    const changed = fc.tuple(written, fc.nat(), fc.constantFrom(...'=-_A\u00e9B ')).map(([text, at, sign]) => {
      const place = at % Math.max(1, text.length)
      return text.slice(0, place) + sign + text.slice(place + 1)
    })
    fc.assert(
      fc.property(fc.oneof(near, written, changed), (text) => {
        const expected = parsePlainly(text)
        const found = parseBase64(text)
        expect(found === undefined ? undefined : formatBase64(found)).toBe(
          expected === undefined ? undefined : formatBase64(expected),
        )
      }),
      { numRuns: 2_000 },
    )
  })

  it('may have to have a number of bytes', () => {
    expect(parseBase64('YWI=', 2)).toEqual(Buffer.from('ab'))
    expect(parseBase64('YWI=', 3)).toBeUndefined()
  })
})

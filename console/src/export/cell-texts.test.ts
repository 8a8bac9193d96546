import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writePdfText } from './cell-texts.ts'

describe('writePdfText', () => {
  it.each([
    ['José Ñandú «¿Güell?» – 5 €', 'José Ñandú «¿Güell?» – 5 €'],
    ['Jose\u0301', 'José'],
    ['Petrović', 'Petrovi{U+0107}'],
    ['😀', '{U+1F600}'],
    ['a\u00a0 \tb', 'a b'],
    ['\u202eab', '{U+202E}ab'],
  ])('writes %j as %j', (text, written) => {
    expect(writePdfText(text)).toBe(written)
  })

  it('gives letters of Windows-1252 only, and the same again', () => {
    const decoder = new TextDecoder('windows-1252')
    const known = new Set(decoder.decode(Uint8Array.from({ length: 256 }, (_, at) => at)))
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const written = writePdfText(text)
        expect([...written].filter((letter) => !known.has(letter))).toEqual([])
        expect(writePdfText(written)).toBe(written)
      }),
    )
  })
})

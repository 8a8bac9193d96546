import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCsvLines, writeCsvLine, writePdfText } from './exported-file.ts'

const cell = fc.string({ unit: fc.constantFrom('a', 'ñ', '"', ',', ';', ' ', "'", '\r', '\n', '=', '😀') })
const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 6 })

describe('readCsvLines', () => {
  it('reads back each cell that was written', () => {
    fc.assert(
      fc.property(rows, (written) => {
        expect(readCsvLines(written.map(writeCsvLine).join(''))).toEqual(written)
      }),
    )
  })

  it.each([
    ['a line without its end', 'a,b\r\nc', 2],
    ['a line that another program quoted', 'a\r\n"b"\r\n', 2],
    ['a line feed only', 'a\nb\r\n', 1],
    ['quotation marks that do not end', '"a\r\n', 1],
  ])('refuses %s, and names it', (_, text, line) => {
    expect(() => readCsvLines(text)).toThrow(`line ${line}: expected CSV as the console writes it`)
  })
})

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

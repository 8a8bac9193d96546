import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { guardCell, writeCsv, writeRecords } from './table-export.ts'
import { parseCsv } from './testing.ts'

describe('guardCell', () => {
  it.each(['=1+1', '+cmd', '-2+3', '@SUM(A1)', '\t=1', ' =HYPERLINK("x")', '\u00a0=1', '＝1+1', '|calc', '"=1"'])(
    'makes %j a text',
    (text) => {
      expect(guardCell(text)).toMatch(/^'/)
    },
  )

  it.each([
    ['José', 'José'],
    [-5, '-5'],
    [null, ''],
    ['2024-01-01', '2024-01-01'],
    ['GT:MP001-2026-1', 'GT:MP001-2026-1'],
    ['robo; hurto', 'robo; hurto'],
  ])('leaves %j', (value, written) => {
    expect(guardCell(value)).toBe(written)
  })

  it('never lets a cell of text begin a formula, whatever is before the sign', () => {
    const sign = fc.constantFrom('=', '+', '-', '@')
    const before = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r', '\u00a0', '\u200b', '\ufeff', '"') })
    fc.assert(
      fc.property(before, sign, fc.string(), (blank, first, rest) => {
        expect(guardCell(`${blank}${first}${rest}`)).toMatch(/^'/)
      }),
    )
  })
})

/** Divides a file as a spreadsheet does that separates cells by semicolons: quotation marks count at the beginning of a cell only. */
function splitAtSemicolons(file: string): readonly string[] {
  return file
    .split('\r\n')
    .flatMap((line) => [...line.matchAll(/(?:^|;)(?:"((?:[^"]|"")*)"[^;]*|([^;]*))/g)])
    .map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')
}

describe('a file that a spreadsheet divides at semicolons', () => {
  it('has no cell that begins a formula', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ';', '=', '+', '-', '@', '"', "'", ' ', ',', '\t', '＝', '\u00a0'),
    })
    const columns = ['uno', 'dos'].map((title, at) => ({ title, value: (row: readonly string[]) => row[at] }))
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 4 }), (rows) => {
        const cells = splitAtSemicolons(writeRecords(columns, rows))
        expect(cells.filter((cell) => /^[\s"]*[=+\-@|%＝＋－＠]/.test(cell))).toEqual([])
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('writeRecords', () => {
  it('can be read back: each cell is what the guard made of the value', () => {
    const cell = fc.string({ unit: 'grapheme' })
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 5 }), (rows) => {
        const columns = [
          { title: 'one', value: ([first]: [string, string]) => first },
          { title: 'two', value: ([, second]: [string, string]) => second },
        ]
        const read = parseCsv(writeRecords(columns, rows))
        expect(read).toEqual([['one', 'two'], ...rows.map((row) => row.map(guardCell))])
      }),
    )
  })

  it('comes before the frame in the file, after the mark of UTF-8', () => {
    const records = writeRecords([{ title: 'n', value: (n: number) => n }], [1, 2])
    const file = writeCsv(records, { facts: [['ids', '=x']] })
    expect(file).toBe(`\uFEFFn\r\n1\r\n2\r\n\r\nids,"'=x"\r\n`)
  })
})

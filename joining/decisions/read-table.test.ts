import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatLine, guardCell, parseTable } from './decisions.ts'

const parse = (text: string, columns: readonly string[] = ['a']) => parseTable('t.csv', text, columns)

/** Cells as a table gives them back: without spaces around them, and in NFC. */
const CELL = fc
  .oneof(
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('=1+1', '+1', '-1', '@x', "'=x", "''=x", '"', ';', 'a,b', '\tx', 'x\ny'),
  )
  .map((cell) => cell.trim().normalize('NFC').replaceAll('\r', ' ').trim())

describe('a table', () => {
  it('gives back each cell that was written, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(CELL, CELL), { minLength: 1, maxLength: 5 }), (rows) => {
        const filled = rows.map(([a, b]) => [a === '' ? 'x' : a, b] as const)
        const text = [formatLine(['a', 'b']), ...filled.map((row) => formatLine(row))].join('')
        expect(parse(text).rows.map(({ fields }) => [fields.a, fields.b])).toEqual(filled)
      }),
    )
  })

  it('has no cell that a spreadsheet would run', () => {
    fc.assert(
      fc.property(CELL, (cell) => {
        expect(guardCell(cell)).not.toMatch(/^[=+\-@\t\r]/u)
      }),
    )
    expect(formatLine(['=HYPERLINK("http://x","y")'])).toBe('"\'=HYPERLINK(""http://x"",""y"")"\n')
  })

  it('is read as spreadsheets save it: with a byte order mark, semicolons, CRLF, and empty cells left away', () => {
    const { rows } = parse('\uFEFFa;b;c\r\n1;"x;y"\r\n\r\n2;;\r\n', ['a', 'c'])
    expect(rows).toEqual([
      { line: 2, fields: { a: '1', b: 'x;y', c: '' } },
      { line: 4, fields: { a: '2', b: '', c: '' } },
    ])
  })

  it.each([
    ['a,b\n1,2,3\n', ['a'], 't.csv, line 2: expected 2 fields; came 3. Put quotes around a field with a comma'],
    ['x,y\n', ['a', 'x'], 't.csv, line 1: expected the columns a, x; came x, y, without a'],
    ['', ['a'], 't.csv, line 1: expected the columns a; came nothing, without a'],
    ['a,a\n', ['a'], 't.csv, line 1: expected each column once; a is there twice'],
    ['a\n"x\n', ['a'], 't.csv: expected CSV; '],
  ])('refuses %j', (text, columns, message) => {
    expect(() => parse(text, columns)).toThrow(message)
  })
})

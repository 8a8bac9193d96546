import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatArray, formatCopyLine } from './target.ts'

/** Reads a line of COPY's text format as PostgreSQL's documentation says it. */
function readLine(line: string): readonly (string | null)[] {
  expect(line.endsWith('\n')).toBe(true)
  return line
    .slice(0, -1)
    .split('\t')
    .map((field) =>
      field === '\\N'
        ? null
        : field.replace(/\\(.)/g, (_whole, sign: string) => ({ n: '\n', t: '\t', r: '\r' })[sign] ?? sign),
    )
}

it('writes lines that read back as the same texts', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'ñ', '\\', '\t', '\n', '\r', 'N', '"', ',', '{') })
  fc.assert(
    fc.property(fc.array(fc.option(text), { minLength: 1 }), (cells) => {
      const line = formatCopyLine(cells)
      expect(line.slice(0, -1)).not.toMatch(/[\n\r]/)
      expect(readLine(line)).toEqual(cells)
    }),
  )
})

it.each([
  [[true, false, 12], 't\tf\t12\n'],
  [[['H1', 'H3']], '{"H1","H3"}\n'],
  [[[]], '{}\n'],
])('writes %j', (cells, line) => {
  expect(formatCopyLine(cells)).toBe(line)
})

it('puts each text of an array in quotes', () => {
  expect(formatArray(['a"b', 'c\\d', 'NULL', ''])).toBe('{"a\\"b","c\\\\d","NULL",""}')
})

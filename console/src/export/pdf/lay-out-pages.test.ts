import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LaidPage, layOutPages } from './lay-out-pages.ts'
import { wrapText } from './wrap-text.ts'

/** Letters that are all as wide as half of their height. */
const measure = (text: string, size: number): number => text.length * size * 0.5
const word = fc.string({ unit: fc.constantFrom('a', 'ñ', 'W', ' ', '—'), maxLength: 60 })
const long = fc.string({ unit: fc.constantFrom('a', ' '), minLength: 500, maxLength: 9_000 })
const cell = fc.oneof(
  { weight: 9, arbitrary: word },
  { weight: 1, arbitrary: long },
  { weight: 2, arbitrary: fc.constant('') },
)
const tables = fc
  .integer({ min: 1, max: 9 })
  .chain((columns) =>
    fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 40 }),
  )
const facts = fc.array(fc.tuple(word, word), { maxLength: 8 })
const squeeze = (text: string): string => text.replaceAll(' ', '')

const layOut = (records: readonly (readonly string[])[], said: readonly (readonly [string, string])[]) =>
  layOutPages(
    {
      title: 'Casos',
      language: 'es',
      records,
      facts: said,
      foot: 'Manejo: H1',
      wordPage: (page, pages) => `${page} de ${pages}`,
    },
    measure,
  )

/** What the pages show of each cell, in their order. */
function readCells(pages: readonly LaidPage[]): ReadonlyMap<string, string> {
  const cells = new Map<string, string>()
  for (const { text, cell: place } of pages.flatMap(({ texts }) => texts)) {
    if (place === null) continue
    const key = `${place.row} ${place.column}`
    cells.set(key, (cells.get(key) ?? '') + squeeze(text))
  }
  return cells
}

describe('wrapText', () => {
  it('loses no letter, and makes no line wider than it may be unless one letter is', () => {
    fc.assert(
      fc.property(fc.oneof(word, long), fc.integer({ min: 1, max: 80 }), (text, width) => {
        const lines = wrapText(text, width, (line) => line.length)
        expect(squeeze(lines.join(''))).toBe(squeeze(text))
        expect(lines.filter((line) => line.length > width)).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    ['uno dos tres', 7, ['uno dos', 'tres']],
    ['unodostres', 4, ['unod', 'ostr', 'es']],
    ['a unodostres', 4, ['a', 'unod', 'ostr', 'es']],
    ['', 4, ['']],
  ])('breaks %j at %d', (text, width, lines) => {
    expect(wrapText(text, width, (line) => line.length)).toEqual(lines)
  })
})

describe('layOutPages', () => {
  it('shows each cell once and whole, within the margins, and how it may be used on each page', () => {
    fc.assert(
      fc.property(tables, facts, (records, said) => {
        const pages = layOut(records, said)
        const cells = readCells(pages)
        const expected = [...records, ...said].flatMap((row, at) =>
          row.map((text, column) => [`${at} ${column}`, squeeze(text)] as const),
        )
        expect(expected.filter(([place, text]) => (cells.get(place) ?? '') !== text)).toEqual([])
        expect(cells.size).toBeLessThanOrEqual(expected.length)
        for (const [at, { width, height, texts }] of pages.entries()) {
          const words = texts.filter((each) => each.cell === null).map(({ text }) => text)
          expect(words).toContain('Manejo: H1')
          expect(words).toContain(`${at + 1} de ${pages.length}`)
          const outside = texts.filter(({ text, x, y, size }) => {
            return y < 39 || y >= height - 39 || x + measure(text.trim(), size) >= width - 39
          })
          expect(outside).toEqual([])
        }
      }),
      { numRuns: 40 },
    )
  })

  it('lets no two texts of a page stand one over the other', () => {
    fc.assert(
      fc.property(tables, facts, (records, said) => {
        for (const { texts } of layOut(records, said)) {
          const places = texts
            .filter(({ text }) => text.trim() !== '')
            .map(({ x, y }) => `${x.toFixed(2)} ${y.toFixed(2)}`)
          expect(new Set(places).size).toBe(places.length)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('repeats the titles of the columns on each page with records, and breaks no short row', () => {
    const records = [
      ['Registro', 'País'],
      ...Array.from({ length: 200 }, (_, at) => [`GT:${at}`, 'Guatemala '.repeat(at % 30)]),
    ]
    const pages = layOut(records, [['Fecha', 'hoy']])
    expect(pages.length).toBeGreaterThan(3)
    for (const { texts } of pages) expect(texts.filter(({ text }) => text === 'Registro')).toHaveLength(1)
    const pagesOf = new Map<number, Set<number>>()
    for (const [page, { texts }] of pages.entries()) {
      for (const { cell: place } of texts) {
        if (place !== null) pagesOf.set(place.row, (pagesOf.get(place.row) ?? new Set()).add(page))
      }
    }
    expect([...pagesOf.values()].filter(({ size }) => size !== 1)).toEqual([])
  })

  it('stays within the page if the titles alone fill one', () => {
    for (const letters of [2_000, 5_000, 20_000]) {
      const pages = layOut([['a '.repeat(letters / 2), 'b'], ...Array.from({ length: 80 }, () => ['c', 'd'])], [])
      expect(pages.flatMap(({ texts }) => texts).filter(({ y }) => y < 39)).toEqual([])
    }
  })

  it('keeps a heading with the line below it', () => {
    for (let rows = 40; rows < 75; rows++) {
      const filled = Array.from({ length: rows }, () => ['a', 'b'])
      const pages = layOut([['Dato', 'Contenido'], ...filled, ['Órdenes', ''], ['GT:1', 'abierto']], [])
      const pageOf = (text: string): number => pages.findIndex(({ texts }) => texts.some((each) => each.text === text))
      expect(pageOf('Órdenes')).toBe(pageOf('GT:1'))
    }
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LaidPage, layOutPages } from './lay-out-pages.ts'
import { shareWidth } from './share-width.ts'
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
      parts: [
        { title: '', columns: records[0] ?? [], rows: records.slice(1) },
        { title: 'Facts', columns: [], rows: said },
      ],
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
    const key = `${place.part} ${place.row} ${place.column}`
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
        const list = (part: number, rows: readonly (readonly string[])[], from: number) =>
          rows.flatMap((row, at) =>
            row.map((text, column) => [`${part} ${at + from} ${column}`, squeeze(text)] as const),
          )
        const expected = [...list(0, records, 0), ...list(1, said, 1)]
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
        if (place?.part === 0) pagesOf.set(place.row, (pagesOf.get(place.row) ?? new Set()).add(page))
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

  it('keeps the title of a part with the line below it', () => {
    for (let rows = 30; rows < 75; rows++) {
      const pages = layOut(
        Array.from({ length: rows }, () => ['a', 'b']),
        [['GT:1', 'abierto']],
      )
      const pageOf = (text: string): number => pages.findIndex(({ texts }) => texts.some((each) => each.text === text))
      expect(pageOf('Facts')).toBe(pageOf('GT:1'))
    }
  })

  it('begins with the title, and has it again on each page', () => {
    const pages = layOut(
      Array.from({ length: 200 }, () => ['a', 'b']),
      [],
    )
    expect(pages.map(({ texts }) => texts[0]?.text)).toEqual(pages.map(() => 'Casos'))
    expect(new Set(pages.map(({ texts }) => texts[0]?.size)).size).toBe(2)
  })
})

describe('a picture', () => {
  it('stands after who asked and who answered, whole and within the margins, with nothing over it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4_000 }),
        fc.integer({ min: 1, max: 4_000 }),
        facts,
        (width, height, said) => {
          const part = (title: string) => ({ title, columns: [], rows: said })
          const words = { title: 'Red', language: 'es', foot: 'H0', wordPage: (page: number) => `${page}` }
          const parts = [part(''), part('Answered'), part('Table')]
          const pages = layOutPages({ ...words, parts, picture: { width, height } }, measure)
          const [page, ...others] = pages.filter(({ picture }) => picture !== null)
          expect(others).toEqual([])
          const box = page?.picture ?? expect.fail()
          expect(box.width / box.height).toBeCloseTo(width / height, 3)
          expect(box.x + box.width).toBeLessThan((page?.width ?? 0) - 39)
          const over = page?.texts.filter(({ text, y }) => text !== '' && y > box.y && y < box.y + box.height)
          expect(over).toEqual([])
        },
      ),
    )
  })
})

describe('shareWidth', () => {
  it('gives each column the room of its longest word where the page is too narrow for all, so that no title is cut', () => {
    const table = [
      ['Presentado', 'Delitos', 'Lugar'],
      ['2024', 'Comercio, tráfico y almacenamiento ilícito de sustancias '.repeat(3), 'Jutiapa (GT-22)'],
    ]
    const widths = shareWidth(table, 300, (text) => text.length * 5)
    expect(widths[0]).toBeGreaterThanOrEqual('Presentado'.length * 5)
    expect(widths[2]).toBeGreaterThanOrEqual('(GT-22)'.length * 5)
    expect(widths.reduce((sum, each) => sum + each, 0)).toBeCloseTo(300)
  })
})

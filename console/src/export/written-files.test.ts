import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FileWording, loadMaker } from './load-maker.ts'
import { type ExportColumn, listCells, listFacts, writeCsv, writeRecords } from './table-export.ts'
import { parseCsv, readAttached, readXlsx, unzipParts } from './testing.ts'

const FORMATS = ['csv', 'xlsx', 'pdf'] as const
type Row = readonly (string | number)[]

const COLUMNS: readonly ExportColumn<Row>[] = [0, 1, 2].map((at) => ({
  title: `Título ${at}`,
  value: (row: Row) => row[at],
}))
const FRAME = { facts: [['Sal', '-bcdefghijklmnopqrstuv'] as const, ['Consulta', '0195f3a0'] as const] }

const WORDS: FileWording = {
  ...{ foot: 'Manejo: H1', answered: 'Quién respondió', verify: 'Cómo verificarlo', sheet: 'Qué se preguntó' },
  ...{ page: (page) => `Página ${page}`, day: (day) => day, atLeast: (number) => `${number} o más`, language: 'es' },
}

/** Makes a file, and reads its rows: titles, records, an empty one, and what the file says besides. */
async function makeAndRead(format: (typeof FORMATS)[number], rows: readonly Row[]) {
  const file = await (await loadMaker(format))({ title: 'Casos', columns: COLUMNS, rows, frame: FRAME, words: WORDS })
  const bytes = new Uint8Array(await file.arrayBuffer())
  if (format === 'xlsx') return [...readXlsx(bytes), [], ...readXlsx(bytes, 2)]
  const csv = format === 'csv' ? Buffer.from(bytes).toString('utf8') : await readAttached(bytes)
  expect(csv).toBe(writeCsv(writeRecords(COLUMNS, rows), FRAME))
  return parseCsv(csv.slice(1))
}

/** Without the empty cells at its end, which a file may leave out. */
function trim(row: readonly string[]): readonly string[] {
  return row.slice(0, row.findLastIndex((cell) => cell !== '') + 1)
}

describe.each(FORMATS)('an exported file of the form %s', (format) => {
  const cell = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ unit: fc.constantFrom('=', "'", '"', ',', ' ', '<', '&', 'ñ', 'ć', '\r', '\n', '\ud800', '(', '\\') }),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  )

  it('has texts that are names of members of each object', async () => {
    const rows = ['__proto__', 'constructor', 'toString'].map((name) => ['GT:1', name, name] as const)
    const read = await makeAndRead(format, rows)
    expect(read.slice(1, 4).map(([, second]) => second)).toEqual(["'__proto__", "'constructor", "'toString"])
  })

  it('gives back each cell and what it says besides', async () => {
    const tables = fc.array(fc.tuple(fc.constantFrom('GT:1', 'HN:2'), cell, cell), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(tables, async (rows) => {
        const read = await makeAndRead(format, rows)
        expect(read.map(trim)).toEqual([...listCells(COLUMNS, rows), [], ...listFacts(FRAME)].map(trim))
      }),
      { numRuns: format === 'pdf' ? 15 : 25 },
    )
  })
})

describe('a workbook', () => {
  it('has its days as days and its numbers as numbers, in a sheet for each part, and says in another what was asked', async () => {
    const part = {
      title: 'Casos: 2/3',
      columns: ['Presentado', 'Casos', 'Código'],
      rows: [['2024-02-29', 7, '2024-02-31']],
    }
    const file = { title: 'Casos', columns: COLUMNS, rows: [], parts: [part, part], frame: FRAME, words: WORDS }
    const bytes = new Uint8Array(await (await (await loadMaker('xlsx'))(file)).arrayBuffer())
    // 29 February 2024 as spreadsheets count days; the other is in no calendar.
    expect(readXlsx(bytes)).toEqual([
      ['Presentado', 'Casos', 'Código'],
      ['45351', '7', '2024-02-31'],
    ])
    const names = [...(unzipParts(bytes).get('xl/workbook.xml') ?? '').matchAll(/<sheet [^>]*?name="([^"]+)"/g)]
    expect(names.map(([, name]) => name)).toEqual(['Casos  2 3', 'Casos  2 3 2', 'Qué se preguntó'])
  })
})

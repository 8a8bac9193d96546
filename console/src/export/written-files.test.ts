import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadMaker } from './load-maker.ts'
import { type ExportColumn, listCells, listFacts, writeCsv, writeRecords } from './table-export.ts'
import { parseCsv, readAttached, readXlsx } from './testing.ts'

const FORMATS = ['csv', 'xlsx', 'pdf'] as const
type Row = readonly (string | number)[]

const COLUMNS: readonly ExportColumn<Row>[] = [0, 1, 2].map((at) => ({
  title: `Título ${at}`,
  value: (row: Row) => row[at],
}))
const FRAME = { facts: [['Sal', '-bcdefghijklmnopqrstuv'] as const, ['Consulta', '0195f3a0'] as const] }

/** Makes a file, and reads its rows: titles, records, an empty one, and what the file says besides. */
async function makeAndRead(format: (typeof FORMATS)[number], rows: readonly Row[]) {
  const words = { title: 'Casos', foot: 'Manejo: H1', wordPage: (page: number) => `Página ${page}`, language: 'es' }
  const file = await (await loadMaker(format))({ columns: COLUMNS, rows, frame: FRAME, ...words })
  const bytes = new Uint8Array(await file.arrayBuffer())
  if (format === 'xlsx') return readXlsx(bytes)
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

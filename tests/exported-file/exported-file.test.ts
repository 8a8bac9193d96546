/** What the console exports, as `istmo audit check-file` reads it: the console's own writers, and the command on a log. */
import { hash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync, inflateSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { idAt, refOf } from '../../audit/index/testing.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { parseTlogProof } from '../../audit/note/tlog-proof.ts'
import { readExportedFile } from '../../cli/audit/exported-file/read-exported-file.ts'
import { loadMaker } from '../../console/src/export/load-maker.ts'
import { writePdf } from '../../console/src/export/pdf/write-pdf.ts'
import { type ExportColumn, listCells, writeCsv, writeRecords } from '../../console/src/export/table-export.ts'
import { FILE_LABELS } from '../../contract/exported-file.ts'
import { auditHere } from '../audit-cli/istmo.ts'
import { writeLog, writePolicy } from '../audit-cli/logs.ts'

const FORMATS = ['csv', 'xlsx', 'pdf'] as const
type Row = readonly (string | number)[]

const ENTRY = idAt(Date.parse('2026-11-28T01:00:00Z'), 1)
const REQUESTS = [2, 3].map((at) => idAt(Date.parse('2026-11-28T01:00:00Z'), at))
const columnsOf = (count: number): readonly ExportColumn<Row>[] =>
  Array.from({ length: count }, (_, at) => ({ title: `Título ${at}`, value: (row: Row) => row[at] }))

const digestOf = (rows: readonly Row[], columns: readonly ExportColumn<Row>[], salt: string): string =>
  hash('sha256', `${salt}\n${writeRecords(columns, rows)}`, 'base64url')

const frameOf = (digest: string, salt: string) => ({
  facts: [
    ['Exportado de Istmo', 'Completo'],
    // Names of task forces that look like a salt and like a digest.
    ['Mandato', 'jtf-2026-03-operacion1'],
    ['Mandato', 'jtf-2026-03-operacion1-jtf-2026-04-operacion'.slice(0, 43)],
    ['Mandato', REQUESTS[0] ?? ''],
    ...REQUESTS.map((id) => ['Identificadores en el registro de auditoría', id] as const),
    ['Asiento de esta exportación', `${ENTRY}, índice 0, en el registro de auditoría de https://authority.mp.gob.gt`],
    ['Sal del resumen', salt],
    [FILE_LABELS.digest.es, digest],
    ['Cómo verificarlo: con cada identificador…', ''],
  ] as readonly (readonly [string, string])[],
})

const SALT = 'abcdefghijklmnopqrstuv'

async function make(
  format: (typeof FORMATS)[number],
  rows: readonly Row[],
  { columns = columnsOf(rows[0]?.length ?? 1), salt = SALT } = {},
): Promise<Buffer> {
  const maker = await loadMaker(format)
  const frame = frameOf(digestOf(rows, columns, salt), salt)
  const words = { title: 'Casos', foot: 'Manejo: H1', wordPage: (page: number) => `Página ${page}`, language: 'es' }
  return Buffer.from(await (await maker({ columns, rows, frame, ...words })).arrayBuffer())
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
    const read = readExportedFile(await make(format, rows))
    expect(read.cells.slice(1).map(([, second]) => second)).toEqual(["'__proto__", "'constructor", "'toString"])
    expect(read.digest).toBe(digestOf(rows, columnsOf(3), SALT))
  })

  it('gives back each cell, the digest and the ids', async () => {
    const tables = fc.array(fc.tuple(fc.constantFrom('GT:1', 'HN:2'), cell, cell), { maxLength: 8 })
    const salts = fc.constantFrom(SALT, `-${SALT.slice(1)}`, `_${SALT.slice(1)}`)
    await fc.assert(
      fc.asyncProperty(tables, salts, async (rows, salt) => {
        const columns = columnsOf(3)
        const read = readExportedFile(await make(format, rows, { columns, salt }))
        expect(read.cells).toEqual(listCells(columns, rows))
        expect(read).toMatchObject({ format, rows: rows.length, differs: null, requests: REQUESTS, entries: [ENTRY] })
        expect(read.digest).toBe(digestOf(rows, columns, salt))
        expect(read.named).toBe(read.digest)
      }),
      { numRuns: format === 'pdf' ? 15 : 25 },
    )
  })

  it('is refused if it is cut, and says so', async () => {
    const file = await make(format, [['GT:1', 'Erick']])
    expect(() => readExportedFile(file.subarray(0, file.length / 2))).toThrow(/expected/)
  })
})

describe('a PDF file', () => {
  const rows = Array.from({ length: 90 }, (_, at): Row => [`GT:${at}`, `Ana Ñáñez ${at} ${'y más '.repeat(at % 40)}`])

  it('of several pages holds', async () => {
    const read = readExportedFile(await make('pdf', rows))
    expect([read.rows, read.differs]).toEqual([90, null])
  })

  it('is found out if its pages show another name than the attached table', async () => {
    const columns = columnsOf(2)
    const frame = frameOf(digestOf(rows, columns, SALT), SALT)
    const records = listCells(columns, rows).map((cells, at) => (at === 41 ? [cells[0] ?? '', 'Otra persona'] : cells))
    const csv = writeCsv(writeRecords(columns, rows), frame)
    const content = { title: 'Casos', foot: '', language: 'es', facts: frame.facts, wordPage: () => '' }
    const file = await writePdf({ ...content, records, csv })
    const { differs } = readExportedFile(Buffer.from(await file.arrayBuffer()))
    expect(differs).toMatch(/^row 42, cell 2: expected «AnaÑáñez40.*; the page shows «Otrapersona»$/)
  })

  /** Replaces the content of the first page, and puts the lengths and places of the file right. */
  async function replacePage(change: (content: string) => string): Promise<Buffer> {
    const text = (await make('pdf', [['GT:1', 'Erick Ramírez']])).toString('latin1')
    for (const found of text.matchAll(/(\d+) 0 obj\n<<[^>]*?\/Length (\d+)[^>]*>>\nstream\n/g)) {
      const start = found.index + found[0].length
      const content = inflateSync(Buffer.from(text.slice(start, start + Number(found[2])), 'latin1')).toString('latin1')
      if (!content.includes(' Tj')) continue
      const next = deflateSync(Buffer.from(change(content), 'latin1')).toString('latin1')
      const head = found[0].replace(`/Length ${found[2]}`, `/Length ${next.length}`)
      const whole = text.slice(0, found.index) + head + next + text.slice(start + Number(found[2]))
      return Buffer.from(placeAgain(whole), 'latin1')
    }
    throw new Error('expected a page; came none')
  }

  it.each<[string, (content: string) => string, RegExp]>([
    ['white text over it', (content) => `${content}\n1 1 1 rg`, /the color 1 1 1/],
    ['text without a mark', (content) => `${content}\nBT <41> Tj ET`, /text that is of no cell/],
    ['a picture', (content) => `${content}\n/Image Do`, /the operator Do/],
    [
      'other text among the cells',
      (content) => `${content}\n/Artifact BMC BT 1 0 0 1 60 760 Tm <41> Tj ET EMC`,
      /among the cells/,
    ],
    [
      'a cell off the page',
      (content) => content.replace(/1 0 0 1 [\d.]+ ([\d.]+ Tm\n<45)/, '1 0 0 1 590 $1'),
      /beside its column/,
    ],
    [
      'a cell moved away from its row',
      (content) => content.replace(/(1 0 0 1 [\d.]+) [\d.]+ (Tm\n<45)/, '$1 41 $2'),
      /out of its row/,
    ],
    ['tiny letters', (content) => content.replace(' 8.5 Tf', ' 0.1 Tf'), /letters of the size/],
    ['text in another form', (content) => `${content}\n/Artifact BMC (A) Tj EMC`, /the text/],
  ])('with %s is refused', async (_, change, message) => {
    const file = await replacePage(change)
    let problem = ''
    try {
      problem = readExportedFile(file).differs ?? ''
    } catch (error) {
      problem = (error as Error).message
    }
    expect(problem).toMatch(message)
  })

  it('that was changed and is otherwise whole is read, so that the tests above test what they say', async () => {
    expect(readExportedFile(await replacePage((content) => content)).differs).toBeNull()
  })

  it.each<[string, (text: string) => string, RegExp]>([
    [
      'something added at its end',
      (text) => `${text}\n9 0 obj\n<< >>\nendobj\n%%EOF`,
      /expected a PDF file as the console/,
    ],
    [
      'another table of objects',
      (text) => text.replace(/(\d{9})(\d)( 00000 n)/, (_, a, b, c) => `${a}${(Number(b) + 1) % 10}${c}`),
      /another place of the object/,
    ],
    [
      'notes',
      (text) => placeAgain(text.replace('/Type /Catalog', '/Type /Catalog /AcroForm 1 0 R')),
      /pictures, notes, forms/,
    ],
  ])('with %s is refused', async (_, change, message) => {
    const text = (await make('pdf', [['GT:1', 'Erick']])).toString('latin1')
    expect(change(text)).not.toBe(text)
    expect(() => readExportedFile(Buffer.from(change(text), 'latin1'))).toThrow(message)
  })
})

/** Writes the table of objects again, as a program does that alters a file well. */
function placeAgain(text: string): string {
  const table = text.lastIndexOf('\nxref') + 1
  const places = new Map(
    [...text.slice(0, table).matchAll(/(\d+) 0 obj\n/g)].map(({ 1: number, index }) => [Number(number), index]),
  )
  let number = -1
  const lines = text
    .slice(table)
    .split('\n')
    .map((line) => {
      const first = /^(\d+) \d+$/.exec(line.trim())
      if (first !== null && number < 0) number = Number(first[1])
      if (!/^\d{10} \d{5} [nf]/.test(line)) return line
      const place = places.get(number)
      number++
      return place === undefined ? line : line.replace(/^\d{10}/, String(place).padStart(10, '0'))
    })
  return text.slice(0, table) + lines.join('\n').replace(/startxref\n\d+/, `startxref\n${table}`)
}

describe('istmo audit check-file', () => {
  const rows: readonly Row[] = [
    ['GT:1', 'Erick Ramírez'],
    ['HN:2', 'Ana Zúñiga'],
  ]
  let folder: string
  const check = (...args: string[]) => auditHere(['check-file', ...args], folder)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'istmo-exported-'))
    const key = generateSignerKey('authority.mp.gob.gt/log', SIGNATURE_TYPES.ed25519)
    const signer = parseSignerKey(key)
    const entryOf = (format: string, id: string) => ({
      ...{ v: 1, kind: 'export', id, time: '2026-11-28T01:00:00.000Z', origin: 'authority.mp.gob.gt/log' },
      ...{ officer: refOf(1), grant: 'g', client: 'console', gateway: 'istmo', mandate: 'm'.repeat(43) },
      ...{ requests: REQUESTS, format, rows: rows.length, digest: digestOf(rows, columnsOf(2), SALT) },
    })
    const other = idAt(Date.parse('2026-11-28T01:00:00Z'), 9)
    const ids = [...FORMATS.map((format) => [format, ENTRY] as const), ['pdf', other] as const]
    const proofs = await Promise.all(
      ids.map(([format, id], at) => writeLog(join(folder, `log-${at}`), signer, [entryOf(format, id)])),
    )
    await writePolicy(folder, [signer])
    for (const [at, place] of proofs.entries()) {
      void place
      await auditHere(['prove', '0', '--log', `log-${at}`, '--policy', 'policy', '--out', `${at}.tlog-proof`], folder)
    }
    for (const format of FORMATS) await writeFile(join(folder, `file.${format}`), await make(format, rows))
    const changed = rows.map(([id, name], at): Row => [id ?? '', at === 1 ? 'Ana Zúniga' : (name ?? '')])
    for (const format of FORMATS) await writeFile(join(folder, `changed.${format}`), await make(format, changed))
  })
  afterAll(() => rm(folder, { recursive: true }))

  it.each(FORMATS)('says of a file of %s that it holds', async (format) => {
    const proof = `${FORMATS.indexOf(format)}.tlog-proof`
    const { code, stdout } = await check(`file.${format}`, '--proof', proof, '--policy', 'policy')
    expect(stdout).toMatch(/2 records of 2 requests, digest [\w-]{43}\n[\s\S]*HOLDS/)
    expect(code).toBe(0)
  })

  it.each(FORMATS)('finds one changed letter in a file of %s that agrees with itself', async (format) => {
    const proof = `${FORMATS.indexOf(format)}.tlog-proof`
    const { code, stdout } = await check(`changed.${format}`, '--proof', proof, '--policy', 'policy')
    expect(stdout).toMatch(/the digest of entry .*expected .*\nDOES NOT HOLD/)
    expect(code).toBe(1)
  })

  it('cannot tell without the entry, and says what is missing', async () => {
    const { code, stderr, stdout } = await check('changed.pdf')
    expect(code).toBe(2)
    expect(stderr).toContain('istmo audit prove ENTRY')
    expect(stdout).toContain(`names the entry ${ENTRY}`)
  })

  it('does not believe an entry of the authority in the log of somebody else', async () => {
    const stranger = parseSignerKey(generateSignerKey('stranger.example/log', SIGNATURE_TYPES.ed25519))
    const { extra } = parseTlogProof(await readFile(join(folder, '0.tlog-proof'), 'utf8'))
    await writeLog(join(folder, 'stranger'), stranger, [JSON.parse(Buffer.from(extra ?? []).toString('utf8'))])
    await writePolicy(folder, [stranger], [], 'stranger-policy')
    const policy = ['--policy', 'stranger-policy']
    await auditHere(['prove', '0', '--log', 'stranger', ...policy, '--out', 'stranger.tlog-proof'], folder)
    const { code, stdout } = await check('file.csv', '--proof', 'stranger.tlog-proof', ...policy)
    expect(stdout).toContain('expected an entry of the log authority.mp.gob.gt/log, came one of stranger.example/log')
    expect(code).toBe(1)
  })

  it('refuses the entry of another export, a policy that is missing and a file of something else', async () => {
    const other = await check('file.pdf', '--proof', '3.tlog-proof', '--policy', 'policy')
    expect([other.code, other.stdout]).toEqual([
      1,
      expect.stringContaining('the entries that the file names: expected'),
    ])
    const form = await check('file.pdf', '--proof', '0.tlog-proof', '--policy', 'policy')
    expect([form.code, form.stdout]).toEqual([1, expect.stringMatching(/the form in entry .*: expected pdf, came csv/)])
    const noPolicy = await check('file.pdf', '--proof', '0.tlog-proof')
    expect([noPolicy.code, noPolicy.stderr]).toEqual([2, expect.stringContaining('expected --policy with --proof')])
    const policy = await check('policy')
    expect([policy.code, policy.stderr]).toEqual([
      2,
      expect.stringMatching(/policy: expected CSV with a mark of UTF-8/),
    ])
  })
})

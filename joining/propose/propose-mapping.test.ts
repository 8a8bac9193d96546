import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { foldText } from '../mapping/read-text.ts'
import { quoteName } from '../sources/databases.ts'
import type { SourceKey } from '../sources/source.ts'
import { guessCsvForm } from './profile.ts'
import { guessNationality } from './propose-mapping.ts'
import { faultsOf, file, foreign, type MadeTable, primary, propose, texts } from './testing.ts'

const NAMES = ['Ana', 'Luis', 'María José', 'Ñuflo', 'Óscar', 'Rosa', 'Eva', 'Iván', 'Sara', 'Noé', 'Inés', 'Hugo']
const OLD: readonly MadeTable[] = [
  {
    name: 'expediente',
    columns: { num_expediente: 'text', c2: 'text', c3: 'text', c4: 'text', fec_modificacion: 'time', vacia: 'text' },
    keys: [primary('num_expediente')],
    rows: NAMES.map((_, index) => [
      `${index}-2024`,
      `${14 + index}/03/2024`,
      index % 2 ? 'TR' : 'FE',
      index % 2 ? 'S' : 'N',
      '2024-03-14 10:00:00',
      null,
    ]),
  },
  {
    name: 'interviniente',
    columns: { id_interviniente: 'number', exp: 'text', id_persona: 'number', c4: 'text' },
    keys: [
      primary('id_interviniente'),
      foreign('exp', 'expediente', 'num_expediente'),
      foreign('id_persona', 'persona'),
    ],
    rows: NAMES.map((_, index) => [String(index), `${index}-2024`, String(index), index % 2 ? 'TESTIGO' : 'VICTIMA']),
  },
  {
    name: 'persona',
    columns: { id_persona: 'number', nombre: 'text', c3: 'date', c4: 'text', c5: 'text', foto: 'binary' },
    keys: [primary('id_persona')],
    rows: NAMES.map((name, index) => [
      String(index),
      name,
      index === 0 ? '2015-05-05' : `19${70 + index}-02-03`,
      index % 2 ? 'M' : 'F',
      `Calle ${index}`,
      'ff',
    ]),
  },
]

const code = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trimEnd())
    .filter((line) => line !== '')

describe('an old database', () => {
  it('is proposed by its keys and values, whatever its columns are called', async () => {
    const { text } = await propose(OLD)
    expect(code(text)).toEqual([
      'country: NI',
      'source: { sql: "postgres://reader@old/sisej", passwordFile: old.password }',
      'provenance:',
      '  agency: { value: TODO }',
      '  handling: [TODO]',
      '  sharedWith: TODO',
      'TODO expediente:',
      '  from: expediente',
      '  id: num_expediente',
      '  TODO c2: { column: c2, format: "DD/MM/YYYY" }',
      '  status: { column: c3, values: { FE: ADJUDICATED, TR: OPEN } }',
      '  TODO c4: { column: c4, values: { "N": false, S: true } }',
      '  TODO fec_modificacion: fec_modificacion',
      'TODO interviniente:',
      '  from: interviniente',
      '  id: id_interviniente',
      '  TODO exp: exp',
      '  TODO id_persona: id_persona',
      '  role: { column: c4, values: { TESTIGO: WITNESS, VICTIMA: VICTIM } }',
      'TODO persona:',
      '  from: persona',
      '  id: id_persona',
      '  TODO nombre: nombre',
      '  TODO c3: c3',
      '  sex: { column: c4, values: { F: F, M: M } }',
      '  TODO c5: c5',
    ])
    expect(faultsOf(text)).toEqual([])
  })

  it('says what the columns hold, which tables they name, and how much is to decide', async () => {
    const { text, todos } = await propose(OLD)
    expect(text).toContain('TODO expediente: # 12 rows\n')
    expect(text).toContain('TODO c2: { column: c2, format: "DD/MM/YYYY" } # days from 2024-03-14 to 2024-03-25\n')
    expect(text).toContain('# since: if one of these says when a row changed')
    expect(text).toContain('  # vacia: empty in each row\n')
    expect(text).toContain('  # foto: bytes, not text\n')
    expect(text).toContain('TODO exp: exp # names a row of expediente by num_expediente\n')
    expect(text).toContain('# guessed from the values: cases.participants.role\n')
    expect(text).toMatch(/^# Times that say no zone are read as times of America\/Managua\. .*write zone: UTC\.$/m)
    expect(todos).toBe(14)
  })

  it('says how many days are of minors, if the others can be births', async () => {
    const { text } = await propose(OLD)
    expect(text).toContain('TODO c3: c3 # days from 1971-02-03 to 2015-05-05; days of less than 18 years ago: 1.')
    // A register of cases has new days only.
    expect(text).not.toMatch(/c2: .*18 years/)
  })

  it('has no name, number or address of a person', async () => {
    const { text } = await propose(OLD)
    for (const value of [...NAMES, 'Calle', '0-2024']) expect(text).not.toContain(value)
  })

  it('has no values that stand in few rows each, as the names of a small table do', async () => {
    const rows = [...NAMES, ...NAMES].map((name, index) => [`C${index}`, name])
    const { text } = await propose([{ name: 'casos.csv', columns: texts('numero estado'), rows }], { place: file() })
    for (const name of NAMES) expect(text).not.toContain(name)
  })

  it('has no values of a table with a few rows', async () => {
    const rows = Array.from({ length: 9 }, () => ['Zelaya'])
    const { text } = await propose([{ name: 'x.csv', columns: texts('c'), rows }], { place: file() })
    expect(text).not.toContain('Zelaya')
  })

  it('speaks Spanish, with the same keys', async () => {
    const [english, spanish] = [await propose(OLD), await propose(OLD, { language: 'es' })]
    expect(code(spanish.text)).toEqual(code(english.text))
    expect(spanish.text).toContain('# supuesto por los valores: cases.status')
  })

  it('whose keys have several columns is proposed with templates', async () => {
    const key = (columns: string, table: string, others = columns): SourceKey => ({
      kind: 'FOREIGN',
      columns: columns.split(' '),
      references: { table, columns: others.split(' ') },
    })
    const { text } = await propose([
      {
        name: 'denuncia',
        columns: texts('anio nro detalle'),
        keys: [primary('anio', 'nro')],
        rows: [['2020', '1', 'x']],
      },
      {
        name: 'denunciado',
        columns: texts('an_den nro_den calidad'),
        keys: [key('an_den nro_den', 'denuncia', 'anio nro')],
        rows: [['2020', '1', 'y']],
      },
    ])
    expect(text).toContain('  id: { template: "{anio}-{nro}" } # the key of the catalog has several columns\n')
    expect(text).toContain(
      '  TODO denuncia: { template: "{an_den}-{nro_den}" } # names a row of denuncia by anio, nro\n',
    )
    expect(text).toContain('  # in keys above: an_den, nro_den\n')
    expect(faultsOf(text)).toEqual([])
  })

  it('writes names as the source’s SQL takes them', () => {
    expect(quoteName('public.Caso', 'postgres://x')).toBe('public."Caso"')
    expect(quoteName('Caso', 'sqlserver://x')).toBe('Caso')
    expect(quoteName('año', 'mysql://x')).toBe('`año`')
  })
})

describe('one file', () => {
  const column = (values: readonly (string | null)[]) =>
    propose([{ name: 'x.csv', columns: texts('n c'), rows: values.map((value, at) => [`C${at}`, value]) }], {
      place: file(),
    })

  it('has the first column as its id in which each row has its own value', async () => {
    const { text } = await column(['a', 'a'])
    expect(text).toContain('  id: "n" # each row has its own value\n')
  })

  it('finds a value that comes back after thousands of rows', async () => {
    const values = Array.from({ length: 6_000 }, (_, at) => `E-${at}`)
    const rows = [...values, 'E-0'].map((value) => [value])
    const { text } = await propose([{ name: 'x.csv', columns: texts('n'), rows }], { place: file() })
    expect(text).toContain('  id: TODO # no column has its own value in each row')
    expect(text).toContain('TODO x.csv: # 6,001 rows\n')
  })

  it('says which ids have another form', async () => {
    const rows = [...Array.from({ length: 39 }, (_, at) => [`${at}-2024`]), ['Total: 39']]
    const { text } = await propose([{ name: 'x.csv', columns: texts('n'), rows }], { place: file() })
    expect(text).toContain('rows with another form, such as the line of a total: 1. pattern: "^(?<id>\\\\d+-\\\\d+)$"')
  })

  it.each([
    ['placeholders', ['a', 'b', 'c', 'S/D', 'S/D', 'SIN CEDULA'], '# texts; placeholders: "S/D" 2, "SIN CEDULA" 1.'],
    ['texts in a wrong encoding', ['MuÃ±oz', 'b', 'c'], '# texts; texts such as «MuÃ±oz», read in a wrong encoding: 1'],
    [
      'days that a form filled in',
      ['1900-01-01', '2024-01-02', '2024-01-03'],
      '; rows with a day that a form filled in, such as 1900-01-01: 1',
    ],
  ])('has %s told', async (_, values, said) => {
    expect((await column(values)).text).toContain(said)
  })

  it('has countries named, by their names or by what people of them are called', async () => {
    const repeated = (values: readonly string[]) =>
      Array.from({ length: 20 }, (_, at) => values[at % values.length] ?? '')
    expect((await column(repeated(['Honduras', 'El Salvador']))).text).toContain(
      '{ column: c, countries: es } # countries',
    )
    expect((await column(repeated(['hondureña', 'salvadoreño']))).text).toContain(
      '{ column: c, values: { hondureña: HN, salvadoreño: SV } }',
    )
    expect(guessNationality(foldText('Panameño'))).toBe('PA')
  })

  it('whose values are words of two fields leaves the field to a person', async () => {
    const { text } = await column(Array.from({ length: 10 }, () => 'IMPUTADO'))
    expect(text).toContain('TODO c: { column: c, values: { IMPUTADO: TODO } }')
  })

  it('whose dates do not tell day and month apart leaves it to a person', async () => {
    const { text } = await column(['01/02/2024', '03/04/2024'])
    expect(text).toContain('TODO c: { column: c, format: TODO } # DD/MM/YYYY / MM/DD/YYYY')
  })

  it('whose dates have a few that do not exist says how many', async () => {
    const { text } = await column(['14/03/2024', '15/03/2024', '31/02/2024', '16/03/2024', null])
    expect(text).toContain(
      'format: "DD/MM/YYYY" } # days from 2024-03-14 to 2024-03-16; rows without such a day, which will be refused: 1.',
    )
  })

  it.each([
    ['several forms', ['14/03/2024', '2024-03-15', '16 mar 24', '2024.03.17', '18-03-24']],
    ['a form that is not known', ['T1/2024', 'T2/2024', 'T3/2024', 'T4/2024', 'T1/2025']],
  ])('whose dates have %s leaves the form to a person, and says why', async (_name, days) => {
    const { text } = await column(days)
    expect(text).toContain('TODO c: { column: c, format: TODO } # these texts look like dates, in a form')
    expect(faultsOf(text)).toEqual([])
  })

  it('whose dates are mostly something else has no dates', async () => {
    expect((await column(['14/03/2024', 'x', 'y', 'z'])).text).toContain('TODO c: c # texts\n')
  })

  it('of a country with several zones asks for the zone, and says how it is written', async () => {
    const rows = [['Enero'], ['Enero']]
    const { text } = await propose([{ name: 'casos.csv', columns: texts('mes'), rows }], {
      country: 'MX',
      place: file(';'),
    })
    expect(text).toContain('zone: TODO')
    expect(text).toContain('source: { csv: { file: "x.csv", delimiter: ";" } }')
    expect(faultsOf(text)).toEqual([])
  })
})

describe('the form of a CSV file', () => {
  const latin = (text: string): Buffer => Buffer.from(text, 'latin1')
  it.each([
    ['UTF-8 with commas', Buffer.from('año,mes\n1,2\n'), { encoding: null, delimiter: ',' }],
    ['windows-1252 with semicolons', latin('año;mes\n1;2\n'), { encoding: 'windows-1252', delimiter: ';' }],
    ['tabs', Buffer.from('a\tb\n'), { encoding: null, delimiter: '\t' }],
    ['commas in quotes', Buffer.from('"a,b,c";d\n'), { encoding: null, delimiter: ';' }],
    ['UTF-16 with its mark', Buffer.from('\ufeffa;b\n', 'utf16le'), { encoding: null, delimiter: ';' }],
    ['one column', Buffer.from('a\n'), { encoding: null, delimiter: ',' }],
  ])('is guessed: %s', async (_, bytes, form) => {
    const path = join(await mkdtemp(join(tmpdir(), 'istmo-map-')), 'x.csv')
    await writeFile(path, bytes)
    expect(await guessCsvForm(path, { encoding: null, delimiter: null })).toEqual(form)
  })

  it('is not guessed if somebody said it', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'istmo-map-')), 'x.csv')
    await writeFile(path, 'a;b\n')
    expect(await guessCsvForm(path, { encoding: 'latin1', delimiter: '|' })).toEqual({
      encoding: 'latin1',
      delimiter: '|',
    })
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRowReader, findMissingColumns } from './row-reader.ts'
import { parseRight, personsMapping, readRow, STARTED_AT } from './testing.ts'

const SETTINGS = { startedAt: STARTED_AT, language: 'en' } as const

function openReader(text: string, at = 0) {
  const mapping = parseRight(text)
  const feed = mapping.feeds[at]
  if (feed === undefined) throw new Error('expected a feed')
  return createRowReader(mapping, feed, SETTINGS)
}

describe('the number of a row', () => {
  it('counts within its group, and a refused row takes one too', () => {
    const reader = openReader(
      'country: PA\nsource: { csv: { file: x } }\ncases:\n  id: { template: "H{y}-{#y}" }\n  handling: []\n  sharedWith: ["*"]\n  filedOn: d\n',
    )
    const ids = [
      ['2019', ''],
      ['2020', ''],
      ['2019', 'not a day'],
      ['2019', ''],
      [' 2020', ''],
    ].map(([y, d]) => {
      const read = reader.read({ y: y ?? '', d: d ?? '' })
      return 'refused' in read ? `refused ${read.refused.id}` : read.rows[0]?.values.id
    })
    expect(ids).toEqual(['PA:H2019-1', 'PA:H2020-1', 'refused PA:H2019-2', 'PA:H2019-3', 'PA:H2020-2'])
  })

  it('is that of a plain count, for any rows', () => {
    const group = fc.record({ a: fc.constantFrom('x', 'y'), b: fc.constantFrom('1', '2', '') })
    fc.assert(
      fc.property(fc.array(group), (rows) => {
        const reader = openReader(
          'country: PA\nsource: { csv: { file: x } }\ncases: { id: { template: "{#}.{#a}.{#a,b}" }, handling: [], sharedWith: ["*"] }\n',
        )
        for (const [index, row] of rows.entries()) {
          const before = rows.slice(0, index + 1)
          const inA = before.filter(({ a }) => a === row.a).length
          const inBoth = before.filter(({ a, b }) => a === row.a && b === row.b).length
          const read = reader.read(row)
          expect('rows' in read && read.rows[0]?.values.id).toBe(`PA:${index + 1}.${inA}.${inBoth}`)
        }
      }),
    )
  })
})

const PASSPORT =
  'identifiers:\n  - { category: { value: NATIONAL_ID }, value: ced }\n  - { category: { value: PASSPORT }, value: pas, issuedOn: d }'

describe('what hangs on a row', () => {
  it('is left out if the row has nothing of it', () => {
    const read = readRow(personsMapping(PASSPORT), { id: '1', ced: '001', pas: ' ', d: null })
    expect(Object.keys(read)).toEqual(['persons', 'persons.identifiers[0]'])
  })

  it('is recorded in its normal form, so that a search of another country finds it', () => {
    const phone = personsMapping('identifiers: { category: { value: TELEPHONE }, value: tel }')
    const read = (tel: string) => readRow(phone, { id: '1', tel })
    expect(read('5555-1234')).toHaveProperty(['persons.identifiers', 'value'], '+50555551234')
    expect(read('+502 5555 1234')).toHaveProperty(['persons.identifiers', 'value'], '+50255551234')
    expect(read('no tiene')).toHaveProperty(['persons.identifiers', 'value'], 'no tiene')
    expect(readRow(personsMapping(PASSPORT), { id: '1', ced: '001-x', pas: '', d: null })).toMatchObject({
      'persons.identifiers[0]': { value: '001-x' },
    })
  })

  it('is left out if the mapping makes its text empty, with whatever else the row says of it', () => {
    const value = (rule: string) =>
      `identifiers: { category: { column: k, values: { C: NATIONAL_ID } }, value: { ${rule} } }`
    const rules = [
      'column: ced, values: { SIN CEDULA: null }, else: keep',
      'column: ced, replace: { SIN CEDULA: "" }',
      'column: ced, pattern: "(?<n>[0-9]*)"',
    ]
    for (const rule of rules) {
      const mapping = personsMapping(value(rule))
      expect(Object.keys(readRow(mapping, { id: '1', k: 'C', ced: 'SIN CEDULA' }))).toEqual(['persons'])
      expect(readRow(mapping, { id: '1', k: 'C', ced: '001' })).toHaveProperty(['persons.identifiers', 'value'], '001')
      // The source, and not the mapping, has nothing here.
      expect(readRow(mapping, { id: '1', k: 'C', ced: '' })).toMatch(/^ced: value is required/)
    }
  })

  it('is left out in a table of its own too, but a part in a case without a role never is', () => {
    const documents = openReader(
      'country: NI\nsource: { csv: { file: x } }\npersons:\n  from: p.csv\n  id: id\n  handling: []\n  sharedWith: ["*"]\n' +
        '  identifiers: { from: d.csv, category: { value: OTHER }, value: { column: n, values: { S/N: null }, else: keep } }\n',
      1,
    )
    expect(documents.read({ id: '1', n: 'S/N' })).toEqual({ rows: [] })
    const parts = openReader(
      'country: NI\nsource: { csv: { file: x } }\ncases:\n  from: c.csv\n  id: id\n  handling: []\n  sharedWith: ["*"]\n' +
        '  participants: { from: i.csv, role: { column: r, values: { I: SUSPECT, MENOR: null } }, person: p }\n',
      1,
    )
    expect(parts.read({ id: '1', r: 'MENOR', p: '7' })).toHaveProperty('refused.column', 'r')
  })

  it('refuses the whole row if a part of it is missing: nothing is half', () => {
    const read = readRow(personsMapping(PASSPORT), { id: '1', ced: '001', pas: '', d: '2024-01-01' })
    expect(read).toBe('pas: value is required, and the source has nothing. Give a default, or correct the row')
  })

  it('is always there if it has no column of its own', () => {
    const read = readRow(personsMapping('names: { full: { value: "Desconocido" } }'), { id: '1' })
    expect(read).toMatchObject({ 'persons.names': { person_id: 'NI:1', full_name: 'Desconocido', category: 'LEGAL' } })
  })

  it('has no whole name from parts that a rule changes: the mapping must say it', () => {
    const given = (rule: string) => `names: { givenNames: { column: n1${rule} }, surnames: a1 }`
    for (const rule of [', values: { NN: null }, else: keep', ', replace: { NN: "" }', ', pattern: "(?<n>.+)"'])
      expect(() => personsMapping(given(rule))).toThrow(/names: expected full; it is missing/)
    expect(readRow(personsMapping(given(', split: " "')), { id: '1', n1: 'Ana Luz', a1: 'Paz' })).toMatchObject({
      'persons.names': { full_name: 'Ana Luz Paz', given_names: ['Ana', 'Luz'] },
    })
  })

  it('has the whole name from its parts, and the country where the mapping does not say it', () => {
    const keys =
      'names: { givenNames: { columns: [n1, n2] }, surnames: { columns: [a1, a2] } }\naddresses: { line: dir }'
    expect(
      readRow(personsMapping(keys), { id: '1', n1: 'Ana', n2: '', a1: 'Paz', a2: 'Núñez', dir: 'x' }),
    ).toMatchObject({
      'persons.names': { full_name: 'Ana Paz Núñez', given_names: ['Ana'], surnames: ['Paz', 'Núñez'] },
      'persons.addresses': { line: 'x', country: 'NI', person_id: 'NI:1' },
    })
  })
})

describe('a refusal', () => {
  it('names place, id, column, value and reason', () => {
    const reader = openReader(
      'country: NI\nsource: { csv: { file: x } }\npersons: { id: id, handling: [H1], sharedWith: ["*"], birthDate: { template: "{y}-{m}-{d}" } }\n',
    )
    expect(reader.read({ id: '7', y: '2024', m: '02', d: '30' })).toEqual({
      record: null,
      refused: {
        place: 'persons',
        id: 'NI:7',
        column: 'y | m | d',
        value: '2024 | 02 | 30',
        reason: 'expected a day that exists, as YYYY-MM-DD',
      },
    })
  })

  it('speaks Spanish too', () => {
    const mapping = personsMapping('sex: s')
    const [feed] = mapping.feeds
    const read = feed && createRowReader(mapping, feed, { ...SETTINGS, language: 'es' }).read({ id: '1', s: 'Q' })
    expect(read).toMatchObject({
      refused: { reason: 'se esperaba una de F, M, X, U. Escriba values: para las palabras de la fuente' },
    })
  })
})

it('says which columns a source lacks, and which it may mean', () => {
  const [feed] = personsMapping('birthDate: fec_nac\nsince: fec_mod').feeds
  const missing = feed && findMissingColumns(feed, ['id', 'FEC_NACIM', 'fec_mod'])
  expect(missing?.map(({ column, closest }) => [column, closest])).toEqual([['fec_nac', 'FEC_NACIM']])
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRowReader, findMissingColumns } from './row-reader.ts'
import { parseRight, personsMapping, readRow, STARTED_AT } from './testing.ts'

const SETTINGS = { startedAt: STARTED_AT, language: 'en' } as const

function openReader(text: string) {
  const mapping = parseRight(text)
  const [feed] = mapping.feeds
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

  it('refuses the whole row if a part of it is missing: nothing is half', () => {
    const read = readRow(personsMapping(PASSPORT), { id: '1', ced: '001', pas: '', d: '2024-01-01' })
    expect(read).toBe('pas: value is required, and the source has nothing. Give a default, or correct the row')
  })

  it('is always there if it has no column of its own', () => {
    const read = readRow(personsMapping('names: { full: { value: "Desconocido" } }'), { id: '1' })
    expect(read).toMatchObject({ 'persons.names': { person_id: 'NI:1', full_name: 'Desconocido', category: 'LEGAL' } })
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

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isRecordId, ownerOf } from '../../contract/record-id.ts'
import { COUNTRIES } from '../countries.ts'
import { ICCS_FACTS } from '../facts/facts.ts'
import type { Row } from '../importers/run-import.ts'
import { LAW_CARD } from '../law/statutes.ts'
import { generateCountry, writeCountry } from './generate-country.ts'
import { EXAMPLE_PERSON_ID } from './persons.ts'
import { createSettings, type GeneratorSettings } from './settings.ts'

const SMALL = { persons: 60, cases: 90 }

const GOLDEN = [
  'c58cfc9e70d06ed31af415ff4425bd73c0f93df33b985d04afcafbc03e298a40',
  '0c2109ac05348efffef3e6634e45a4ad31dc4afca5e13851480f7d436c93c908',
  '73726fb46bab37e45f2936602e6caa57ad84fff96ee49cf238aad21cc361d145',
]

type Rows = Readonly<Record<string, readonly Row[]>>

function collect(settings: GeneratorSettings): Rows {
  const all: Record<string, Row[]> = {}
  for (const { table, rows } of generateCountry(settings)) {
    all[table.name] ??= []
    all[table.name]?.push(...rows)
  }
  return all
}

function hash(settings: GeneratorSettings): string {
  const digest = createHash('sha256')
  for (const { table, rows } of writeCountry(settings)) digest.update(`${table.name} ${JSON.stringify(rows)}\n`)
  return digest.digest('hex')
}

const region: Readonly<Record<string, Rows>> = Object.fromEntries(
  ['GT', 'HN', 'SV'].map((country) => [country, collect(createSettings({ country }))]),
)

/** Returns a column of a table over the three countries; each value has the country of its row. */
function column(table: string, name: string): readonly { readonly country: string; readonly value: string }[] {
  return Object.entries(region).flatMap(([country, rows]) =>
    (rows[table] ?? []).flatMap((row) => {
      const value = row[name]
      return typeof value === 'string' ? [{ country, value }] : []
    }),
  )
}

function values(table: string, name: string): ReadonlySet<string> {
  return new Set(column(table, name).map(({ value }) => value))
}

describe('the same settings', () => {
  it('give the same bytes, today and on every machine', () => {
    const hashes = ['GT', 'HN', 'SV'].map((country) => hash(createSettings({ country, ...SMALL })))
    expect(hashes).toEqual(['GT', 'HN', 'SV'].map((country) => hash(createSettings({ country, ...SMALL }))))
    // Golden hashes: a change of the generator that changes rows must change them here.
    expect(hashes).toEqual(GOLDEN)
  })

  it('give the same bytes in whatever order the countries are named', () => {
    const turned = createSettings({ country: 'HN', countries: ['SV', 'HN', 'GT', 'HN'], ...SMALL })
    expect(hash(turned)).toBe(hash(createSettings({ country: 'HN', ...SMALL })))
  })

  it('give other bytes with another seed', () => {
    const other = createSettings({ country: 'GT', seed: 2027, ...SMALL })
    expect(hash(other)).not.toBe(hash(createSettings({ country: 'GT', ...SMALL })))
  })
})

it('makes the requested number of persons and cases, also zero', () => {
  expect(region.GT?.['persons.person']).toHaveLength(500)
  expect(region.GT?.['cases.case_file']).toHaveLength(1500)
  const none = collect(createSettings({ country: 'GT', persons: 0, cases: 0 }))
  expect(Object.keys(none)).toEqual(['legal.statute'])
  expect(collect(createSettings({ country: 'GT', persons: 0, cases: 5 }))['cases.case_file']).toHaveLength(5)
})

it('does not change a record when the settings ask for more records', () => {
  const few = collect(createSettings({ country: 'SV', persons: 100, cases: 60 }))
  const many = collect(createSettings({ country: 'SV', persons: 100, cases: 200 }))
  for (const [table, rows] of Object.entries(few)) {
    // A link may go to a case that did not exist before.
    if (table === 'cases.linked_case' || table === 'legal.mla_concern') continue
    expect(many[table]?.slice(0, rows.length)).toEqual(rows)
  }
  const files = collect(createSettings({ country: 'SV', persons: 300, cases: 60 }))['cases.case_file']
  expect(files).toEqual(few['cases.case_file'])
})

describe('every record', () => {
  const tables = ['cases.case_file', 'cases.warrant', 'persons.person', 'persons.associate', 'legal.mla_request']
  it.each(tables)('of %s says that it is made up', (table) => {
    for (const rows of Object.values(region)) {
      expect(rows[table]?.length).toBeGreaterThan(0)
      expect(rows[table]?.every((row) => row.synthetic === true)).toBe(true)
    }
  })

  it('has a unique id of its own country', () => {
    for (const table of ['cases.case_file', 'cases.warrant', 'persons.person', 'legal.mla_request', 'legal.statute']) {
      const ids = column(table, 'id')
      expect(ids.every(({ country, value }) => isRecordId(value) && ownerOf(value) === country)).toBe(true)
      expect(new Set(ids.map(({ value }) => value)).size).toBe(ids.length)
    }
  })

  it('has ids in its country’s style', () => {
    expect(region.GT?.['cases.case_file']?.[2]?.id).toBe('GT:MP001-2024-3')
    expect(region.HN?.['cases.case_file']?.[4]?.id).toBe('HN:0501-2023-00005')
    expect(region.SV?.['cases.case_file']?.[2]?.id).toBe('SV:3-UF-SS-2024')
    expect(region.HN?.['persons.person']?.[76]?.id).toBe('HN:P-000077')
    expect([...values('legal.statute', 'id')]).toEqual(expect.arrayContaining(['GT:CP:123', 'GT:D48-92:38']))
  })

  it('has the case number, the subdivision and the court of one and the same town', () => {
    for (const [country, rows] of Object.entries(region)) {
      for (const { id, subdivision, court } of rows['cases.case_file'] ?? []) {
        const places = COUNTRIES.get(country)?.made?.places?.filter(({ code }) => code === subdivision) ?? []
        expect(places).toHaveLength(1)
        expect(id).toContain(places[0]?.office)
        if (/^(Juzgado|Tribunal)/.test(String(court))) expect(court).toContain(places[0]?.town)
      }
    }
  })

  it('names ICCS codes that the project knows, and statutes that exist', () => {
    const known = new Set(ICCS_FACTS.map(({ code }) => code))
    expect([...values('cases.offence', 'iccs')].filter((code) => !known.has(code))).toEqual([])
    const statutes = values('legal.statute', 'id')
    expect([...values('cases.offence', 'statute_id')].filter((id) => !statutes.has(id))).toEqual([])
  })
})

it('writes on each card about a law that it is not the law’s text', () => {
  expect(column('legal.statute', 'body').every(({ value }) => value.startsWith(LAW_CARD))).toBe(true)
})

describe('across borders', () => {
  const persons = new Map(
    Object.values(region).flatMap((rows) => (rows['persons.person'] ?? []).map((row) => [row.id, row])),
  )
  const cases = values('cases.case_file', 'id')

  it.each([
    ['cases.participant', 'person_id'],
    ['cases.warrant', 'subject_id'],
    ['persons.associate', 'associate_id'],
    ['persons.same_as', 'other_id'],
  ])('%s.%s names persons of other countries that are there, but for a few', (table, name) => {
    const foreign = column(table, name).filter(({ country, value }) => ownerOf(value) !== country)
    const dangling = foreign.filter(({ value }) => !persons.has(value))
    expect(foreign.length).toBeGreaterThan(20)
    expect(dangling.length).toBeLessThan(foreign.length / 4)
    if (table === 'cases.participant') expect(dangling.length).toBeGreaterThan(0)
    if (table === 'persons.same_as') expect(dangling).toEqual([])
  })

  it.each([
    ['cases.linked_case', 'linked_id'],
    ['legal.mla_concern', 'case_id'],
  ])('%s.%s names cases of other countries that are there, but for a few', (table, name) => {
    const foreign = column(table, name).filter(({ country, value }) => ownerOf(value) !== country)
    const dangling = foreign.filter(({ value }) => !cases.has(value))
    expect(foreign.length).toBeGreaterThan(20)
    expect(dangling.length).toBeGreaterThan(0)
    expect(dangling.length).toBeLessThan(foreign.length / 10)
  })

  it('links as the same person only records with the same birth date, though some write it differently', () => {
    const pairs = column('persons.same_as', 'person_id').map(({ value }, index) => [
      value,
      column('persons.same_as', 'other_id')[index]?.value,
    ])
    const names = new Map(
      Object.values(region).flatMap((rows) =>
        (rows['persons.person_name'] ?? [])
          .filter((row) => row.category === 'LEGAL')
          .map((row) => [row.person_id, row.full_name]),
      ),
    )
    for (const [one, other] of pairs) {
      expect(persons.get(one ?? '')?.birth_date).toBe(persons.get(other ?? '')?.birth_date)
      expect(persons.get(one ?? '')?.birth_date).not.toBeNull()
    }
    const different = pairs.filter(([one, other]) => names.get(one ?? '') !== names.get(other ?? ''))
    expect(different.length).toBeGreaterThan(pairs.length / 4)
    expect(different.length).toBeLessThan(pairs.length)
  })

  it('names the example person in ten cases, and has statutes, participants and assistance for them', () => {
    const person = region.GT?.['persons.same_as']?.filter((row) => row.person_id === EXAMPLE_PERSON_ID)
    expect(person?.map((row) => row.other_id)).toEqual(['HN:P-000005', 'SV:P-000003'])
    const parts = Object.values(region).flatMap((rows) => rows['cases.participant'] ?? [])
    const named = parts.filter((row) => row.person_id === EXAMPLE_PERSON_ID).map((row) => String(row.case_id))
    expect(named).toHaveLength(10)
    expect(new Set(named.map((id) => ownerOf(id)))).toEqual(new Set(['GT', 'HN', 'SV']))
    for (const [country, rows] of Object.entries(region)) {
      const caseId = named.find((id) => ownerOf(id) === country)
      const inCase = (table: string) => rows[table]?.filter((row) => row.case_id === caseId) ?? []
      expect(inCase('cases.participant').length).toBeGreaterThan(1)
      expect(inCase('cases.offence').every((row) => row.statute_id !== null)).toBe(true)
      expect(inCase('cases.linked_case').length).toBeGreaterThan(1)
      const request = rows['legal.mla_request']?.find((row) => row.case_id === caseId)
      expect(request).toMatchObject({ legal_basis_id: 'UN:XVIII-12', status: 'GRANTED' })
      const concerned = rows['legal.mla_concern']?.filter((row) => row.mla_id === request?.id) ?? []
      expect(new Set(concerned.map((row) => ownerOf(String(row.case_id)))).size).toBe(2)
    }
  })
})

describe('names', () => {
  it('include surnames with particles and married names, each with the name before the marriage', () => {
    const rows = Object.values(region).flatMap((tables) => tables['persons.person_name'] ?? [])
    const legal = rows.filter((row) => row.category === 'LEGAL')
    for (const particle of [/ de León/, / del Cid/, / de la Cruz/, / de [A-Z]\p{L}+$/u, / viuda de /]) {
      expect(legal.some((row) => particle.test(String(row.full_name)))).toBe(true)
    }
    const married = legal.filter((row) => / viuda de /.test(String(row.full_name)))
    for (const { person_id } of married) {
      expect(rows.some((row) => row.person_id === person_id && row.category === 'MAIDEN')).toBe(true)
    }
  })
})

describe('protected persons', () => {
  const isProtected = new Set(
    Object.values(region).flatMap((rows) =>
      (rows['persons.person'] ?? []).filter((row) => row.protected === true).map((row) => row.id),
    ),
  )

  it('take part only as victims and witnesses', () => {
    const parts = Object.values(region).flatMap((rows) => rows['cases.participant'] ?? [])
    const roles = new Set(parts.filter((row) => isProtected.has(row.person_id ?? null)).map((row) => row.role))
    expect([...roles].sort()).toEqual(['VICTIM', 'WITNESS'])
    expect(parts.some((row) => row.role === 'VICTIM' && !isProtected.has(row.person_id ?? null))).toBe(true)
  })

  it.each(['GT', 'HN', 'SV'])('are all whom the cases of %s name only as victims or witnesses', (country) => {
    // As many as in the demo: a few records would show nothing.
    const rows = collect(createSettings({ country }))
    const named = (isProtected: boolean) =>
      new Set(
        (rows['cases.participant'] ?? [])
          .filter((row) => ['VICTIM', 'WITNESS'].includes(String(row.role)) === isProtected)
          .map((row) => row.person_id),
      )
    const [victims, others] = [named(true), named(false)]
    const open = (rows['persons.person'] ?? []).filter((row) => row.protected === false).map((row) => row.id ?? null)
    expect(open.filter((id) => victims.has(id) && !others.has(id))).toEqual([])
    expect(open.filter((id) => victims.has(id)).length).toBeGreaterThan(5)
  })

  it.each([
    ['cases.warrant', 'subject_id'],
    ['persons.associate', 'associate_id'],
    ['persons.associate', 'person_id'],
    ['persons.membership', 'person_id'],
    ['persons.same_as', 'other_id'],
    ['persons.same_as', 'person_id'],
  ])('are not in %s.%s', (table, name) => {
    expect(column(table, name).filter(({ value }) => isProtected.has(value))).toEqual([])
  })

  it('include everybody who was a minor on the day of every case', () => {
    const minors = Object.values(region).flatMap((rows) =>
      (rows['persons.person'] ?? []).filter((row) => String(row.birth_date ?? '') > '2001-01-01'),
    )
    expect(minors.length).toBeGreaterThan(0)
    expect(minors.every((row) => row.protected === true)).toBe(true)
  })
})

it('makes documents that belong to no real person: their check digits are wrong', () => {
  const documents = Object.values(region).flatMap((rows) => rows['persons.identifier'] ?? [])
  const numbers = (jurisdiction: string) =>
    documents
      .filter((row) => row.category === 'NATIONAL_ID' && row.jurisdiction === jurisdiction)
      .map((row) => String(row.value))
  for (const cui of numbers('GT')) {
    expect(cui).toMatch(/^\d{13}$/)
    const sum = [...cui.slice(0, 8)].reduce((total, digit, index) => total + Number(digit) * (index + 2), 0)
    expect(sum % 11).not.toBe(Number(cui[8]))
  }
  for (const dui of numbers('SV')) {
    expect(dui).toMatch(/^\d{8}-\d$/)
    const sum = [...dui.slice(0, 8)].reduce((total, digit, index) => total + Number(digit) * (9 - index), 0)
    expect((10 - (sum % 10)) % 10).not.toBe(Number(dui[9]))
  }
  for (const dni of numbers('HN')) expect(dni).toMatch(/^\d{4}-\d{4}-9\d{4}$/)
  expect([numbers('GT'), numbers('HN'), numbers('SV')].every((found) => found.length > 100)).toBe(true)
})

describe('other participants', () => {
  it('makes records of countries without a profile of their own', () => {
    const rows = collect(createSettings({ country: 'NI', countries: ['NI', 'CR'], ...SMALL }))
    expect(rows['cases.case_file']?.[0]?.id).toMatch(/^NI:EXP-20\d\d-000001$/)
    expect(rows['cases.participant']?.some((row) => String(row.person_id).startsWith('CR:'))).toBe(true)
  })

  it('makes records of a country when no other takes part', () => {
    const rows = collect(createSettings({ country: 'NI', countries: ['NI'], ...SMALL }))
    expect(rows['persons.same_as']).toEqual([])
    const persons = (rows['cases.participant'] ?? []).flatMap((row) => row.person_id ?? [])
    expect(new Set(persons.map((id) => ownerOf(String(id))))).toEqual(new Set(['NI']))
    expect(['MX', 'PA']).toContain(rows['legal.mla_request']?.[0]?.requested_country)
  })

  it.each([
    [{ country: 'UN', countries: ['UN'] }, 'expected ISO 3166-1 alpha-2 codes of countries; came UN'],
    [{ country: 'GT', countries: ['GT', 'XX'] }, 'expected ISO 3166-1 alpha-2 codes of countries; came XX'],
    [{ country: 'PA' }, 'expected one of GT, HN, SV as the country; came PA'],
    [{ country: 'GT', persons: -1 }, 'persons: expected a whole number from 0; came -1'],
    [{ country: 'GT', cases: 1.5 }, 'cases: expected a whole number from 0; came 1.5'],
  ])('refuses %j', (given, message) => {
    expect(() => createSettings(given)).toThrow(message)
  })
})

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestExecutor, openTestDatabase, type TestDatabase } from '../kit/testing.ts'
import { legalModule } from './module.ts'

/** What a participant says about the completeness of its law, and the classes of the ICCS that it publishes. */

let database: TestDatabase

beforeAll(async () => {
  database = await openTestDatabase([legalModule], 'UN')
  await database.db.execute(`
    insert into legal.instrument (id, title) values ('UN:XVIII-12', 'Convention');
    insert into legal.participation (instrument_id, country, bound_on) values
      ('UN:XVIII-12', 'GT', '2003-09-25'), ('UN:XVIII-12', 'HN', '2003-12-02');
    insert into legal.statute (id, iccs, in_force_from) values ('GT:CP:123', '{0101}', '1974-01-01');
    insert into reference.iccs_code (code, level, parent, title_en, title_es) values
      ('01', 1, null, 'Acts leading to death', 'Actos que causan la muerte'),
      ('0101', 2, '01', 'Intentional homicide', 'Homicidio intencional'),
      ('0102', 2, '01', 'Attempted intentional homicide', 'Tentativa de homicidio intencional'),
      ('01021', 3, '0102', 'An invented class', 'Una clase inventada: corrupción'),
      ('010', 1, null, 'Not a class', 'No es una clase'),
      ('02', 1, null, 'Acts causing harm', 'Actos que causan daños: ÁRBOL')`)
})
afterAll(() => database?.close())
beforeEach(() => database.db.execute('delete from legal.coverage'))

const cover = (subject: string, ...keys: readonly string[]): Promise<unknown> =>
  database.db.query('insert into legal.coverage select $1, unnest($2::text[])', [subject, keys])

/** Asks a participant that has these rows. Returns the field and the codes of the notes. */
async function ask(country: string, field: string): Promise<{ value: unknown; notes: unknown; errors: unknown }> {
  const { data, extensions, errors } = await createTestExecutor(
    legalModule,
    database.db,
    country,
  )(`{ field: ${field} }`)
  const notes = extensions?.istmo.notes.map(({ code }) => code) ?? []
  return { value: (data as { field: unknown } | null)?.field, notes, errors }
}

const PARTIAL = ['COVERAGE_PARTIAL']
const binding = (...codes: readonly string[]): string =>
  `legalInstruments(depositaries: ["UN"], binding: ${JSON.stringify(codes)}) { instruments { id } }`
const none = { instruments: [] }
const one = { instruments: [{ id: 'UN:XVIII-12' }] }

describe('the treaties of a depositary', () => {
  it('are complete for the states that it names, and partial where one other state is asked about', async () => {
    await cover('PARTICIPATIONS', 'GT', 'HN', 'PA')
    expect(await ask('UN', binding('GT', 'HN'))).toMatchObject({ value: one, notes: [] })
    expect(await ask('UN', binding('GT', 'PA'))).toMatchObject({ value: none, notes: [] })
    expect(await ask('UN', binding('GT', 'US'))).toMatchObject({ value: none, notes: PARTIAL })
    expect(await ask('UN', binding())).toMatchObject({ value: one, notes: PARTIAL })
  })

  it('are complete for each state if it says so, and for none if it says nothing', async () => {
    expect(await ask('UN', binding('GT'))).toMatchObject({ value: one, notes: PARTIAL })
    await cover('PARTICIPATIONS', '*')
    expect(await ask('UN', binding('GT', 'US'))).toMatchObject({ value: none, notes: [] })
    expect(await ask('UN', binding())).toMatchObject({ value: one, notes: [] })
  })

  it.each([
    ['participations { country }', PARTIAL],
    ['participations(countries: ["US"]) { country }', PARTIAL],
    ['participations(countries: ["GT"]) { country }', []],
  ])('show the same for %s', async (field, notes) => {
    await cover('PARTICIPATIONS', 'GT', 'HN')
    expect(await ask('UN', `legalInstrument(id: "UN:XVIII-12") { ${field} }`)).toMatchObject({ notes })
  })

  it('are none, and nothing is missing, if the country has no treaty and is no depositary', async () => {
    const empty = await openTestDatabase([legalModule], 'GT')
    try {
      const run = createTestExecutor(legalModule, empty.db, 'GT')
      const query = '{ legalInstruments(depositaries: ["GT"], binding: ["GT", "US"]) { instruments { id } } }'
      expect(await run(query)).toEqual({ data: { legalInstruments: none } })
    } finally {
      await empty.close()
    }
  })
})

describe('the statutes of a country', () => {
  const statutes = (iccs: string): string => `statutes(countries: ["GT"]${iccs}) { edges { node { id } } }`
  const criminal = (iccs: string): string => `dualCriminality(countries: ["GT"], iccs: "${iccs}") { satisfied }`

  it.each([
    [statutes(', iccs: ["0101"]'), []],
    [statutes(', iccs: ["010111", "02"]'), []],
    [statutes(', iccs: ["01"]'), PARTIAL],
    [statutes(', iccs: ["0101", "05"]'), PARTIAL],
    [statutes(''), PARTIAL],
    [criminal('0101'), []],
    [criminal('05'), PARTIAL],
  ])('are complete for the codes that it names, and below them: %s', async (field, notes) => {
    await cover('STATUTES', '0101', '02')
    expect(await ask('GT', field)).toMatchObject({ notes, errors: undefined })
  })

  it('are partial if the country says nothing, and none at the depositary', async () => {
    expect((await ask('GT', statutes(', iccs: ["0101"]'))).notes).toEqual(PARTIAL)
    expect((await ask('UN', 'statutes(countries: ["UN"], iccs: ["0101"]) { edges { cursor } }')).notes).toEqual([])
  })
})

describe('the classes of the ICCS', () => {
  const classes = async (args: string): Promise<string[]> => {
    const { value, errors } = await ask('UN', `iccsClasses(publishers: ["UN"], ${args}) { classes { code } }`)
    expect(errors).toBeUndefined()
    return (value as { classes: { code: string }[] }).classes.map(({ code }) => code)
  }

  it.each([
    ['codes: ["0102", "01", "99"]', ['01', '0102']],
    ['codes: []', []],
    ['under: "01"', ['010', '0101', '0102', '01021']],
    ['under: "0102"', ['01021']],
    ['search: "HOMICIDE"', ['0101', '0102']],
    ['search: "intencional homicidio"', ['0101', '0102']],
    ['search: "corrupcion"', ['01021']],
    ['search: "arbol causan"', ['02']],
    ['search: "tent. homic"', ['0102']],
    ['search: "micidio"', []],
    ['search: "homicide homicidio"', []],
    ['search: "homicide HOMICIDE hom"', ['0101', '0102']],
    ['search: "homicidio", under: "0102"', []],
    ['search: "homicidio", codes: ["0102", "02"]', ['0102']],
  ] as const)('are found by %s', async (args, expected) => {
    expect(await classes(args)).toEqual(expected)
  })

  it('have a level, a class above and both titles, and name the participant', async () => {
    const { value } = await ask(
      'UN',
      'iccsClasses(publishers: ["UN"], codes: ["0101"]) { classes { country code level parent titleEn titleEs } }',
    )
    expect(value).toEqual({
      classes: [
        {
          country: 'UN',
          code: '0101',
          level: 2,
          parent: '01',
          titleEn: 'Intentional homicide',
          titleEs: 'Homicidio intencional',
        },
      ],
    })
  })

  it('are partial unless the participant says that they are complete', async () => {
    const field = 'iccsClasses(publishers: ["UN"], codes: ["05"]) { classes { code } }'
    expect(await ask('UN', field)).toMatchObject({ value: { classes: [] }, notes: PARTIAL })
    await cover('ICCS', '*')
    expect(await ask('UN', field)).toMatchObject({ value: { classes: [] }, notes: [] })
  })

  it.each([
    ['with no criterion', '', 'takes codes, under or search, at least one; came none'],
    ['with a code of no level', ', under: "020"', 'takes a code of 2, 4, 5 or 6 digits; came one of 3'],
    ['with no word', ', search: " ¿? "', 'takes words; came a text without a letter or digit'],
    [
      'with so many words that one kilobyte would keep the country busy',
      `, search: "${'a '.repeat(41)}"`,
      'takes at most 40 words; came 41',
    ],
    ['with 501 codes', `, codes: ${JSON.stringify(Array(501).fill('01'))}`, 'takes at most 500 items; came 501'],
  ])('are not given for a question %s', async (_title, args, message) => {
    const { errors } = await ask('UN', `iccsClasses(publishers: ["UN"]${args}) { classes { code } }`)
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
    expect(JSON.stringify(errors)).toContain(message)
  })

  it('are not given if there are more than 500', async () => {
    await database.db.execute(`insert into reference.iccs_code (code, level, parent, title_en, title_es)
      select '09' || lpad(n::text, 4, '0'), 4, '09', 'Many', 'Muchas' from generate_series(1, 501) n`)
    expect(await classes('under: "0900"')).toHaveLength(99)
    const { errors } = await ask('UN', 'iccsClasses(publishers: ["UN"], search: "many") { classes { code } }')
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })
})

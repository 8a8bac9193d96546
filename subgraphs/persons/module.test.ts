import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { encodeCursor } from '../../contract/cursor.ts'
import { type RowVisibility, readAs } from '../kit/read-as.ts'
import {
  createTestExecutor,
  openTestDatabase,
  recordStatements,
  TEST_SIGHT,
  type TestDatabase,
} from '../kit/testing.ts'
import { personsModule } from './module.ts'

let database: TestDatabase
let ask: ReturnType<typeof createTestExecutor>

beforeAll(async () => {
  database = await openTestDatabase([personsModule], 'HN')
  ask = createTestExecutor(personsModule, database.db, 'HN')
  await database.db.execute(`
    insert into persons.person (id, birth_date, birth_place, sex, nationalities, protected, agency, handling, handling_note,
      source_reliability, information_accuracy, recorded_at, review_by, synthetic, shared_with) values
      ('HN:P-1', '1985-03-04', 'Yoro', 'F', '{HN,GT}', false, 'HN-DPI', '{H1,H3}', 'Solo en sala.', 'B', 'TWO',
        '2026-01-02T03:04:05Z', '2027-01-02', true, '{other,test}');
    insert into persons.person (id, agency, handling, recorded_at, synthetic)
      select 'HN:Q-' || lpad(i::text, 3, '0'), 'HN-DPI', '{H1}', '2026-01-02T03:04:05Z', true from generate_series(1, 100) i;
    insert into persons.person_name (person_id, ordinal, category, full_name, given_names, surnames) values
      ('HN:P-1', 1, 'NICKNAME', 'La Ñata', null, null),
      ('HN:P-1', 2, 'LEGAL', 'Elsa Núñez Paz', '{Elsa}', '{Núñez,Paz}'),
      ('HN:P-1', 3, 'ALIAS', 'Elsa Ruiz', null, null);
    insert into persons.person_name (person_id, ordinal, category, full_name)
      select id, 1, 'LEGAL', 'Ana ' || id from persons.person where id like 'HN:Q%';
    insert into persons.identifier (person_id, ordinal, category, jurisdiction, value, issued_on, expires_on) values
      ('HN:P-1', 2, 'PASSPORT', 'GT', 'G77', null, null), ('HN:P-1', 1, 'NATIONAL_ID', 'HN', '0801-1985', '2003-03-04', '2033-03-04');
    insert into persons.address (person_id, ordinal, line, subdivision, country) values ('HN:P-1', 1, 'Barrio Abajo', 'HN-YO', 'HN');
    insert into persons.membership (person_id, ordinal, group_name, role, since, until) values
      ('HN:P-1', 1, 'Grupo Uno', 'correo', '2019-01-01', null);
    insert into persons.same_as (person_id, other_id) values ('HN:P-1', 'SV:Z-2'), ('HN:P-1', 'GT:A-1');
    insert into persons.associate (row_id, person_id, associate_id, relationship, agency, handling, recorded_at, synthetic) values
      ('r2', 'HN:P-1', null, 'desconocido', 'HN-DPI', '{H2}', '2026-01-02T03:04:05Z', true),
      ('r1', 'HN:P-1', 'SV:Z-9', 'hermano', 'HN-DPI', '{H2}', '2026-01-02T03:04:05Z', true),
      ('r3', 'HN:P-1', 'HN:Q-001', 'socia', 'HN-DPI', '{H2}', '2026-01-02T03:04:05Z', true)`)
})
afterAll(() => database?.close())

const WHOLE = `
  id country birthDate birthPlace sex nationalities
  names { category full givenNames surnames }
  identifiers { category jurisdiction value issuedOn expiresOn }
  addresses { line subdivision country } memberships { group role since until } sameAs { id }
  associates { edges { cursor node { relationship person { id } provenance { originator handling } } } pageInfo { hasNextPage } }
  provenance { originator agency handling handlingNote sourceReliability informationAccuracy recordedAt reviewBy synthetic }`

const associate = (row: string, relationship: string, person: string | null) => ({
  cursor: encodeCursor({ order: 'ROW_ASC', key: '', id: row }),
  node: {
    relationship,
    person: person === null ? null : { id: person },
    provenance: { originator: 'HN', handling: ['H2'] },
  },
})

it('answers a person with all fields, each list in its order', async () => {
  expect(await ask(`{ person(id: "HN:P-1") { ${WHOLE} } }`)).toEqual({
    data: {
      person: {
        id: 'HN:P-1',
        country: 'HN',
        birthDate: '1985-03-04',
        birthPlace: 'Yoro',
        sex: 'F',
        nationalities: ['HN', 'GT'],
        names: [
          { category: 'LEGAL', full: 'Elsa Núñez Paz', givenNames: ['Elsa'], surnames: ['Núñez', 'Paz'] },
          { category: 'NICKNAME', full: 'La Ñata', givenNames: null, surnames: null },
          { category: 'ALIAS', full: 'Elsa Ruiz', givenNames: null, surnames: null },
        ],
        identifiers: [
          {
            category: 'NATIONAL_ID',
            jurisdiction: 'HN',
            value: '0801-1985',
            issuedOn: '2003-03-04',
            expiresOn: '2033-03-04',
          },
          { category: 'PASSPORT', jurisdiction: 'GT', value: 'G77', issuedOn: null, expiresOn: null },
        ],
        addresses: [{ line: 'Barrio Abajo', subdivision: 'HN-YO', country: 'HN' }],
        memberships: [{ group: 'Grupo Uno', role: 'correo', since: '2019-01-01', until: null }],
        sameAs: [{ id: 'GT:A-1' }, { id: 'SV:Z-2' }],
        associates: {
          edges: [
            associate('r1', 'hermano', 'SV:Z-9'),
            associate('r2', 'desconocido', null),
            associate('r3', 'socia', 'HN:Q-001'),
          ],
          pageInfo: { hasNextPage: false },
        },
        provenance: {
          originator: 'HN',
          agency: 'HN-DPI',
          handling: ['H1', 'H3'],
          handlingNote: 'Solo en sala.',
          sourceReliability: 'B',
          informationAccuracy: 'TWO',
          recordedAt: '2026-01-02T03:04:05.000Z',
          reviewBy: '2027-01-02',
          synthetic: true,
        },
      },
    },
  })
})

it('pages through the associates by row', async () => {
  const query = `query ($after: String) { person(id: "HN:P-1") { associates(first: 2, after: $after) {
    edges { node { relationship } } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`
  const first = encodeCursor({ order: 'ROW_ASC', key: '', id: 'r2' })
  expect(await ask(query)).toMatchObject({
    data: { person: { associates: { pageInfo: { hasNextPage: true, hasPreviousPage: false, endCursor: first } } } },
  })
  expect(await ask(query, { after: first })).toMatchObject({
    data: {
      person: {
        associates: {
          edges: [{ node: { relationship: 'socia' } }],
          pageInfo: { hasNextPage: false, hasPreviousPage: true },
        },
      },
    },
  })
})

it.each([
  ['another country’s record', 'GT:P-1'],
  ['a record that is not there', 'HN:P-404'],
])('answers null for %s, at the root and as an entity', async (_title, id) => {
  expect(await ask('query ($id: ID!) { person(id: $id) { id } }', { id })).toEqual({ data: { person: null } })
  expect(await ask(ENTITIES('id'), { of: [{ __typename: 'Person', id }] })).toEqual({ data: { _entities: [null] } })
})

it('rejects a malformed id', async () => {
  const answer = await ask('{ person(id: "P-1") { id } }')
  expect(answer.errors?.map(({ extensions }) => extensions?.code)).toEqual(['ID_INVALID'])
})

const ENTITIES = (fields: string): string =>
  `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Person { ${fields} } } }`

it('reads each table once for a hundred representations', async () => {
  const { db, statements } = recordStatements(database.db)
  const of = Array.from({ length: 100 }, (_, i) => ({
    __typename: 'Person',
    id: `HN:Q-${String(i + 1).padStart(3, '0')}`,
  }))
  const answer = await createTestExecutor(personsModule, db, 'HN')(ENTITIES(WHOLE), { of })
  expect(answer.errors).toBeUndefined()
  const { _entities } = answer.data as { _entities: { id: string; names: { full: string }[] }[] }
  expect(_entities.map(({ id, names }) => [id, names[0]?.full])).toEqual(of.map(({ id }) => [id, `Ana ${id}`]))
  const tables = statements.map((statement) => /from (?:unnest.*from )?persons\.(\w+)/s.exec(statement)?.[1])
  expect(tables.toSorted()).toEqual([
    'address',
    'associate',
    'identifier',
    'membership',
    'person',
    'person_name',
    'same_as',
  ])
})

it('searches in a fixed number of statements: the words, the recorded words, the names, the page', async () => {
  const { db, statements } = recordStatements(database.db)
  const ask = createTestExecutor(personsModule, db, 'HN')
  await ask(`{ persons(countries: ["HN"], search: { name: "Elsa Nuñez" }) { edges { node { names { full } } } } }`)
  const read = [
    'name_tokens',
    'recorded_words',
    'candidate_names',
    'candidate_names',
    'person.key',
    'n.person_id = any',
  ]
  expect(statements.map((statement, i) => statement.includes(read[i] ?? '–'))).toEqual(read.map(() => true))
})

it.each([
  ['García', {}, true],
  ['Ana', {}, true],
  ['E. R.', {}, true],
  ['García', { birthDate: '1985-03-04' }, false],
  ['Juan Pérez', {}, false],
  ['Xicará', {}, false],
])('says whether a name is too little to be searched for: %s %j', async (name, more, isTooLittle) => {
  const query = `query ($search: PersonSearch!) { persons(countries: ["HN"], search: $search) { edges { cursor } } }`
  const { data, extensions } = await ask(query, { search: { name, ...more } })
  // A hundred persons have the given name Ana.
  expect(data).toEqual({ persons: { edges: [] } })
  expect(extensions).toEqual(isTooLittle ? { istmo: { notes: [{ code: 'COVERAGE_PARTIAL' }] } } : undefined)
})

it('looks for a list of names in as many statements as for one, and in one more for each 50 further names', async () => {
  const { db, statements } = recordStatements(database.db)
  const searches = Array.from({ length: 200 }, (_, i) => ({
    name: i === 7 ? 'Elsa Ruiz' : `Ana Paz${i}`,
    birthDate: '1985-03-04',
  }))
  const query = `query ($searches: [PersonHitSearch!]!) {
    personListHits(countries: ["HN"], searches: $searches) { hits { item country band } outcomes { country } } }`
  expect(await createTestExecutor(personsModule, db, 'HN')(query, { searches })).toEqual({
    data: { personListHits: { hits: [{ item: 7, country: 'HN', band: 'STRONG' }], outcomes: [] } },
  })
  // Two for the words of all names, and one for each part of the list, so that others read in between.
  expect(statements).toHaveLength(2 + 200 / 50)
})

/** A made-up word that is like no other word. */
function wordOf(seed: string): string {
  return createHash('md5').update(seed).digest('hex').slice(0, 8)
}

it('finds names through the index on their words, among thousands', async () => {
  await database.db.execute(`
    insert into persons.person (id, agency, handling, recorded_at, synthetic)
      select 'HN:R-' || i, 'HN-DPI', '{H1}', '2026-01-02T03:04:05Z', true from generate_series(1, 5000) i;
    insert into persons.person_name (person_id, ordinal, category, full_name)
      select 'HN:R-' || i, 1, 'LEGAL', left(md5('a' || i % 83), 8) || ' ' || left(md5('b' || i % 199), 8) || ' ' || left(md5('c' || i % 211), 8)
      from generate_series(1, 5000) i;
    analyze persons.person_name, persons.name_word`)
  const { db, statements, parameters } = recordStatements(database.db)
  const query =
    'query ($search: PersonSearch!) { persons(countries: ["HN"], search: $search) { edges { node { id } } } }'
  await createTestExecutor(personsModule, db, 'HN')(query, { search: { name: `${wordOf('a7')} ${wordOf('b12')}` } })
  // Reads as the leg does. Only the functions run with the rights of their owner.
  const plan = await planAs(TEST_SIGHT, `explain ${statements.at(-1)}`, parameters.at(-1))
  expect(plan).not.toContain('Seq Scan on person_name')
  const keys = await database.db.query<{ keys: string[] }>(
    `select keys from persons.person_name where full_name like '${wordOf('a7')} ${wordOf('b12')}%'`,
  )
  expect(keys.length).toBeGreaterThan(0)
  const names = `select from persons.person_name n where n.keys && '{${keys[0]?.keys.at(-1)}}'`
  expect(await planAs(null, `explain ${names}`)).toContain('Bitmap Index Scan on person_name_keys')
})

async function planAs(visibleRows: RowVisibility | null, sql: string, params?: readonly unknown[]): Promise<string> {
  const db = visibleRows === null ? database.db : readAs(database.db, visibleRows)
  return (await db.query<{ 'QUERY PLAN': string }>(sql, params)).map((row) => row['QUERY PLAN']).join('\n')
}

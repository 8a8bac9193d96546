import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeCursor } from '../../contract/cursor.ts'
import { createTestExecutor, openTestDatabase, recordStatements, type TestDatabase } from '../kit/testing.ts'
import { casesModule } from './module.ts'
import { fillCases, type TestCase, type TestWarrant } from './testing.ts'

const CASES: readonly TestCase[] = [
  {
    id: 'GT:C1',
    filedOn: '2024-01-05',
    status: 'OPEN',
    category: 'COURT',
    offences: [
      { iccs: '020411', organisedCrime: true, statuteId: 'GT:CP:202' },
      { iccs: '0101', organisedCrime: false },
    ],
    participants: [
      { rowId: '1', role: 'SUSPECT', personId: 'HN:P1' },
      { rowId: '2', role: 'VICTIM', personId: 'HN:P2' },
      { rowId: '3', role: 'WITNESS', personId: 'GT:P3' },
      { rowId: '4', role: 'ACCUSED', personId: null },
    ],
    linked: ['SV:C9', 'GT:C2', 'HN:C7'],
  },
  { id: 'GT:C2', filedOn: null, participants: [{ rowId: '5', role: 'SUSPECT', personId: 'HN:P1' }] },
  {
    id: 'GT:C3',
    filedOn: '2024-01-05',
    participants: [
      { rowId: '6', role: 'CONVICTED', personId: 'HN:P1' },
      { rowId: '7', role: 'SUBJECT', personId: 'HN:P1' },
      { rowId: '8', role: 'VICTIM', personId: 'HN:P1' },
    ],
  },
]
const WARRANTS: readonly TestWarrant[] = [
  { id: 'GT:W1', issuedOn: '2024-02-01', caseId: 'GT:C1', subjectId: 'HN:P1' },
  { id: 'GT:W2', issuedOn: '2024-03-01', caseId: 'GT:C1', subjectId: 'HN:P1', status: 'EXECUTED' },
  { id: 'GT:W3', issuedOn: '2024-02-01', caseId: null, subjectId: 'HN:P2' },
]

let database: TestDatabase
let run: ReturnType<typeof createTestExecutor>
let statements: string[]

beforeAll(async () => {
  database = await openTestDatabase([casesModule], 'GT')
  await fillCases(database.db, CASES, WARRANTS)
  const recorded = recordStatements(database.db)
  statements = recorded.statements
  run = createTestExecutor(casesModule, recorded.db, 'GT')
})
afterAll(() => database.close())

describe('the provenance of records', () => {
  const CONNECTION = 'cases(countries: ["GT"], first: 2) { edges { node { id'

  it('is read only for a question that may ask for it', async () => {
    const isReadFor = async (query: string) => {
      statements.length = 0
      expect((await run(query)).errors).toBeUndefined()
      return statements.filter((statement) => statement.includes('case_file')).map((one) => one.includes('recorded_at'))
    }
    expect(await isReadFor(`{ ${CONNECTION} } } } case(id: "GT:C1") { id } }`)).toEqual([false, false])
    expect(await isReadFor(`{ ${CONNECTION} provenance { synthetic } } } } case(id: "GT:C1") { id } }`)).toEqual([
      true,
      true,
    ])
  })

  it('is answered also through an alias, a fragment and a directive', async () => {
    const { data } = await run(
      `query ($yes: Boolean!) { case(id: "GT:C1") { ...Source p: provenance @include(if: $yes) { agency } } }
      fragment Source on Case { of: provenance { synthetic } }`,
      { yes: true },
    )
    expect(data).toEqual({ case: { of: { synthetic: true }, p: { agency: 'MP' } } })
  })
})

describe('a case', () => {
  it('is answered with everything that belongs to it', async () => {
    const { data, errors } = await run(`{ case(id: "GT:C1") {
      id country category status filedOn closedOn
      offences { iccs nationalLabel statute { id } organisedCrime }
      warrants { edges { node { id issuedOn country } } pageInfo { hasNextPage } }
      participants { edges { node { role person { id } } } }
      protectedParticipants { edges { node { role person { id } } } }
      linkedCases { id }
      provenance { originator agency handling handlingNote recordedAt synthetic } } }`)
    expect(errors).toBeUndefined()
    expect(data).toEqual({
      case: {
        id: 'GT:C1',
        country: 'GT',
        category: 'COURT',
        status: 'OPEN',
        filedOn: '2024-01-05',
        closedOn: null,
        offences: [
          { iccs: '020411', nationalLabel: 'delito 020411', statute: { id: 'GT:CP:202' }, organisedCrime: true },
          { iccs: '0101', nationalLabel: 'delito 0101', statute: null, organisedCrime: false },
        ],
        warrants: {
          edges: [
            { node: { id: 'GT:W2', issuedOn: '2024-03-01', country: 'GT' } },
            { node: { id: 'GT:W1', issuedOn: '2024-02-01', country: 'GT' } },
          ],
          pageInfo: { hasNextPage: false },
        },
        participants: {
          edges: [{ node: { role: 'SUSPECT', person: { id: 'HN:P1' } } }, { node: { role: 'ACCUSED', person: null } }],
        },
        protectedParticipants: {
          edges: [
            { node: { role: 'VICTIM', person: { id: 'HN:P2' } } },
            { node: { role: 'WITNESS', person: { id: 'GT:P3' } } },
          ],
        },
        linkedCases: [{ id: 'GT:C2' }, { id: 'HN:C7' }, { id: 'SV:C9' }],
        provenance: {
          originator: 'GT',
          agency: 'MP',
          handling: ['H1'],
          handlingNote: null,
          recordedAt: '2026-03-14T09:26:53.000Z',
          synthetic: true,
        },
      },
    })
  })

  it.each([
    ['unknown', 'GT:C404'],
    ["another country's", 'HN:C1'],
  ])('that is %s is null without an error', async (_name, id) => {
    expect(await run('query($id: ID!) { case(id: $id) { id } warrant(id: $id) { id } }', { id })).toEqual({
      data: { case: null, warrant: null },
    })
  })

  it('with an id of another form is ID_INVALID', async () => {
    const { data, errors } = await run('{ case(id: "C1") { id } }')
    expect(data).toEqual({ case: null })
    expect(errors).toMatchObject([{ path: ['case'], extensions: { code: 'ID_INVALID' } }])
  })

  it('does not show victims and witnesses to a filter by role', async () => {
    const query = `query($role: ParticipantRole) { case(id: "GT:C1") { participants(role: $role) { edges { node { role } } } } }`
    const rolesFor = async (role: string | null) => JSON.stringify((await run(query, { role })).data)
    expect(await rolesFor('SUSPECT')).toContain('SUSPECT')
    for (const role of ['VICTIM', 'WITNESS']) expect(await rolesFor(role)).toContain('"edges":[]')
  })
})

describe('a person of any country', () => {
  const query = `query($people: [_Any!]!) { _entities(representations: $people) { ... on Person { id
    cases(countries: ["GT"]) { edges { node { id } } outcomes { country } }
    warrants(countries: ["GT"], status: ACTIVE) { edges { node { id } } } } } }`
  const person = (id: string) => ({ __typename: 'Person', id })

  it('has each case that names them once, newest first and undated last, but none that names them as a victim or a witness', async () => {
    const people = ['HN:P1', 'HN:P2', 'GT:P3', 'SV:nobody'].map(person)
    const { data, errors } = await run(query, { people })
    expect(errors).toBeUndefined()
    expect(data).toEqual({
      _entities: [
        {
          id: 'HN:P1',
          cases: { edges: ['GT:C1', 'GT:C3', 'GT:C2'].map((id) => ({ node: { id } })), outcomes: [] },
          warrants: { edges: [{ node: { id: 'GT:W1' } }] },
        },
        { id: 'HN:P2', cases: { edges: [], outcomes: [] }, warrants: { edges: [{ node: { id: 'GT:W3' } }] } },
        { id: 'GT:P3', cases: { edges: [], outcomes: [] }, warrants: { edges: [] } },
        { id: 'SV:nobody', cases: { edges: [], outcomes: [] }, warrants: { edges: [] } },
      ],
    })
  })

  it('costs one statement for each table, however many persons a query asks for', async () => {
    statements.length = 0
    const people = Array.from({ length: 100 }, (_, i) => person(`HN:P${i}`))
    const { data } = await run(query, { people })
    expect((data as { _entities: unknown[] })._entities).toHaveLength(100)
    expect(statements).toHaveLength(2)
  })
})

describe('representations', () => {
  const query = `query($all: [_Any!]!) { _entities(representations: $all) { ... on Case { id filedOn
    offences { iccs } participants(first: 1) { edges { node { role } } } warrants { edges { node { id } } } linkedCases { id } } } }`

  it('of 100 cases cost one statement for each table', async () => {
    statements.length = 0
    await run(query, { all: Array.from({ length: 100 }, (_, i) => ({ __typename: 'Case', id: `GT:C${i}` })) })
    expect(statements).toHaveLength(5)
  })

  it('that are malformed are null, each with an error, and the others are answered', async () => {
    const good = { __typename: 'Case', id: 'GT:C2' }
    const bad = [
      { __typename: 'Case' },
      { __typename: 'Case', id: 'C2' },
      { __typename: 'Nobody', id: 'GT:C2' },
      { id: 'GT:C2' },
      'GT:C2',
    ]
    const { data, errors } = await run(
      'query($all: [_Any!]!) { _entities(representations: $all) { ... on Case { id } } }',
      {
        all: [good, ...bad, good],
      },
    )
    expect(data).toEqual({ _entities: [{ id: 'GT:C2' }, null, null, null, null, null, { id: 'GT:C2' }] })
    expect(errors?.map(({ path }) => path)).toEqual([1, 2, 3, 4, 5].map((i) => ['_entities', i]))
  })

  it('are answered in their own order, each with its own record, whatever the order of the rows', async () => {
    const all = ['GT:C3', 'GT:C404', 'GT:C1', 'GT:C3'].map((id) => ({ __typename: 'Case', id }))
    const { data } = await run('query($all: [_Any!]!) { _entities(representations: $all) { ... on Case { id } } }', {
      all,
    })
    expect(data).toEqual({ _entities: [{ id: 'GT:C3' }, null, { id: 'GT:C1' }, { id: 'GT:C3' }] })
  })

  it("of another country's case, or of a case that does not exist, are null without an error", async () => {
    const all = ['HN:C1', 'GT:C404'].map((id) => ({ __typename: 'Case', id }))
    expect(await run(query, { all })).toEqual({ data: { _entities: [null, null] } })
  })
})

describe('a field that every country answers', () => {
  it.each([
    ['another country', '(countries: ["HN"])'],
    ['itself and another', '(countries: ["GT", "HN"])'],
    ['itself twice', '(countries: ["GT", "GT"])'],
    ['nobody', '(countries: [])'],
    ['null', '(countries: null)'],
    ['no list', ''],
  ])('is rejected when the query names %s', async (_name, args) => {
    const { data, errors } = await run(`{ cases${args} { edges { cursor } } caseCounts${args} { counts { cases } } }`)
    expect(data).toEqual({ cases: null, caseCounts: null })
    expect(errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' } },
      { extensions: { code: 'BAD_USER_INPUT' } },
    ])
  })
})

describe('a cursor', () => {
  const place = { key: '', id: 'GT:C1' }
  it.each([
    ['of another order', encodeCursor({ ...place, order: 'ID_ASC' })],
    ['with a fourth member', encodeCursor({ ...place, order: 'FILED_ON_DESC', silent: { HN: 0 } })],
    ['that is not a cursor', 'Z2Fy'],
    ['that is empty', ''],
  ])('%s is BAD_CURSOR', async (_name, after) => {
    const { errors } = await run(
      'query($after: String) { cases(countries: ["GT"], after: $after) { edges { cursor } } }',
      { after },
    )
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_CURSOR' } }])
  })

  it.each([-1, 101])('with a first of %i is BAD_USER_INPUT', async (first) => {
    const { errors } = await run(
      'query($first: Int) { cases(countries: ["GT"], first: $first) { edges { cursor } } }',
      { first },
    )
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }])
  })

  it('has the order, the key and the id of its row', async () => {
    const { data } = await run(`{ a: cases(countries: ["GT"], first: 1) { edges { cursor } }
      b: cases(countries: ["GT"], first: 1, orderBy: FILED_ON_ASC) { edges { cursor } }
      c: cases(countries: ["GT"], first: 1, orderBy: ID_ASC) { edges { cursor } }
      d: cases(countries: ["GT"], first: null, orderBy: null) { edges { cursor } } }`)
    const first = (order: string, key: string) => encodeCursor({ order, key, id: 'GT:C1' })
    const cursors = Object.values(data as Record<string, { edges: { cursor: string }[] }>).map(
      ({ edges }) => edges[0]?.cursor,
    )
    const newest = first('FILED_ON_DESC', '8980273')
    expect(cursors).toEqual([newest, first('FILED_ON_ASC', '2024-01-05'), first('ID_ASC', ''), newest])
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadDomains } from '../../subgraphs/domains.ts'
import {
  openTestDatabase,
  type RecordedStatements,
  recordStatements,
  type TestDatabase,
} from '../../subgraphs/kit/testing.ts'
import { RULES, SCOPES, YAML } from '../country-access/honduras.ts'
import { type Reply, type Sent, startTestNode, type TestNode } from '../country-access/node.ts'
import { documentOf, STRICTER, TELLING } from './stricter.ts'

/**
 * A national node, over real HTTP, does not reveal by a filter, an order, a cursor or a count what a caller may not read. What is denied to a
 * caller looks like what does not exist, both in the answer and in the work that it causes.
 */

let database: TestDatabase
let recorded: RecordedStatements
let node: TestNode

beforeAll(async () => {
  database = await openTestDatabase(await loadDomains(['cases', 'persons', 'legal']), 'HN')
  await database.db.execute(`
    insert into cases.case_file (id, filed_on, agency, handling, recorded_at, synthetic, shared_with)
      select 'HN:' || n, '2026-01-01', 'MP', '{H1}', now(), true, case when n > 6 then '{other}'::text[] else '{*}' end from generate_series(1, 11) n;
    insert into cases.offence (case_id, ordinal, iccs, national_label) select 'HN:' || n, 1, '0101', 'x' from generate_series(1, 11) n;
    insert into cases.participant (row_id, case_id, role, person_id) values ('r1', 'HN:1', 'VICTIM', 'HN:P2'), ('r2', 'HN:7', 'SUSPECT', 'HN:P1');
    insert into persons.person (id, sex, birth_date, protected, agency, handling, recorded_at, synthetic, shared_with) values
      ('HN:P1', 'F', '1990-01-01', false, 'MP', '{H1}', now(), true, '{*}'), ('HN:P2', 'M', '1993-01-01', true, 'MP', '{H1}', now(), true, '{*}'),
      ('HN:P3', 'M', '1995-01-01', false, 'MP', '{H1}', now(), true, '{other}');
    insert into persons.person_name (person_id, ordinal, category, full_name)
      select 'HN:P' || n, 1, 'LEGAL', 'Xiomara Núñez' from generate_series(1, 3) n`)
  recorded = recordStatements(database.db)
  const yaml = YAML.replace('/cases" }', '/cases", sdl: cases.graphql }').replace(
    '"case:read"',
    '"case:read", "case:count"',
  )
  node = await startTestNode({ ...RULES, 'HN.yaml': yaml, 'cases.graphql': STRICTER }, recorded.db)
})
afterAll(async () => {
  await node?.close()
  await database?.close()
})

/** Asks the node. Returns the reply and the statements that the node ran for it. */
async function askAndRecord(sent: Sent): Promise<Reply & { readonly statements: readonly string[] }> {
  recorded.statements.length = 0
  const reply = await node.ask({ claims: { scope: SCOPES }, ...sent })
  // What the caller has had and asked today is the node's own book, and says nothing about records.
  const statements = recorded.statements.filter((statement) => !/istmo\.(row_count|hit_)/.test(statement))
  return { ...reply, statements }
}

describe('a leg that would reveal what the country guards', () => {
  it.each(TELLING)('is denied before the node runs a statement: %s', async (_, arguments_, variables) => {
    const { status, body, statements } = await askAndRecord({ query: documentOf(arguments_, ['HN']), variables })
    expect([status, body.data, statements]).toEqual([403, undefined, []])
  })

  it.each([
    'warrants(countries: ["HN"]) { edges { cursor } }',
    'warrants(countries: ["HN"], first: null) { edges { cursor } }',
    'warrants(countries: ["HN"], filter: { status: [ACTIVE] }) { edges { cursor } }',
    'warrants(countries: ["HN"], filter: { issuedTo: "2026-01-01" }) { edges { cursor } }',
  ])('is denied for %s too, at the root', async (field) => {
    const sent = { query: `{ ${field} }`, claims: { scope: `${SCOPES} warrant:read` } }
    const { status, statements } = await askAndRecord(sent)
    expect([status, statements]).toEqual([403, []])
  })

  it.each(['warrants { edges { cursor } }', 'warrants(first: null) { edges { cursor } }'])(
    'is denied for %s too',
    async (field) => {
      const sent = { query: `{ case(id: "HN:1") { ${field} } }`, claims: { scope: `${SCOPES} warrant:read` } }
      expect((await askAndRecord(sent)).statements).toEqual([])
    },
  )
})

describe('what is denied looks like what does not exist', () => {
  const PERSON = 'names { full } sex sameAs { id } provenance { agency }'
  const scope = 'person:read'

  it.each<[string, string, string, string, string]>([
    [
      'a case that is shared only with others',
      'cases',
      'case(id: "ID") { id caseTrackingId offences { iccs } participants { edges { cursor } } }',
      'HN:7',
      'HN:99',
    ],
    ['a person that is shared only with others', 'persons', `person(id: "ID") { ${PERSON} }`, 'HN:P3', 'HN:P99'],
    ['a victim', 'persons', `person(id: "ID") { ${PERSON} }`, 'HN:P2', 'HN:P99'],
    [
      'a victim’s cases',
      'cases',
      '_entities(representations: [{ __typename: "Person", id: "ID" }]) { ... on Person { cases(orderBy: ID_ASC) { edges { node { id } } } } }',
      'HN:P2',
      'HN:P99',
    ],
    [
      'the cases of a person whose case is shared only with others',
      'cases',
      '_entities(representations: [{ __typename: "Person", id: "ID" }]) { ... on Person { cases(orderBy: ID_ASC) { edges { node { id } } } } }',
      'HN:P1',
      'HN:P99',
    ],
  ])('%s', async (_, domain, field, denied, absent) => {
    const ask = (id: string) =>
      askAndRecord({ domain, query: `{ ${field.replace('ID', id)} }`, claims: { scope: `${SCOPES} ${scope}` } })
    const [hidden, missing] = [await ask(denied), await ask(absent)]
    expect(hidden.status).toBe(200)
    expect([hidden.status, hidden.text.replaceAll(denied, absent)]).toEqual([missing.status, missing.text])
    expect(hidden.statements).toEqual(missing.statements)
    expect(hidden.log.length).toBe(missing.log.length)
  })

  it.each<[string, string]>([
    [
      'a search by the name of three persons',
      'persons(countries: ["HN"], search: { name: "Xiomara Nunez" }) { edges { node { id } } pageInfo { hasNextPage } }',
    ],
    [
      'a search with a page of one',
      'persons(countries: ["HN"], search: { name: "Xiomara Nunez" }, first: 1) { edges { node { id } } pageInfo { hasNextPage } }',
    ],
  ])('%s finds one person and no next page', async (_, field) => {
    const { body } = await askAndRecord({ domain: 'persons', query: `{ ${field} }` })
    expect(body.data).toEqual({ persons: { edges: [{ node: { id: 'HN:P1' } }], pageInfo: { hasNextPage: false } } })
  })

  it.each(['1993-01-01', '1995-01-01'])(
    'a search for a hit on a hidden person, born %s, finds nothing',
    async (birthDate) => {
      const ask = (date: string) =>
        askAndRecord({
          domain: 'persons',
          query: `{ personHits(countries: ["HN"], search: { name: "Xiomara Núñez", birthDate: "${date}" }) { hits { hit band contactPoint } } }`,
        })
      const [hidden, missing, known] = [await ask(birthDate), await ask('1950-01-01'), await ask('1990-01-01')]
      expect(hidden.text).toBe(missing.text)
      expect(hidden.statements).toEqual(missing.statements)
      expect(known.text).toContain('"hit":true')
    },
  )

  it('a filter by a victim does not find a case', async () => {
    const ask = (id: string) =>
      askAndRecord({
        query: `{ cases(countries: ["HN"], orderBy: ID_ASC, filter: { participant: "${id}" }) { edges { node { id } } pageInfo { hasNextPage } } }`,
      })
    const [hidden, missing] = [await ask('HN:P2'), await ask('HN:P99')]
    expect([hidden.status, hidden.text]).toEqual([200, missing.text])
    expect(hidden.statements).toEqual(missing.statements)
  })
})

describe('counts', () => {
  const counts = async (filter: string): Promise<unknown> =>
    (
      await askAndRecord({
        query: `{ caseCounts(countries: ["HN"]${filter}) { counts { year cases } withheldBy } }`,
        claims: { scope: `${SCOPES} case:count` },
      })
    ).body.data

  it('include only what the caller may see, whatever the filter', async () => {
    const visible = { caseCounts: { counts: [{ year: 2026, cases: 6 }], withheldBy: [] } }
    for (const filter of ['', ', iccs: "0101"', ', fromYear: 2026, toYear: 2026'])
      expect(await counts(filter)).toEqual(visible)
  })

  it('below the threshold are omitted, and the country says so where it would have shown one', async () => {
    await database.db.execute(`update cases.case_file set shared_with = '{other}' where id in ('HN:1', 'HN:2')`)
    for (const filter of ['', ', iccs: "0101"', ', fromYear: 2026, toYear: 2026', ', level: 4, by: MONTH'])
      expect(await counts(filter)).toEqual({ caseCounts: { counts: [], withheldBy: ['HN'] } })
    for (const filter of [', iccs: "05"', ', fromYear: 1990, toYear: 1991'])
      expect(await counts(filter)).toEqual({ caseCounts: { counts: [], withheldBy: [] } })
  })
})

describe('a caller who may only count', () => {
  it.each([
    'cases(countries: ["HN"], orderBy: ID_ASC) { edges { cursor } pageInfo { hasNextPage } }',
    'cases(countries: ["HN"], orderBy: ID_ASC, filter: { recordedSince: "2026-01-01T00:00:00Z" }) { edges { cursor } }',
    'case(id: "HN:1") { id }',
    'warrants(countries: ["HN"]) { edges { cursor } }',
  ])('reads no rows to count them: %s', async (field) => {
    const { status, body, statements } = await askAndRecord({ query: `{ ${field} }`, claims: { scope: 'case:count' } })
    expect([status, body.data, statements]).toEqual([403, undefined, []])
  })
})

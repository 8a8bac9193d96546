import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IstmoError } from '../../contract/errors.ts'
import { casesModule } from '../cases/module.ts'
import { createTestExecutor, openTestDatabase, recordStatements, type TestDatabase } from './testing.ts'
import type { Database } from './types.ts'

let opened: TestDatabase
beforeAll(async () => {
  opened = await openTestDatabase([casesModule], 'GT')
  await opened.db.execute(`
    insert into cases.case_file (id, filed_on, agency, handling, recorded_at, synthetic)
      select 'GT:' || i, '2026-01-01', 'MP', '{}', now(), true from generate_series(1, 5) as g(i);
    insert into cases.offence (case_id, ordinal, iccs, national_label)
      select 'GT:' || i, o, '0101', 'charge ' || o from generate_series(1, 4) as g(i), generate_series(1, 2) as h(o)`)
})
afterAll(() => opened?.close())

const IDS = [1, 2, 3, 4, 5, 6].map((n) => ({ __typename: 'Case', id: `GT:${n}` }))
const ENTITIES = (selection: string, more = '') =>
  `query ($r: [_Any!]!, $no: Boolean = false) { __typename @include(if: $no) _entities(representations: $r) { ... on Case { id ${selection} } } } ${more}`
const PAGE = (selection: string, more = '') =>
  `query ($no: Boolean = false) { __typename @include(if: $no) cases(countries: ["GT"], orderBy: ID_ASC) { edges { node { id ${selection} } } } } ${more}`

const CHARGES = 'offences { nationalLabel }'
const chargesOf = (n: number) => (n <= 4 ? [{ nationalLabel: 'charge 1' }, { nationalLabel: 'charge 2' }] : [])

/** Lets each statement on a table fail. */
function failing(db: Database, table: string): Database {
  return {
    ...db,
    ...(db.read && {
      read: (read, time) =>
        (read.statement.text.includes(table)
          ? Promise.reject(new IstmoError('RECORDS_UNAVAILABLE'))
          : db.read?.(read, time)) as never,
    }),
    transaction: (work, time) => db.transaction((tx) => work(failing(tx, table)), time),
    query: (text, params) =>
      text.includes(table) ? Promise.reject(new IstmoError('RECORDS_UNAVAILABLE')) : db.query(text, params),
  }
}

describe('lists that are loaded ahead', () => {
  it.each([
    ['a field', CHARGES, ''],
    ['a fragment', '...F', `fragment F on Case { ${CHARGES} }`],
    ['an inline fragment', `... on Case { ${CHARGES} }`, ''],
    ['a field with a directive', 'offences @skip(if: $no) { nationalLabel }', ''],
    ['a fragment with a directive', `... @include(if: true) { ${CHARGES} }`, ''],
  ])('are the lists of each record, by %s, in one statement', async (_title, selection, more) => {
    const recorded = recordStatements(opened.db)
    const ask = createTestExecutor(casesModule, recorded.db, 'GT')
    const { data, errors } = await ask(ENTITIES(selection, more), { r: IDS })
    expect(errors).toBeUndefined()
    const expected = [1, 2, 3, 4, 5].map((n) => ({ id: `GT:${n}`, offences: chargesOf(n) }))
    expect(data).toEqual({ _entities: [...expected, null] })
    expect(recorded.statements).toHaveLength(2)
    expect(await ask(PAGE(selection, more))).toEqual({ data: { cases: { edges: expected.map((node) => ({ node })) } } })
    expect(recorded.statements).toHaveLength(4)
  })

  it('are not loaded if nobody asks for them', async () => {
    const recorded = recordStatements(opened.db)
    const ask = createTestExecutor(casesModule, recorded.db, 'GT')
    await ask(ENTITIES('offences @include(if: $no) { nationalLabel }'), { r: IDS })
    await ask(PAGE('status'))
    expect(recorded.statements).toHaveLength(2)
  })

  it('share a statement with the same list under another name', async () => {
    const recorded = recordStatements(opened.db)
    const ask = createTestExecutor(casesModule, recorded.db, 'GT')
    await ask(ENTITIES(`${CHARGES} again: ${CHARGES} offences @skip(if: $no) { iccs }`), { r: [...IDS, ...IDS] })
    expect(recorded.statements).toHaveLength(2)
  })

  it('fail each in its own field', async () => {
    const ask = createTestExecutor(casesModule, failing(opened.db, 'cases.offence'), 'GT')
    for (const [query, place] of [
      [ENTITIES(CHARGES), (at: number) => ['_entities', at, 'offences']],
      [PAGE(CHARGES), (at: number) => ['cases', 'edges', at, 'node', 'offences']],
    ] as const) {
      const { data, errors } = await ask(query, { r: IDS })
      expect(errors?.map(({ path, extensions }) => [path, extensions?.code])).toEqual(
        [0, 1, 2, 3, 4].map((at) => [place(at), 'RECORDS_UNAVAILABLE']),
      )
      expect(JSON.stringify(data)).toContain('{"id":"GT:5","offences":null}')
    }
  })
})

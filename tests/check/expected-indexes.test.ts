import { afterAll, beforeAll, expect, it } from 'vitest'
import { DOMAINS } from '../../contract/domain.ts'
import { EXPECTED_INDEXES, withoutName } from '../../joining/check/parts/schema.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import { openTestDatabase, type TestDatabase } from '../../subgraphs/kit/testing.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase(await loadDomains(DOMAINS), 'NI')
})
afterAll(() => database?.close())

it('the expected indexes are those that the migrations make', async () => {
  const rows = await database.db.query<{ definition: string }>(
    `select indexdef as definition from pg_indexes where schemaname in ('istmo', 'reference', 'cases', 'persons', 'legal')`,
  )
  expect([...EXPECTED_INDEXES].sort()).toEqual(rows.map(({ definition }) => withoutName(definition)).sort())
})

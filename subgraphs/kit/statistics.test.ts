import { afterAll, beforeAll, expect, it } from 'vitest'
import { casesModule } from '../cases/module.ts'
import { refreshStatistics } from './statistics.ts'
import { openTestDatabase, type TestDatabase } from './testing.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase([casesModule], 'PA')
})
afterAll(() => database?.close())

it('refreshStatistics tells the planner how many rows each table has', async () => {
  const { db } = database
  await db.execute(`
    insert into cases.case_file (id, agency, handling, recorded_at, synthetic)
      select 'PA:' || n, 'MP', '{H1}', now(), true from generate_series(1, 3000) n`)
  await refreshStatistics(db)
  const rows = await db.query<{ name: string; rows: number }>(
    `select oid::regclass::text as name, reltuples::int as rows from pg_class
     where relkind = 'r' and relnamespace::regnamespace::text in ('cases', 'reference', 'istmo') order by 1`,
  )
  expect(rows).toContainEqual({ name: 'cases.case_file', rows: 3000 })
  expect(rows.filter(({ rows }) => rows < 0)).toEqual([])
})

import { afterAll, beforeAll, expect, it } from 'vitest'
import { casesModule } from '../cases/module.ts'
import { refreshStaleStatistics, refreshStatistics } from './statistics.ts'
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

it('refreshStaleStatistics looks only at tables without statistics, and at those that have another size since', async () => {
  const { db } = database
  await db.execute(`
    create table cases.tiny with (autovacuum_enabled = false) as select 1 as id;
    create table cases.indexed with (autovacuum_enabled = false) as select n as id from generate_series(1, 3000) n;
    create index on cases.indexed (id)`)
  expect(await refreshStaleStatistics(db)).toEqual(expect.arrayContaining(['cases.indexed', 'cases.tiny']))
  expect(await refreshStaleStatistics(db)).toEqual([])
  await db.execute('insert into cases.tiny select n from generate_series(2, 3000) n')
  expect(await refreshStaleStatistics(db)).toEqual(['cases.tiny'])
  await db.execute('truncate cases.tiny; insert into cases.tiny select n from generate_series(1, 10) n')
  expect(await refreshStaleStatistics(db)).toEqual(['cases.tiny'])
  const [{ rows } = { rows: 0 }] = await db.query<{ rows: number }>(
    `select reltuples::int as rows from pg_class where oid = 'cases.tiny'::regclass`,
  )
  expect(rows).toBe(10)
})

/** The counts of rows against a plain oracle: in memory, and in PostgreSQL at the gateway and at a node. */
import { PGlite } from '@electric-sql/pglite'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMemoryRowCounts, type RowCounts } from '../../contract/row-quota/row-quota.ts'
import { createFallbackRowCounts, createSharedRowCounts } from '../../gateway/admit/shared-row-counts.ts'
import { fromPrepared } from '../../service/prepared-database.ts'
import { BIND_READER } from '../../subgraphs/kit/read-as.ts'
import { createDatabaseRowCounts } from '../../subgraphs/kit/row-counts.ts'
import { openTestDatabase, type TestDatabase } from '../../subgraphs/kit/testing.ts'

let gatewayDatabase: PGlite
let nodeDatabase: TestDatabase

beforeAll(async () => {
  gatewayDatabase = await PGlite.create(await fromPrepared(undefined, 'nothing'))
  nodeDatabase = await openTestDatabase([], 'HN')
})
afterAll(async () => {
  await gatewayDatabase?.close()
  await nodeDatabase?.close()
})

const uses = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b'),
    day: fc.constantFrom('2026-11-25', '2026-11-26'),
    rows: fc.integer({ min: 1, max: 500 }),
  }),
  { maxLength: 20 },
)

describe.each<[string, () => Promise<RowCounts>]>([
  ['in memory', async () => createMemoryRowCounts()],
  ['in the database that gateways share', () => createSharedRowCounts(gatewayDatabase)],
  ['in a country’s own database', async () => createDatabaseRowCounts(nodeDatabase.db)],
])('rows that are counted %s', (_, open) => {
  it('are counted by caller and day, and say how many there were before', async () => {
    let run = 0
    const counts = await open()
    await fc.assert(
      fc.asyncProperty(uses, async (sequence) => {
        run += 1
        const oracle = new Map<string, number>()
        for (const { key, day, rows } of sequence) {
          const before = oracle.get(`${key} ${day}`) ?? 0
          expect(await counts.read(`${run} ${key}`, day)).toBe(before)
          expect(await counts.add(`${run} ${key}`, day, rows)).toBe(before)
          oracle.set(`${key} ${day}`, before + rows)
        }
      }),
      { numRuns: 20 },
    )
  })

  it('are each counted once if they come at the same time', async () => {
    const counts = await open()
    const befores = await Promise.all(Array.from({ length: 20 }, () => counts.add('together', '2026-11-26', 3)))
    expect(befores.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => 3 * i))
  })
})

it('remain when another process opens the database', async () => {
  await (await createSharedRowCounts(gatewayDatabase)).add('stays', '2026-11-26', 7)
  expect(await (await createSharedRowCounts(gatewayDatabase)).read('stays', '2026-11-26')).toBe(7)
  await createDatabaseRowCounts(nodeDatabase.db).add('stays', '2026-11-26', 7)
  expect(await createDatabaseRowCounts(nodeDatabase.db).read('stays', '2026-11-26')).toBe(7)
})

it('are those of the answers, once two processes of a node that took rows in advance have ended', async () => {
  const processes = [1, 2].map(() => createDatabaseRowCounts(nodeDatabase.db, () => 8_000))
  const asks = fc.array(fc.record({ at: fc.nat({ max: 1 }), rows: fc.integer({ min: 1, max: 20 }) }), { maxLength: 30 })
  let asked = 0
  await fc.assert(
    fc.asyncProperty(asks, async (all) => {
      for (const { at, rows } of all) await processes[at]?.add('in advance', '2026-11-26', rows)
      asked += all.reduce((sum, { rows }) => sum + rows, 0)
      for (const counts of processes) await counts.close()
      expect(await createDatabaseRowCounts(nodeDatabase.db).read('in advance', '2026-11-26')).toBe(asked)
    }),
    { numRuns: 10 },
  )
})

it('are counted in memory, from what this gateway counted, while the shared database fails', async () => {
  const shared = createMemoryRowCounts()
  let isDown = false
  const failing: RowCounts = {
    read: async (key, day) => (isDown ? Promise.reject(new Error('down')) : shared.read(key, day)),
    add: async (key, day, rows) => (isDown ? Promise.reject(new Error('down')) : shared.add(key, day, rows)),
  }
  const failures: unknown[] = []
  const counts = createFallbackRowCounts(failing, (error) => failures.push(error))
  await counts.add('a', '2026-11-26', 4)
  isDown = true
  expect(await counts.add('a', '2026-11-26', 2)).toBe(4)
  isDown = false
  expect(await counts.read('a', '2026-11-26')).toBe(6)
  expect(failures).toHaveLength(1)
})

it('can be neither read nor written by the role that reads for legs', async () => {
  for (const sql of ['select * from istmo.row_count', 'delete from istmo.row_count']) {
    const denied = nodeDatabase.db.transaction(async (transaction) => {
      await transaction.query(BIND_READER, ['', ''])
      await transaction.query(sql)
    })
    await expect(denied).rejects.toThrow(/permission denied/)
  }
})

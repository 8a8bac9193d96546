/** What gateways share is swept now and then: of what nobody needs any more, and of nothing else. */
import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createSharedBuckets, type SharedDatabase } from './shared-buckets.ts'
import { openSharedReplays, SERVER } from './shared-replays.ts'
import { createSharedRowCounts } from './shared-row-counts.ts'

let database: PGlite
beforeAll(async () => {
  database = await PGlite.create()
})
afterAll(() => database.close())

/** The database, which sees nothing of the uses while `spares.isOn`: ten thousand of them would take long. */
function sparing(answer: object) {
  const spares = { isOn: false }
  const spared: SharedDatabase = {
    query: async (...asked) => (spares.isOn ? { rows: [answer] } : database.query(...asked)),
  }
  const spare = async (times: number, use: () => Promise<unknown> | unknown): Promise<void> => {
    spares.isOn = true
    for (let time = 0; time < times; time++) await use()
    spares.isOn = false
  }
  return { spared, spare }
}

const rowsOf = async (table: string, column: string): Promise<unknown[]> => {
  const { rows } = await database.query<Record<string, unknown>>(`select ${column} from ${table} order by ${column}`)
  return rows.map((row) => row[column])
}

const serverOf = async (): Promise<unknown> => {
  const { rows } = await database.query<{ server: string }>(`select ${SERVER} as server`)
  return rows[0]?.server
}

it('buckets lose those that are full again', async () => {
  const { spared, spare } = sparing({ wait: null })
  const take = await createSharedBuckets(spared)
  const rate = { perSecond: 0.001, burst: 1 }
  await take('spent', rate)
  await database.query("insert into istmo_rate_limit (key, full_at) values ('full', 1)")
  await spare(9_998, () => take('another', rate))
  expect((await take('spent', rate)).isTaken).toBe(false)
  expect(await rowsOf('istmo_rate_limit', 'key')).toEqual(['spent'])
})

it('used proofs lose those that are too old, and none that could come again', async () => {
  const { spared, spare } = sparing({ is_first: true, server: await serverOf() })
  let nowS = 1_000
  const fail = (error: unknown): never => {
    throw error
  }
  const replays = await openSharedReplays(spared, fail, () => nowS)
  await replays.noteFirstUse('old', 1_065)
  await replays.noteFirstUse('young', 1_067)
  nowS = 1_066
  await spare(997, () => replays.noteFirstUse('another', 1_131))
  expect(await replays.noteFirstUse('young', 1_067)).toBe(false)
  expect(await rowsOf('istmo_used_proof', 'id')).toEqual(['young'])
})

it('counts of rows lose those of former days, and none of today', async () => {
  const { spared, spare } = sparing({ rows: 1 })
  const counts = await createSharedRowCounts(spared)
  await counts.add('old', '2026-11-20', 5)
  await counts.add('today', '2026-11-26', 5)
  await spare(9_997, () => counts.add('another', '2026-11-26', 1))
  expect(await counts.add('today', '2026-11-26', 1)).toBe(5)
  expect(await rowsOf('istmo_row_count', 'key')).toEqual(['today'])
})

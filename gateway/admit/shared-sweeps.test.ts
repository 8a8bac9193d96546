/** What gateways share is swept now and then: of what nobody needs any more, and of nothing else. */
import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fromPrepared } from '../../service/prepared-database.ts'
import type { SharedDatabase } from './shared-buckets.ts'
import { createSharedBuckets, openSharedHits } from './shared-buckets.ts'
import { openSharedReplays, SERVER } from './shared-replays.ts'
import { createSharedRowCounts } from './shared-row-counts.ts'

let database: PGlite
beforeAll(async () => {
  database = await PGlite.create(await fromPrepared(undefined, 'nothing'))
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
  const answer = { is_first: true, server: undefined as unknown }
  const { spared, spare } = sparing(answer)
  const fail = (error: unknown): never => {
    throw error
  }
  const replays = await openSharedReplays(spared, { onFailure: fail })
  answer.server = await serverOf()
  const nowS = Date.now() / 1_000
  await replays.noteFirstUse('old', nowS - 660)
  await replays.noteFirstUse('young', nowS - 540)
  await spare(997, () => replays.noteFirstUse('another', nowS))
  expect(await replays.noteFirstUse('young', nowS - 540)).toBe(false)
  expect(await rowsOf('istmo_used_proof', 'id')).toEqual(['young'])
})

/** Returns the day of UTC that many days from now. */
const dayIn = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)

it('counts of rows lose those of former days, and none of today, though the clock of a gateway is days ahead', async () => {
  const { spared, spare } = sparing({ rows: 1 })
  const counts = await createSharedRowCounts(spared)
  await counts.add('old', dayIn(-6), 5)
  await counts.add('today', dayIn(0), 5)
  await spare(9_997, () => counts.add('another', dayIn(6), 1))
  expect(await counts.add('ahead', dayIn(6), 1)).toBe(0)
  expect(await rowsOf('istmo_row_count', 'key')).toEqual(['ahead', 'today'])
})

it('hit searches of today stay, though the clock of a gateway has passed midnight', async () => {
  const hits = await openSharedHits(database)
  for (const days of [-1, 0]) await hits.append('caller', dayIn(days), 0, [{ search: 'x', born: null, names: [] }])
  await hits.forget(dayIn(1))
  expect(await hits.read('caller', dayIn(0), 0)).toHaveLength(1)
  expect(await hits.read('caller', dayIn(-1), 0)).toEqual([])
})

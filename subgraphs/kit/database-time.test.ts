import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from './database.ts'
import { startLegTime } from './leg-time.ts'
import { openEmptyDatabase } from './testing.ts'
import type { Database } from './types.ts'

/**
 * A leg's time ends its statement, on a PostgreSQL server (when `ISTMO_TEST_DATABASE_URL` names one) and in PGlite with a folder.
 */

/** A statement that would run for hours without waiting for anything. */
const SLOW = 'select count(*) from generate_series(1, 1000000) a, generate_series(1, 1000000) b'

interface Opened {
  readonly db: Database
  /** Whether a server runs the statements. PGlite ends a thread instead of a statement. */
  readonly isServer: boolean
  close(): Promise<void>
}

async function openServerOrFolder(): Promise<Opened> {
  const server = await openEmptyDatabase()
  if (server.url !== undefined) return { ...server, isServer: true }
  await server.close()
  const folder = await mkdtemp(join(tmpdir(), 'istmo-time-'))
  const db = await openDatabase({ folder: join(folder, 'GT') })
  const close = async (): Promise<void> => {
    await db.close()
    await rm(folder, { recursive: true })
  }
  return { db, isServer: false, close }
}

const slowly = (db: Database, ms: number, abandoned?: AbortSignal) =>
  db.transaction((tx) => tx.query(SLOW), startLegTime(ms, abandoned))

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

describe('the time of a leg', () => {
  let opened: Opened
  beforeAll(async () => {
    opened = await openServerOrFolder()
    await opened.db.execute('create table kept as select 1 as id')
  })
  afterAll(() => opened?.close())

  it('ends a statement that runs longer, and the database keeps its rows and answers', async () => {
    const { db } = opened
    const took = await millisecondsOf(() => expect(slowly(db, 300)).rejects.toMatchObject({ code: 'LEG_DEADLINE' }))
    expect(took).toBeGreaterThan(250)
    expect(took).toBeLessThan(60_000)
    const next = await millisecondsOf(async () => expect(await db.query('select id from kept')).toEqual([{ id: 1 }]))
    expect(next).toBeLessThan(60_000)
  })

  it('ends with the gateway’s connection: nothing runs on for nobody', async () => {
    const { db, isServer } = opened
    const abandoned = new AbortController()
    const answer = slowly(db, 60_000, abandoned.signal)
    setTimeout(() => abandoned.abort(), 200)
    await expect(answer).rejects.toMatchObject({ code: 'LEG_DEADLINE' })
    if (!isServer) return
    const running = `select count(*)::int as n from pg_stat_activity where state = 'active' and query = $1`
    await expect.poll(() => db.query(running, [SLOW])).toEqual([{ n: 0 }])
  })

  it('leaves the thread of the node free while a statement runs', async () => {
    const { db } = opened
    const abandoned = new AbortController()
    let ticks = 0
    const timer = setInterval(() => {
      ticks += 1
      if (ticks === 10) abandoned.abort()
    }, 10)
    // If the statement kept this thread busy, it would run for hours.
    await expect(slowly(db, 600_000, abandoned.signal)).rejects.toMatchObject({ code: 'LEG_DEADLINE' })
    clearInterval(timer)
    expect(ticks).toBeGreaterThanOrEqual(10)
  })

  it('is over for a leg that still waits for the database', async () => {
    const { db } = opened
    const ended: string[] = []
    const many = Array.from({ length: 12 }, async () => {
      const code = await slowly(db, 3_000).catch(({ code }: { code: string }) => code)
      ended.push('a leg with more time')
      return code
    })
    const waiting = db.transaction((tx) => tx.query('select 1'), startLegTime(100))
    await expect(waiting).rejects.toMatchObject({ code: 'LEG_DEADLINE' })
    expect(ended).toEqual([])
    expect(new Set(await Promise.all(many))).toEqual(new Set(['LEG_DEADLINE']))
    expect(await db.query('select id from kept')).toEqual([{ id: 1 }])
  })

  it('changes nothing for a statement that is in time, and nothing for work without a leg', async () => {
    const { db } = opened
    const time = startLegTime(30_000)
    expect(await db.transaction((tx) => tx.query('select id from kept'), time)).toEqual([{ id: 1 }])
    await expect(db.transaction((tx) => tx.query('select 1 / 0'), time)).rejects.toThrow('division by zero')
    expect(await db.transaction((tx) => tx.query('select id from kept'))).toEqual([{ id: 1 }])
  })
})

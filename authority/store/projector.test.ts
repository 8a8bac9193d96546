import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { createTestDatabase, type TestAuthorityDatabase } from '../../tests/authority/database.ts'
import { type AuthorityDatabase, type FollowedLog, openProjector, type Projection } from './projector.ts'

/** Rows in the order in which they were written: an entry that is applied twice, not at all or too early shows. */
const LIST: Projection = {
  tables: ['create table if not exists istmo_authority.list (at serial, id text not null)'],
  apply: async ({ id }, query) => void (await query('insert into istmo_authority.list (id) values ($1)', [id])),
}

let database: TestAuthorityDatabase
let db: AuthorityDatabase
beforeAll(async () => {
  database = await createTestDatabase()
  db = await database.open()
})
afterAll(() => database.remove())

const rows = async () =>
  (await db.query<{ id: string }>('select id from istmo_authority.list order by at')).map(({ id }) => id)
const entryOf = (id: string): Entry => ({ id }) as Entry

function createLog(origin: string) {
  const ids: string[] = []
  let reads = 0
  const log: FollowedLog = {
    origin,
    size: () => ids.length,
    async *read(from) {
      reads += 1
      for (const [at, id] of ids.entries()) if (at >= from) yield { index: at, entry: id === '' ? null : entryOf(id) }
    },
  }
  return { log, ids, reads: () => reads }
}

it('whatever fails, comes out of order or is not told, the rows are those of the entries, each once and in order', async () => {
  const step = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('append' as const), isTold: fc.boolean(), isForeign: fc.boolean() }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('reach' as const), isAway: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('copy' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('failover' as const) }) },
  )
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      // Another log's rows are never taken for this one's.
      run += 1
      const { log, ids } = createLog(`log-${run}`)
      let projector = await openProjector(db, log, [LIST])
      let standby = await copyRows()
      for (const [at, each] of steps.entries()) {
        if (each.kind === 'append') {
          ids.push(each.isForeign ? '' : `${run}-${at}`)
          const index = ids.length - 1
          if (each.isTold && !each.isForeign) projector.note([{ index, entry: entryOf(ids[index] ?? '') }])
        } else if (each.kind === 'restart') projector = await openProjector(db, log, [LIST])
        else if (each.kind === 'forget') {
          await db.query('drop schema istmo_authority cascade')
          projector = await openProjector(db, log, [LIST])
          expect(projector.knowsUsesSince() > 0).toBe(ids.length > 1)
          standby = await copyRows()
        } else if (each.kind === 'copy') standby = await copyRows()
        else if (each.kind === 'failover') await failOverTo(standby)
        else {
          database.setAway(each.isAway)
          const reached = projector.reach(ids.length).then(
            () => true,
            () => false,
          )
          const isReached = await reached
          database.setAway(false)
          if (!each.isAway) expect(isReached).toBe(true)
        }
      }
      await projector.reach(ids.length)
      expect(await rows()).toEqual(ids.filter((id) => id !== ''))
    }),
    { numRuns: 25 },
  )
})

/** What a standby that lags has received. */
async function copyRows() {
  const [position] = await db.query<{ next: number; last: string | null }>(
    'select next, last from istmo_authority.position',
  )
  return { position, ids: await rows() }
}

async function failOverTo({ position, ids }: Awaited<ReturnType<typeof copyRows>>): Promise<void> {
  await db.query('delete from istmo_authority.list')
  for (const id of ids) await db.query('insert into istmo_authority.list (id) values ($1)', [id])
  await db.query('update istmo_authority.position set next = $1, last = $2', [position?.next, position?.last])
}

it('after a failover to a standby that lagged, the rows come again from the log, and older assertions are no longer accepted', async () => {
  const { log, ids } = createLog('failover')
  let time = 1_000
  const projector = await openProjector(db, log, [LIST], () => time)
  ids.push('a')
  await projector.reach(1)
  const standby = await copyRows()
  ids.push('b', 'c')
  await projector.reach(3)
  expect(projector.knowsUsesSince()).toBe(0)
  await failOverTo(standby)
  time = 2_000
  // Nothing new was written: the authority looks once a second.
  await projector.reach(3)
  expect(await rows()).toEqual(['a', 'b', 'c'])
  expect(projector.knowsUsesSince()).toBe(2_000)
  await failOverTo(standby)
  ids.push('d')
  projector.note([{ index: 3, entry: entryOf('d') }])
  await projector.reach(4)
  expect(await rows()).toEqual(['a', 'b', 'c', 'd'])
})

it('makes the rows again if an earlier version wrote them, which could leave some out', async () => {
  const { log, ids } = createLog('earlier version')
  ids.push('a', 'b')
  await openProjector(db, log, [LIST])
  await db.query("delete from istmo_authority.list where id = 'a'")
  await db.query('update istmo_authority.position set version = 2')
  await openProjector(db, log, [LIST])
  expect(await rows()).toEqual(['a', 'b'])
})

it('reads the log only for what nobody told it', async () => {
  const { log, ids, reads } = createLog('told')
  const projector = await openProjector(db, log, [LIST])
  const before = reads()
  ids.push('a', 'b')
  projector.note([
    { index: 1, entry: entryOf('b') },
    { index: 0, entry: entryOf('a') },
  ])
  await Promise.all([projector.reach(2), projector.reach(1), projector.reach(2)])
  expect(reads()).toBe(before)
  expect(await rows()).toEqual(['a', 'b'])
})

it('makes the rows again if the log is shorter than the database thinks, or has another entry there', async () => {
  const { log, ids } = createLog('set back')
  ids.push('a', 'b', 'c')
  await openProjector(db, log, [LIST])
  ids.length = 2
  await openProjector(db, log, [LIST])
  expect(await rows()).toEqual(['a', 'b'])
  ids.splice(1, 1, 'x')
  await openProjector(db, log, [LIST])
  expect(await rows()).toEqual(['a', 'x'])
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testServerUrl } from './config.ts'
import { startLegTime } from './leg-time.ts'
import { readAs } from './read-as.ts'
import { openTestDatabase, type TestDatabase } from './testing.ts'
import type { Database } from './types.ts'

const WHO = `select current_user::text as "user", istmo.task_force() as "taskForce", istmo.shows_protected() as "isProtected"`

let opened: TestDatabase
let db: Database
beforeAll(async () => {
  opened = await openTestDatabase([], 'GT')
  db = opened.db
  await db.execute(`
    create schema kept;
    grant usage on schema kept to istmo_reader;
    create table kept.record as select i as id, 'row ' || i as name, array['a', 'b,c', null] as texts from generate_series(1, 300) as g(i);
    grant select on kept.record to istmo_reader`)
})
afterAll(() => opened?.close())

const PLANS = [undefined, 'keep', 'anew', 'keep'] as const

const read = (taskForce: string | null, isProtected = false) =>
  readAs(db, { taskForce, showsProtected: isProtected }, startLegTime(60_000))

describe('a leg that reads', () => {
  it('is the reader, with its own rights, and leaves nothing behind', async () => {
    const [before] = await db.query(WHO)
    for (const plan of [undefined, 'keep', 'keep', 'anew', 'anew'] as const) {
      expect(await read('one', true).query(WHO, [], plan)).toEqual([
        { user: 'istmo_reader', taskForce: 'one', isProtected: true },
      ])
      expect(await read(null).query(WHO, [], plan)).toEqual([
        { user: 'istmo_reader', taskForce: '', isProtected: false },
      ])
      expect(await db.query(WHO)).toEqual([before])
    }
  })

  it('never has the rights of another leg, however many read at a time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, at) => read(`force ${at}`, at % 3 === 0).query(WHO, [], PLANS[at % 4])),
    )
    for (const [at, rows] of answers.entries()) {
      expect(rows).toEqual([{ user: 'istmo_reader', taskForce: `force ${at}`, isProtected: at % 3 === 0 }])
    }
  })

  it('gets the same rows with a kept statement as without', async () => {
    const text = `select id, name, texts, null::text as nothing, '2026-11-27 14:30:00.5+00'::timestamptz as time from kept.record
      where id = any($1::int[]) order by id`
    for (const ids of [[], [7], [3, 1, 2], [301]]) {
      const rows = await read('one').query(text, [ids])
      for (const plan of PLANS) expect(await read('one').query(text, [ids], plan)).toEqual(rows)
      expect(rows).toEqual(
        ids
          .filter((id) => id <= 300)
          .sort()
          .map((id) => ({
            ...{ id, name: `row ${id}`, texts: ['a', 'b,c', null] },
            ...{ nothing: null, time: '2026-11-27T14:30:00.500Z' },
          })),
      )
    }
  })

  it('fails by itself: the next leg reads', async () => {
    for (const plan of PLANS) {
      await expect(read('one').query('select 1 / $1::int', [0], plan)).rejects.toThrow('division by zero')
      await expect(read('one').query('select nonsense', [], plan)).rejects.toThrow('nonsense')
      await expect(read('one').query('delete from kept.record', [], plan)).rejects.toThrow('permission denied')
      expect(await read('two').query('select 1 / $1::int as one', [1], plan)).toEqual([{ one: 1 }])
    }
  })

  it('reads by more texts than a connection keeps', async () => {
    for (let round = 0; round < 2; round++) {
      for (let at = 0; at < 70; at++) {
        expect(
          await read('one').query(`select ${at} as n, id from kept.record where id = $1`, [at + 1], 'keep'),
        ).toEqual([{ n: at, id: at + 1 }])
      }
    }
  })

  it.each(['keep', 'anew'] as const)(
    'reads a table that has changed since its statement was kept: %s',
    async (plan) => {
      const text = `select *, '${plan}' as plan from kept.record where id = $1`
      const [before] = await read('one').query<object>(text, [1], plan)
      for (let i = 0; i < 12; i++) await read('one').query(text, [1], plan)
      await db.execute(`alter table kept.record add column more_${plan} int default 5`)
      const rows = await Promise.all(Array.from({ length: 12 }, () => read('one').query(text, [1], plan)))
      for (const found of rows) expect(found).toEqual([{ ...before, [`more_${plan}`]: 5 }])
    },
  )

  it.each(['keep', 'anew'] as const)(
    'never sees the rows of another task force by a kept statement, also after the rule has changed: %s',
    async (plan) => {
      const table = `kept.shared_${plan}`
      await db.execute(`
        create table ${table} as select i as id, case i % 3 when 0 then 'one' when 1 then 'two' else 'nobody' end as whose from generate_series(1, 30) as g(i);
        alter table ${table} enable row level security;
        create policy reading on ${table} to istmo_reader using (whose = (select istmo.task_force()));
        grant select on ${table} to istmo_reader`)
      const text = `select distinct whose from ${table} where id = any($1::int[]) and id > $2 order by whose`
      const ids = Array.from({ length: 30 }, (_, at) => at + 1)
      const whose = async (taskForce: string | null) =>
        (await read(taskForce).query<{ whose: string }>(text, [ids, 0], plan)).map((row) => row.whose)
      const ask = () =>
        Promise.all(Array.from({ length: 40 }, (_, at) => whose(['one', 'two', null, 'three'][at % 4] ?? null)))
      for (let round = 0; round < 3; round++) {
        for (const [at, found] of (await ask()).entries()) expect(found).toEqual([['one'], ['two'], [], []][at % 4])
      }
      await db.execute(`
        drop policy reading on ${table};
        create policy reading on ${table} to istmo_reader using (whose = (select istmo.task_force()) and id > 30 or whose = 'nobody')`)
      for (const found of await ask()) expect(found).toEqual(['nobody'])
      await db.execute(`drop policy reading on ${table}`)
      for (const found of await ask()) expect(found).toEqual([])
    },
  )

  it('sends no message for a value that cannot be written', async () => {
    await expect(read('one').query('select $1::text', [Symbol('no text')], 'keep')).rejects.toThrow()
    expect(await read('one').query(WHO)).toMatchObject([{ user: 'istmo_reader' }])
  })
})

// An embedded database has the settings and the statement in one transaction, which its own tests show.
if (testServerUrl() !== undefined) {
  describe('a leg that reads on a server', () => {
    it('has its statement planned for its own values, unless one plan is good for all', async () => {
      const counts = `select custom_plans::int as anew, generic_plans::int as kept from pg_prepared_statements where statement = $1`
      const run = async (plan: 'keep' | 'anew') => {
        const text = `select id as ${plan} from kept.record where id = $1`
        for (let i = 0; i < 20; i++) await read('one').query(text, [7], plan)
        return read('one').query<{ anew: number; kept: number }>(counts, [text])
      }
      expect(await run('anew')).toEqual([{ anew: 20, kept: 0 }])
      const [kept] = await run('keep')
      expect(kept?.kept).toBeGreaterThan(0)
    })

    it('runs no statement if its settings fail', async () => {
      await db.execute('create sequence kept.runs')
      const statement = { text: `select nextval('kept.runs')`, params: [] }
      const settings = { text: 'select 1 / $1::int', params: [0] }
      for (const isKept of [false, true, true]) {
        await expect(db.read?.({ settings, statement, isKept })).rejects.toThrow('division by zero')
      }
      expect(await db.query('select is_called from kept.runs')).toEqual([{ is_called: false }])
    })

    it('is ended by the server if its time is over and nobody cancels it', async () => {
      const settings = { text: `select set_config('statement_timeout', '100', true)`, params: [] }
      const statement = { text: 'select pg_sleep($1)', params: [60] }
      for (const isKept of [false, true, true]) {
        await expect(db.read?.({ settings, statement, isKept })).rejects.toThrow('statement timeout')
      }
      expect(await read('one').query(WHO)).toMatchObject([{ user: 'istmo_reader' }])
    })
  })
}

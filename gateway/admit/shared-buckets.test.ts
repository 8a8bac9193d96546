import { PGlite } from '@electric-sql/pglite'
import { describe, expect, it } from 'vitest'
import { fromPrepared } from '../../service/prepared-database.ts'
import { createSharedBuckets } from './shared-buckets.ts'

const RATE = { perSecond: 0.001, burst: 1 }

describe('the table of rates', () => {
  it('may exist already, for a role that cannot create it', async () => {
    const database = await PGlite.create(await fromPrepared(undefined, 'nothing'))
    await createSharedBuckets(database)
    await database.exec(`
      create role counting;
      grant select, insert, update, delete on istmo_rate_limit to counting;
      revoke create on schema public from public;
      set role counting`)
    const take = await createSharedBuckets(database)
    expect([await take('a', RATE), (await take('a', RATE)).isTaken]).toEqual([{ isTaken: true }, false])
    await database.close()
  })

  it('is missed at once if it does not exist and the role cannot create it', async () => {
    const database = await PGlite.create(await fromPrepared(undefined, 'nothing'))
    await database.exec('create role counting; revoke create on schema public from public; set role counting')
    await expect(createSharedBuckets(database)).rejects.toThrow(/permission denied/)
    await database.close()
  })
})

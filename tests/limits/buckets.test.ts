/** Rate limits against a plain oracle: in memory, on PGlite, and on PostgreSQL if the environment names a server. */
import { PGlite } from '@electric-sql/pglite'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMemoryBuckets, type Rate, type TakeToken } from '../../gateway/admit/rate.ts'
import { createSharedBuckets, type SharedDatabase } from '../../gateway/admit/shared-buckets.ts'
import { createSharedReadiness } from '../../gateway/admit/shared-readiness.ts'
import { openSharedReplays, SERVER } from '../../gateway/admit/shared-replays.ts'
import { findForgetfulReplication } from '../../service/forgetful-replication.ts'
import { fromPrepared } from '../../service/prepared-database.ts'
import { openEmptyDatabase } from '../../subgraphs/kit/testing.ts'
import { newProofClient, openProofGateway, type ProofGateway } from './proof-gateway.ts'

/** Times are eighths of a second, because their sums are exact. */
const rates = fc.record({ perSecond: fc.constantFrom(0.125, 0.5, 1, 2, 8), burst: fc.integer({ min: 1, max: 5 }) })
const uses = fc.array(fc.record({ after: fc.integer({ min: 0, max: 24 }), key: fc.constantFrom('a', 'b') }), {
  maxLength: 40,
})

/** The plain oracle: counts tokens. */
function createOracle({ perSecond, burst }: Rate) {
  const buckets = new Map<string, { tokens: number; at: number }>()
  return (key: string, now: number): boolean => {
    const { tokens, at } = buckets.get(key) ?? { tokens: burst, at: now }
    const filled = Math.min(burst, tokens + (now - at) * perSecond)
    const isTaken = filled >= 1
    buckets.set(key, { tokens: isTaken ? filled - 1 : filled, at: now })
    return isTaken
  }
}

interface Buckets {
  readonly take: TakeToken
  readonly setNow: (seconds: number) => Promise<void>
}

function behavesAsBucket(name: string, open: () => Promise<Buckets>, numRuns: number): void {
  describe(name, () => {
    it('accepts what a counted bucket accepts, and says when there is a token again', async () => {
      let run = 0
      const { take, setNow } = await open()
      await fc.assert(
        fc.asyncProperty(rates, uses, async (rate, sequence) => {
          const oracle = createOracle(rate)
          run += 1
          const passed = new Map<string, number>()
          let now = run * 1_000
          const began = now
          for (const { after, key } of sequence) {
            now += after / 8
            await setNow(now)
            const taken = await take(`${run} ${key}`, rate)
            expect(taken.isTaken).toBe(oracle(key, now))
            if (taken.isTaken) passed.set(key, (passed.get(key) ?? 0) + 1)
            expect(passed.get(key) ?? 0).toBeLessThanOrEqual(rate.burst + rate.perSecond * (now - began))
            if (taken.isTaken) continue
            expect(taken.waitSeconds).toBeGreaterThan(0)
            expect(taken.waitSeconds).toBeLessThanOrEqual(1 / rate.perSecond)
          }
        }),
        { numRuns },
      )
    })

    it('has a token again after the seconds that it said', async () => {
      const { take, setNow } = await open()
      const rate = { perSecond: 0.5, burst: 1 }
      await setNow(1_000_000)
      expect(await take('again', rate)).toEqual({ isTaken: true })
      await setNow(1_000_000.5)
      expect(await take('again', rate)).toEqual({ isTaken: false, waitSeconds: 1.5 })
      await setNow(1_000_002)
      expect(await take('again', rate)).toEqual({ isTaken: true })
    })
  })
}

behavesAsBucket(
  'buckets in memory',
  async () => {
    let now = 0
    const setNow = async (seconds: number): Promise<void> => {
      now = seconds
    }
    return { take: createMemoryBuckets(() => now), setNow }
  },
  300,
)

let shared: { database: SharedDatabase; second: SharedDatabase; close: () => Promise<void> }
beforeAll(async () => {
  shared = await openShared()
})
afterAll(() => shared.close())

/** A new database, opened twice if it is on a server. The gateway itself depends on `pg` and PGlite. */
async function openShared(): Promise<typeof shared> {
  const empty = await openEmptyDatabase()
  if (empty.url === undefined) {
    await empty.close()
    const database = await PGlite.create(await fromPrepared(undefined, 'nothing'))
    return { database, second: database, close: () => database.close() }
  }
  const [database, second] = [
    new pg.Pool({ connectionString: empty.url }),
    new pg.Pool({ connectionString: empty.url }),
  ]
  // Force the removal of the database, even while connections are being closed.
  for (const pool of [database, second]) pool.on('error', () => undefined)
  const close = async (): Promise<void> => {
    await Promise.all([database.end(), second.end()])
    await empty.close()
  }
  return { database, second, close }
}

behavesAsBucket(
  'buckets in PostgreSQL',
  async () => {
    await shared.database.query('create table if not exists test_clock (seconds double precision)')
    await shared.database.query('delete from test_clock')
    await shared.database.query('insert into test_clock values (0)')
    const take = await createSharedBuckets(shared.database, { clock: '(select seconds from test_clock)' })
    const setNow = async (seconds: number): Promise<void> => {
      await shared.database.query('update test_clock set seconds = $1', [seconds])
    }
    return { take, setNow }
  },
  25,
)

describe('proofs that two gateways share', () => {
  const fail = (error: unknown): never => {
    throw error
  }

  it('are accepted once, even if both get one at the same moment, until they are too old', async () => {
    const [one, other] = await Promise.all([
      openSharedReplays(shared.database, { onFailure: fail }),
      openSharedReplays(shared.second, { onFailure: fail }),
    ])
    const untilS = Date.now() / 1_000 + 65
    const uses = Array.from({ length: 20 }, (_, at) => (at % 2 ? one : other).noteFirstUse('proof', untilS))
    expect((await Promise.all(uses)).filter((isFirst) => isFirst)).toHaveLength(1)
    expect(await other.noteFirstUse('another', untilS)).toBe(true)
  })

  it('are made with nonces of one key', async () => {
    const opened = await Promise.all(
      [shared.database, shared.second].map((database) => openSharedReplays(database, { onFailure: fail })),
    )
    const [one, other] = opened.map(({ nonceKey }) => Buffer.from(nonceKey()).toString('hex'))
    expect(one).toBe(other)
    expect(one).toMatch(/^[0-9a-f]{64}$/)
  })

  it('leave no row behind when they are too old', async () => {
    const replays = await openSharedReplays(shared.database, { onFailure: fail })
    const nowS = Date.now() / 1_000
    await replays.noteFirstUse('old', nowS - 601)
    for (let use = 0; use < 1_000; use++) await replays.noteFirstUse(`new-${use}`, nowS + 65)
    const { rows } = await shared.database.query("select id from istmo_used_proof where id = 'old'")
    expect(rows).toEqual([])
  })

  it('are not erased by a gateway whose clock is fifty seconds ahead, so that no other one accepts them again', async () => {
    const soon = () => Date.now() + 24_000
    const [one, other] = await Promise.all([
      openProofGateway(shared.database, soon),
      openProofGateway(shared.second, () => soon() + 50_000),
    ])
    const before = await openProofGateway(shared.database)
    const proof = await (await newProofClient()).prove(before.nonce())
    expect(await before.check(proof)).toBe('accepted')
    for (let use = 0; use < 1_000; use++) await other.note(`ahead-${use}`)
    expect(await one.check(proof)).toBe('PROOF_INVALID')
  })

  it('have their tables made again when these are lost, and one from before is not accepted again', async () => {
    for (const lost of ['istmo_used_proof', 'istmo_nonce_key']) {
      const gateways = await Promise.all([shared.database, shared.second].map((one) => openProofGateway(one)))
      const [one, other] = gateways as [ProofGateway, ProofGateway]
      const client = await newProofClient()
      const proof = await client.prove(one.nonce())
      expect(await one.check(proof)).toBe('accepted')
      await shared.database.query(`drop table ${lost}`)
      expect([await one.check(proof), await other.check(proof)]).toEqual(['NONCE_REQUIRED', 'NONCE_REQUIRED'])
      const fresh = await client.prove(one.nonce())
      expect([await other.check(fresh), await one.check(fresh)]).toEqual(['accepted', 'PROOF_INVALID'])
    }
  })

  it('cannot be noted by a gateway whose clock differs by more than two seconds, or without its rights: it is not ready', async () => {
    const gateway = await openProofGateway(shared.database)
    const states: unknown[] = []
    let [differenceMs, elapsedMs] = [0, 0]
    const unready = createSharedReadiness({
      clock: gateway.clock,
      onChange: ({ code, aheadMs }) => states.push(code && Math.round(aheadMs / 10_000)),
      now: () => Date.now() + differenceMs,
      elapsed: () => elapsedMs,
    })
    const later = (differs: number): ReturnType<typeof unready> => {
      differenceMs = differs
      elapsedMs += 1_000
      return unready()
    }
    const found = [await later(0), await later(50_000), await later(-50_000), await later(1_500), await later(300_000)]
    expect(found).toEqual([null, 'CLOCK_WRONG', 'CLOCK_WRONG', null, 'CLOCK_WRONG'])
    expect(states, 'how far ahead it is, in tens of seconds').toEqual([5, null, 30])
    expect(await unready(), 'it asks once a second at most').toBe('CLOCK_WRONG')
    await shared.database.query('drop table istmo_nonce_key')
    expect(await later(0), 'a table that was lost is made again').toBeNull()
  })

  it('are not accepted again by a server that took over and has forgotten them, and a new proof is, at both gateways', async () => {
    let hasFailedOver = false
    const standby: SharedDatabase = {
      query: (sql, values) => shared.database.query(hasFailedOver ? sql.replaceAll(SERVER, "'2'") : sql, values),
    }
    const gateways = await Promise.all([openProofGateway(standby), openProofGateway(standby)])
    const [one, other] = gateways as [ProofGateway, ProofGateway]
    const client = await newProofClient()
    const [proof, before] = [await client.prove(one.nonce()), await client.prove(one.nonce())]
    expect([await one.check(proof), await other.check(proof)]).toEqual(['accepted', 'PROOF_INVALID'])
    await shared.database.query('delete from istmo_used_proof')
    hasFailedOver = true
    for (const gateway of gateways) {
      for (const replayed of [proof, before]) expect(await gateway.check(replayed)).toBe('NONCE_REQUIRED')
    }
    expect(one.nonce()).toBe(other.nonce())
    const fresh = await client.prove(one.nonce())
    expect([await other.check(fresh), await one.check(fresh)]).toEqual(['accepted', 'PROOF_INVALID'])
  })

  it('would be forgotten by an asynchronous standby, which the gateway says, and by nothing here', async () => {
    expect(await findForgetfulReplication(async (sql) => (await shared.database.query(sql)).rows)).toBeNull()
    const why = (commits: string, names: string, has_standby: boolean) =>
      findForgetfulReplication(async () => [{ commits, names, has_standby }])
    expect(await why('off', 'second', false)).toBe('COMMITS_UNSAFE')
    for (const [commits, names] of [['on', ''] as const, ['local', 'second'] as const]) {
      expect(await why(commits, names, true)).toBe('STANDBY_ASYNCHRONOUS')
    }
    for (const [names, hasStandby] of [['', false] as const, ['second', true] as const]) {
      expect(await why('remote_apply', names, hasStandby)).toBeNull()
    }
  })

  it('are not accepted while the database does not answer', async () => {
    const failures: unknown[] = []
    let isDown = false
    const flaky: SharedDatabase = {
      query: (...args) => (isDown ? Promise.reject(new Error('down')) : shared.database.query(...args)),
    }
    const replays = await openSharedReplays(flaky, { onFailure: (error) => failures.push(error) })
    isDown = true
    await expect(replays.noteFirstUse('down', 9e9)).rejects.toMatchObject({ code: 'PROOFS_UNAVAILABLE', status: 503 })
    expect(failures).toHaveLength(1)
  })
})

describe('buckets that two gateways share', () => {
  it('are created once, even if all start at the same time', async () => {
    await shared.database.query('drop table if exists istmo_rate_limit')
    const starting = Array.from({ length: 20 }, (_, i) => createSharedBuckets(i % 2 ? shared.database : shared.second))
    const rate = { perSecond: 0.001, burst: 1 }
    const takes = await Promise.all(starting)
    const taken = await Promise.all(takes.map((take) => take('start', rate)))
    expect(taken.filter(({ isTaken }) => isTaken)).toHaveLength(1)
  })

  it('never let two uses take the same token, by the database’s clock', async () => {
    const gateways = await Promise.all([createSharedBuckets(shared.database), createSharedBuckets(shared.second)])
    const rate = { perSecond: 0.001, burst: 7 }
    const all = Array.from({ length: 40 }, (_, i) => gateways[i % 2]?.('both', rate))
    const taken = (await Promise.all(all)).filter((result) => result?.isTaken)
    expect(taken).toHaveLength(7)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryRowCounts } from '../../contract/row-quota/row-quota.ts'
import { leaseRows, type RowLeases, type RowStore } from './row-counts.ts'

const DAY = '2026-11-28'
const QUOTA = 8_000

interface TestStore {
  readonly store: RowStore
  /** What was added, in this order. */
  readonly added: number[]
  readonly counted: (key?: string, day?: string) => number
}

function createStore(): TestStore {
  const counts = new Map<string, number>()
  const added: number[] = []
  const counted = (key = 'a', day = DAY): number => counts.get(`${day} ${key}`) ?? 0
  const store: RowStore = {
    read: async (key, day) => counted(key, day),
    async add(key, day, rows) {
      added.push(rows)
      counts.set(`${day} ${key}`, Math.max(0, counted(key, day) + rows))
      return counted(key, day)
    },
  }
  return { store, added, counted }
}

interface Process {
  nowMs: number
  rowsPerDay: number
  readonly leases: RowLeases
}

/** Starts one process of a node, whose clock the test sets. */
function startProcess(store: RowStore, rowsPerDay = QUOTA): Process {
  const at = { nowMs: 0, rowsPerDay }
  return Object.assign(at, { leases: leaseRows(store, { rowsPerDay: () => at.rowsPerDay, nowMs: () => at.nowMs }) })
}

/** Counts answers of 100 rows, one every 10 ms. Returns what was counted before each. */
async function askQuickly(process: Process, times: number): Promise<number[]> {
  const befores: number[] = []
  for (let i = 0; i < times; i++) {
    befores.push(await process.leases.add('a', DAY, 100))
    process.nowMs += 10
  }
  return befores
}

/** The counts before each of so many answers of 100 rows. */
function hundreds(times: number): number[] {
  return Array.from({ length: times }, (_, i) => 100 * i)
}

describe('rows that are leased', () => {
  it('let a caller who asks without a pause wait for few statements', async () => {
    const { store, added } = createStore()
    expect(await askQuickly(startProcess(store), 32)).toEqual(hundreds(32))
    expect(added).toEqual([100, 300, 700, 1_500, 3_100])
  })

  it('are no more than those of half a second at the caller’s pace', async () => {
    const { store, added } = createStore()
    await askQuickly(startProcess(store, 1_000_000), 200)
    expect(Math.max(...added)).toBe(100 + 5_000)
  })

  it('are none for a caller who asks now and then', async () => {
    const { store, added } = createStore()
    const process = startProcess(store)
    for (let i = 0; i < 5; i++) {
      await process.leases.add('a', DAY, 100)
      process.nowMs += 800
    }
    expect(added).toEqual([100, 100, 100, 100, 100])
  })

  it('are none of the last eighth of the quota, in which the count is that of the answers', async () => {
    const { store, counted } = createStore()
    const process = startProcess(store)
    await askQuickly(process, 70)
    expect(counted()).toBe(7_000)
    for (let rows = 7_100; rows <= QUOTA; rows += 100) {
      expect(await process.leases.add('a', DAY, 100)).toBe(rows - 100)
      expect(counted()).toBe(rows)
    }
  })

  it('are given back when the caller is idle, so that another process can give them', async () => {
    const { store, counted } = createStore()
    const [one, other] = [startProcess(store), startProcess(store)]
    await askQuickly(one, 17)
    expect(counted()).toBe(2_600)
    expect(await one.leases.read('a', DAY)).toBe(1_700)
    expect(await one.leases.giveBackIdle()).toBe(true)
    expect(counted()).toBe(2_600)
    one.nowMs += 1_000
    expect(await one.leases.giveBackIdle()).toBe(false)
    expect(counted()).toBe(1_700)
    expect(await other.leases.add('a', DAY, 6_300)).toBe(1_700)
  })

  it('are all given back at the end', async () => {
    const { store, counted } = createStore()
    const process = startProcess(store)
    await askQuickly(process, 17)
    await process.leases.giveBackAll()
    expect(counted()).toBe(1_700)
  })

  it('are not used any more after the quota has changed', async () => {
    const { store, counted } = createStore()
    const [one, other] = [startProcess(store), startProcess(store)]
    await askQuickly(one, 16)
    expect(await other.leases.add('a', DAY, 100)).toBe(2_600)
    one.rowsPerDay = 2_000
    expect(await one.leases.add('a', DAY, 100)).toBe(1_700)
    expect(counted()).toBe(1_800)
  })

  it('are held until the caller did not ask for a second, whatever the time', async () => {
    const process = startProcess(createStore().store)
    process.nowMs = 2_000
    await process.leases.add('a', DAY, 100)
    process.nowMs = 2_999
    expect(await process.leases.giveBackIdle()).toBe(true)
    process.nowMs = 3_000
    expect(await process.leases.giveBackIdle()).toBe(false)
  })

  it('need no statement to be given back if there are none', async () => {
    const { store, added } = createStore()
    const { leases } = startProcess(store)
    await leases.add('a', DAY, 100)
    await leases.giveBackAll()
    expect(added).toEqual([100])
    expect(await leases.read('b', DAY)).toBe(0)
  })

  it('are those of one more answer at least', async () => {
    const { store, added } = createStore()
    const process = startProcess(store)
    for (const pauseMs of [500, 501]) {
      await process.leases.add('a', DAY, 100)
      process.nowMs += pauseMs
    }
    expect(added).toEqual([100, 200])
    // What is held is used at once.
    expect(process.leases.add('a', DAY, 100)).toBe(200)
    await process.leases.add('b', DAY, 100)
    process.nowMs += 501
    await process.leases.add('b', DAY, 100)
    expect(added).toEqual([100, 200, 100, 100])
  })

  it('are announced when the first caller is held, and again when all were given back before', async () => {
    const { store } = createStore()
    let announced = 0
    const options = { rowsPerDay: () => QUOTA, nowMs: () => 0, onHeld: () => (announced += 1) }
    const leases = leaseRows(store, options)
    for (const key of ['a', 'b', 'a']) await leases.add(key, DAY, 100)
    expect(announced).toBe(1)
    await leases.giveBackAll()
    await leases.add('b', DAY, 100)
    expect(announced).toBe(2)
  })

  it('make no count below zero if the store has lost its counts', async () => {
    const { store } = createStore()
    const process = startProcess({ ...store, read: async () => 0 })
    await askQuickly(process, 17)
    expect(await process.leases.read('a', DAY)).toBe(0)
  })

  it('are lost for the caller if nobody knows whether they were counted', async () => {
    const { store, counted } = createStore()
    let isLost = false
    const add: RowStore['add'] = async (...rows) => {
      const sum = await store.add(...rows)
      if (isLost) throw new Error('the connection broke')
      return sum
    }
    const process = startProcess({ ...store, add })
    await askQuickly(process, 2)
    isLost = true
    await expect(process.leases.add('a', DAY, 500)).rejects.toThrow('the connection broke')
    isLost = false
    expect(await process.leases.add('a', DAY, 100)).toBe(1_700)
    expect(counted()).toBe(2_000)
    isLost = true
    await process.leases.giveBackAll()
  })
})

describe('answers that wait at the same time', () => {
  it('need no statement of their own if the one before has leased their rows', async () => {
    const { store, added } = createStore()
    const process = startProcess(store)
    await process.leases.add('a', DAY, 100)
    process.nowMs += 10
    expect(await Promise.all([1, 2, 3].map(() => process.leases.add('a', DAY, 100)))).toEqual([100, 200, 300])
    expect(added).toEqual([100, 300])
  })

  it('are counted one after the other', async () => {
    const { store, added } = createStore()
    const { leases } = startProcess(store, 0)
    expect(await Promise.all([1, 2, 3, 4].map((rows) => leases.add('a', DAY, rows)))).toEqual([0, 1, 3, 6])
    expect(added).toEqual([1, 2, 3, 4])
  })

  it('fail each by itself', async () => {
    let calls = 0
    const add: RowStore['add'] = async () => {
      calls += 1
      if (calls === 2) throw new Error('the database does not answer')
      return 100
    }
    const { leases } = startProcess({ add, read: async () => 0 }, 0)
    const first = [1, 2, 3].map((rows) => leases.add('a', DAY, rows))
    expect((await Promise.allSettled(first)).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
    expect(await leases.add('a', DAY, 4)).toBe(96)
  })
})

const PROCESSES = 2
const process = fc.nat({ max: PROCESSES - 1 })
const ask = fc.record({
  what: fc.constant('ask' as const),
  ...{ process, key: fc.constantFrom('a', 'a', 'a', 'b'), day: fc.constantFrom(DAY, DAY, DAY, '2026-11-29') },
  rows: fc.integer({ min: 1, max: 9 }),
})
const wait = fc.record({ what: fc.constant('wait' as const), ms: fc.constantFrom(1, 5, 50, 1_000) })
const giveBack = fc.record({ what: fc.constantFrom('give back idle' as const, 'give back all' as const), process })
const crash = fc.record({ what: fc.constant('crash' as const), process })
const goOn = fc.record({ what: fc.constant('go on' as const) })
const settle = fc.record({ what: fc.constant('settle' as const) })
const replaceQuota = fc.record({ what: fc.constant('quota' as const), rowsPerDay: fc.constantFrom(100, 200, 300) })
const lose = fc.record({ what: fc.constant('lose' as const), isCounted: fc.boolean() })

type Step = typeof ask extends fc.Arbitrary<infer Ask> ? Ask | Other : never
type Other =
  | { readonly what: 'wait'; readonly ms: number }
  | { readonly what: 'give back idle' | 'give back all' | 'crash'; readonly process: number }
  | { readonly what: 'settle' | 'go on' }
  | { readonly what: 'quota'; readonly rowsPerDay: number }
  | { readonly what: 'lose'; readonly isCounted: boolean }

const often = [ask, goOn].map((arbitrary) => ({ arbitrary, weight: 8 }))
const ordinary = [...often, ...[wait, giveBack, settle].map((arbitrary) => ({ arbitrary, weight: 2 }))]
const disturbed = [...ordinary, ...[crash, replaceQuota, lose].map((arbitrary) => ({ arbitrary, weight: 1 }))]
const stepsOf = (steps: readonly { readonly arbitrary: fc.Arbitrary<Step>; readonly weight: number }[]) =>
  fc.array(fc.oneof(...steps), { minLength: 20, maxLength: 100 })

/** Several processes over one store, whose statements run in the order that `scheduler` chooses. It knows what the callers were given. */
class World {
  readonly asked = createMemoryRowCounts()
  readonly given = createMemoryRowCounts()
  readonly store = createStore()
  rowsPerDay = 200
  readonly #scheduler: fc.Scheduler
  #failure: { readonly isCounted: boolean } | null = null
  readonly #add: RowStore['add']
  readonly #processes: Process[]
  readonly #running: Promise<unknown>[] = []

  constructor(scheduler: fc.Scheduler) {
    this.#scheduler = scheduler
    this.#add = scheduler.scheduleFunction((key: string, day: string, rows: number) => this.#addOrFail(key, day, rows))
    this.#processes = Array.from({ length: PROCESSES }, () => this.#start(0))
  }

  #start(nowMs: number): Process {
    const started = startProcess({ add: this.#add, read: this.store.store.read }, this.rowsPerDay)
    started.nowMs = nowMs
    return started
  }

  async #addOrFail(key: string, day: string, rows: number): Promise<number> {
    const failure = this.#failure
    this.#failure = null
    if (failure?.isCounted === false) throw new Error('not counted')
    const sum = await this.store.store.add(key, day, rows)
    if (failure) throw new Error('counted, and not said')
    return sum
  }

  async #ask(leases: RowLeases, key: string, day: string, rows: number): Promise<void> {
    this.asked.add(key, day, rows)
    const before = await leases.add(key, day, rows)
    const given = Math.max(0, Math.min(rows, this.rowsPerDay - before))
    if (given === 0) return
    const all = this.given.add(key, day, given) + given
    expect(all).toBeLessThanOrEqual(this.rowsPerDay)
    // What a process that starts now would find.
    expect(this.store.counted(key, day)).toBeGreaterThanOrEqual(all)
  }

  async settle(): Promise<void> {
    await this.#scheduler.waitFor(Promise.allSettled(this.#running))
    await Promise.all(this.#running.splice(0))
  }

  async run(step: Step): Promise<void> {
    if (step.what === 'settle') return this.settle()
    if (step.what === 'go on' && this.#scheduler.count() > 0) await this.#scheduler.waitNext(1)
    if (step.what === 'wait') for (const one of this.#processes) one.nowMs += step.ms
    if (step.what === 'lose') this.#failure = step
    if (step.what === 'quota') await this.#replaceQuota(step.rowsPerDay)
    if (!('process' in step)) return
    const at = this.#processes[step.process]
    if (at === undefined) throw new Error('expected a process')
    if (step.what === 'crash') this.#processes[step.process] = this.#start(at.nowMs)
    if (step.what === 'give back idle') this.#running.push(at.leases.giveBackIdle())
    if (step.what === 'give back all') this.#running.push(at.leases.giveBackAll())
    if (step.what === 'ask') this.#running.push(this.#ask(at.leases, step.key, step.day, step.rows).catch(ignoreLost))
  }

  async #replaceQuota(rowsPerDay: number): Promise<void> {
    await this.settle()
    this.rowsPerDay = rowsPerDay
    for (const one of this.#processes) one.rowsPerDay = rowsPerDay
  }

  async end(): Promise<void> {
    await this.settle()
    for (const { leases } of this.#processes) this.#running.push(leases.giveBackAll())
    await this.settle()
  }
}

function ignoreLost(error: unknown): void {
  if (!(error instanceof Error) || !error.message.includes('counted')) throw error
}

describe('several processes of a node, with statements in any order', () => {
  it('never give a caller more than the quota, and count all that they give, whatever crashes', async () => {
    await fc.assert(
      fc.asyncProperty(stepsOf(disturbed), fc.scheduler(), async (steps, scheduler) => {
        const world = new World(scheduler)
        for (const step of steps) await world.run(step)
        await world.end()
      }),
    )
  })

  it('count what was asked for and nothing else, once they have given back what they held', async () => {
    await fc.assert(
      fc.asyncProperty(stepsOf(ordinary), fc.scheduler(), async (steps, scheduler) => {
        const world = new World(scheduler)
        for (const step of steps) await world.run(step)
        await world.end()
        for (const key of ['a', 'b'])
          for (const day of [DAY, '2026-11-29']) expect(world.store.counted(key, day)).toBe(world.asked.read(key, day))
      }),
    )
  })

  it('say the same as counts without leases if one process is asked', async () => {
    const asks = fc.array(fc.record({ rows: fc.integer({ min: 1, max: 30 }), pauseMs: fc.constantFrom(0, 1, 40, 900) }))
    await fc.assert(
      fc.asyncProperty(asks, fc.scheduler(), async (all, scheduler) => {
        const { store } = createStore()
        const oracle = createMemoryRowCounts()
        const one = startProcess({ ...store, add: scheduler.scheduleFunction(store.add) }, 200)
        const befores = all.map(({ rows, pauseMs }) => {
          one.nowMs += pauseMs
          return one.leases.add('a', DAY, rows)
        })
        expect(await scheduler.waitFor(Promise.all(befores))).toEqual(all.map(({ rows }) => oracle.add('a', DAY, rows)))
      }),
    )
  })
})

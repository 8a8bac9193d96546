import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomCases } from '../../tests/share.ts'
import { callerOf, createCallerTime } from './caller-time.ts'

/** The shares of running time, with a clock that the test moves. */

const RATE = { perSecond: 200, burst: 3_000 }

/** A node whose clock stands until the test moves it. */
function openNode(rate: typeof RATE | null = RATE) {
  let at = 0
  let tick: (() => void) | null = null
  const time = createCallerTime(
    rate,
    () => at,
    (each) => {
      tick = each
      return () => {
        tick = null
      }
    },
  )
  /** Lets time pass, with a look at the running legs every 10 ms. */
  const pass = (ms: number): void => {
    for (let left = ms; left > 0; left -= 10) {
      at += Math.min(10, left)
      tick?.()
    }
  }
  return { time, pass, now: () => at }
}

interface Leg {
  readonly caller: string
  readonly startedAt: number
  isCut: boolean
  readonly end: () => Promise<void>
}

/** Starts a leg; null if it is refused. */
async function start(node: ReturnType<typeof openNode>, caller: string): Promise<Leg | null> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let outcome: Promise<unknown> = Promise.resolve()
  let hasBegun = false
  const leg: Leg = {
    ...{ caller, startedAt: node.now(), isCut: false },
    async end() {
      resolve()
      await outcome
    },
  }
  const cut = (): void => {
    leg.isCut = true
    reject(new Error('the time of the leg is over'))
  }
  outcome = node.time
    .run(caller, { end: cut }, () => {
      hasBegun = true
      return promise
    })
    .catch((error: unknown) => error)
  if (hasBegun) return leg
  expect(await outcome).toMatchObject({ code: 'TIME_SPENT' })
  return null
}

/** Runs legs of `ms` each, one after another, until `until`. Returns how many were answered. */
async function ask(node: ReturnType<typeof openNode>, caller: string, ms: number, until: number): Promise<number> {
  let answered = 0
  while (node.now() < until) {
    const leg = await start(node, caller)
    node.pass(leg === null ? 50 : ms)
    await leg?.end()
    if (leg !== null && !leg.isCut) answered++
  }
  return answered
}

describe('a caller', () => {
  it('who is alone has the whole node for as long as the caller asks', async () => {
    const node = openNode()
    expect(await ask(node, 'a', 400, 60_000)).toBe(150)
    expect(node.time.usedBy('a')).toBe(0)
  })

  it('is alone until another asks, and again when the other has not asked for ten seconds', async () => {
    const node = openNode()
    expect(node.time.isAlone('a')).toBe(true)
    const leg = await start(node, 'b')
    expect([node.time.isAlone('a'), node.time.isAlone('b')]).toEqual([false, true])
    await leg?.end()
    node.pass(9_990)
    expect(node.time.isAlone('a')).toBe(false)
    node.pass(10)
    expect(node.time.isAlone('a')).toBe(true)
  })

  it('who has used much lets a leg of another go first, and hears when it has ended', async () => {
    const node = openNode()
    let heard = 0
    node.time.onChange(() => heard++)
    const own = [await start(node, 'a'), await start(node, 'a')]
    const other = await start(node, 'b')
    expect([node.time.yields('a'), node.time.yields('b')]).toEqual([false, false])
    node.pass(1_000)
    expect([node.time.yields('a'), node.time.yields('b')]).toEqual([true, false])
    const ticks = heard
    expect(ticks).toBeGreaterThan(0)
    await other?.end()
    expect(heard).toBe(ticks + 1)
    expect(node.time.yields('a')).toBe(false)
    for (const leg of own) await leg?.end()
  })

  it('who keeps the node busy while another asks now and then is refused, and gets an equal part of it', async () => {
    const node = openNode()
    let answered = 0
    for (let second = 0; second < 120; second++) {
      const bystander = await start(node, 'bystander')
      expect(bystander).not.toBeNull()
      await bystander?.end()
      answered += await ask(node, 'attacker', 100, node.now() + 1_000)
    }
    // Half of two minutes, and the burst.
    expect(answered * 100).toBeLessThanOrEqual(60_000 + RATE.burst + 200)
    expect(answered * 100).toBeGreaterThan(55_000)
  })

  it('has the part of the setting, however many others ask', async () => {
    const node = openNode()
    let answered = 0
    for (let second = 0; second < 60; second++) {
      for (let other = 0; other < 50; other++) await (await start(node, `other ${other}`))?.end()
      answered += await ask(node, 'a', 100, node.now() + 1_000)
    }
    expect(answered * 100).toBeGreaterThanOrEqual(0.2 * 60_000)
    expect(answered * 100).toBeLessThanOrEqual(0.2 * 60_000 + RATE.burst + 200)
  })

  it('does not save what it does not use', async () => {
    const node = openNode()
    const quiet = async (until: number) => {
      while (node.now() < until) {
        await (await start(node, 'a'))?.end()
        await (await start(node, 'b'))?.end()
        node.pass(1_000)
      }
    }
    await quiet(600_000)
    let answered = 0
    for (let second = 0; second < 10; second++) {
      await (await start(node, 'b'))?.end()
      answered += await ask(node, 'a', 100, node.now() + 1_000)
    }
    expect(answered * 100).toBeLessThanOrEqual(0.5 * 10_000 + RATE.burst + 200)
  })

  it('whose legs go on beyond twice the burst while another waits loses them, and the other does not', async () => {
    const node = openNode()
    const legs = [await start(node, 'attacker'), await start(node, 'attacker'), await start(node, 'attacker')]
    const other = await start(node, 'other')
    node.pass(30_000)
    expect(legs.map((leg) => leg?.isCut)).toEqual([true, true, true])
    expect(other?.isCut).toBe(false)
  })

  it('whose leg is slow because of others is charged only for its own part', async () => {
    const node = openNode()
    const others = await Promise.all(Array.from({ length: 9 }, () => start(node, 'attacker')))
    const slow = await start(node, 'bystander')
    node.pass(1_000)
    await slow?.end()
    expect(node.time.usedBy('bystander')).toBe(0)
    expect(node.time.usedBy('attacker')).toBeCloseTo(900 - 500, 5)
    for (const leg of others) await leg?.end()
  })

  it('is never refused without a limit', async () => {
    const node = openNode(null)
    await start(node, 'other')
    for (let i = 0; i < 5; i++) expect(await start(node, 'a')).not.toBeNull()
    node.pass(600_000)
    expect(await start(node, 'a')).not.toBeNull()
  })
})

describe('the shares', () => {
  it('hold for any arrivals: nobody has more than a share and twice the burst, and who stays below a share is never refused', async () => {
    const step = fc.record({
      caller: fc.constantFrom('a', 'b', 'c'),
      starts: fc.integer({ min: 0, max: 3 }),
      ms: fc.constantFrom(10, 100, 500, 2_000),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const node = openNode()
        const light = 'light'
        const running: Leg[] = []
        const parts = new Map<string, number>()
        for (const { caller, starts, ms } of steps) {
          // This one asks for no time, all the time.
          const quick = await start(node, light)
          expect(quick).not.toBeNull()
          await quick?.end()
          for (let i = 0; i < starts; i++) {
            const leg = await start(node, caller)
            if (leg !== null) running.push(leg)
          }
          for (let left = ms; left > 0; left -= 10) {
            const alive = running.filter(({ isCut }) => !isCut)
            for (const leg of alive) parts.set(leg.caller, (parts.get(leg.caller) ?? 0) + 10 / alive.length)
            node.pass(10)
          }
          const [ended] = running.splice(0, 1)
          await ended?.end()
        }
        const [elapsed, callers] = [node.now(), new Set(steps.map((one) => one.caller)).size + 1]
        // A share is the half at most, because `light` always asks too.
        for (const used of parts.values()) expect(used).toBeLessThanOrEqual(elapsed / 2 + 2 * RATE.burst + 10)
        expect(callers).toBeGreaterThan(1)
      }),
      { numRuns: randomCases(60) },
    )
  })
})

describe('the caller of a leg', () => {
  it('is the subject of its authority, and one for all legs without a caller', () => {
    const names = [
      callerOf({ caller_iss: 'https://gt', sub: 'a' }),
      callerOf({ caller_iss: 'https://hn', sub: 'a' }),
      callerOf({ caller_iss: 'https://gt', sub: 'b' }),
      callerOf({ sub: 'anonymous' }),
    ]
    expect(new Set(names).size).toBe(4)
    expect(callerOf({ sub: 'another' })).toBe(callerOf({ sub: 'anonymous' }))
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomCases } from '../../tests/share.ts'
import { createFairTurns, createPause } from './caller-time.ts'
import { startLegTime } from './leg-time.ts'

/** What callers have used beyond the share: nothing if it is not said. */
const usageOf = (used: Readonly<Record<string, number>> = {}, isAlone = true) => ({
  usedBy: (caller: string) => used[caller] ?? 0,
  isAlone: () => isAlone,
  yields: () => false,
  onChange: () => undefined,
})

/** A queue whose turns end when the test says so. */
function openQueue(places: number, used: Readonly<Record<string, number>> = {}, isAlone = true) {
  const turns = createFairTurns(places, usageOf(used, isAlone))
  const begun: { readonly caller: string; readonly end: () => Promise<void> }[] = []
  const take = (caller: string, time = startLegTime(60_000)): Promise<void> => {
    const taken = turns.take(caller, time, () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const end = async (): Promise<void> => {
        resolve()
        await taken
      }
      begun.push({ caller, end })
      return promise
    })
    return taken
  }
  const order = (): string => begun.map(({ caller }) => caller).join('')
  /** Ends the turns that run, the oldest first, until all have run. */
  const endAll = async (): Promise<void> => {
    for (let next = 0; next < begun.length; next++) await begun[next]?.end()
  }
  return { take, begun, order, endAll }
}

describe('a turn', () => {
  it('begins at once while there is a place, and one caller leaves half of the places to others', async () => {
    const queue = openQueue(4)
    for (let i = 0; i < 5; i++) void queue.take('a')
    expect(queue.order()).toBe('aa')
    void queue.take('b')
    expect(queue.order()).toBe('aab')
    await queue.endAll()
    expect(queue.begun).toHaveLength(6)
  })

  it('of a caller who has used much runs alone, so that it does not slow down the turns of others', async () => {
    const queue = openQueue(10, { a: 100, b: 99 }, false)
    for (const caller of 'aaaabbbb') void queue.take(caller)
    expect(queue.order()).toBe('abbb')
    await queue.endAll()
    expect(queue.begun).toHaveLength(8)
  })

  it('does not run beside many of one caller while others ask, however many places are free', async () => {
    const queue = openQueue(10, {}, false)
    for (const caller of 'aaaaaab') void queue.take(caller)
    expect(queue.order()).toBe('aaab')
    await queue.endAll()
    expect(queue.begun).toHaveLength(7)
  })

  it('of a caller who has used much waits while a leg of another is in progress, but not for ever', async () => {
    let [isOtherThere, at, change] = [true, 0, () => {}]
    const usage = {
      ...usageOf({ a: 100 }),
      yields: () => isOtherThere,
      onChange: (listener: () => void) => (change = listener),
    }
    const turns = createFairTurns(2, usage, () => at)
    const begun: string[] = []
    const take = (turn: string) => turns.take('a', undefined, async () => void begun.push(turn))
    const all = [take('first')]
    at = 99
    all.push(take('second'))
    change()
    expect(begun).toEqual([])
    at = 100
    change()
    await all[0]
    expect(begun).toEqual(['first'])
    isOtherThere = false
    change()
    await Promise.all(all)
    expect(begun).toEqual(['first', 'second'])
  })

  it('of another caller comes before the many that one caller waits for', async () => {
    const queue = openQueue(1)
    for (let i = 0; i < 20; i++) void queue.take('a')
    void queue.take('b')
    await queue.begun[0]?.end()
    await queue.begun[1]?.end()
    expect(queue.order().slice(0, 3)).toMatch(/^a(ab|ba)$/)
    await queue.endAll()
  })

  it('is for the caller who has used the least', async () => {
    const used: Record<string, number> = { a: 5, b: 1, c: 3 }
    const queue = openQueue(1, used)
    for (const caller of 'xaabbcc') void queue.take(caller)
    await queue.endAll()
    expect(queue.order()).toBe('xbbccaa')
  })

  it('whose leg has ended does not begin, and nobody waits for it', async () => {
    const queue = openQueue(1)
    void queue.take('a')
    const time = startLegTime(60_000)
    const late = queue.take('b', time)
    time.end()
    await expect(late).rejects.toMatchObject({ code: 'LEG_DEADLINE' })
    await expect(queue.take('a', time)).rejects.toMatchObject({ code: 'LEG_DEADLINE' })
    void queue.take('c')
    await queue.endAll()
    expect(queue.order()).toBe('ac')
  })

  it('that fails leaves its place to the next', async () => {
    const turns = createFairTurns(1, usageOf())
    const failed = turns.take('a', undefined, () => Promise.reject(new Error('broken')))
    const next = turns.take('b', undefined, () => Promise.resolve('done'))
    await expect(failed).rejects.toThrow('broken')
    expect(await next).toBe('done')
  })

  it('comes to each who asks, whoever asks, and never are there more than places', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 30 }),
        async (places, callers) => {
          const queue = openQueue(places)
          const all = callers.map((caller) => queue.take(caller))
          let ended = 0
          while (ended < callers.length) {
            expect(queue.begun.length - ended).toBeGreaterThan(0)
            expect(queue.begun.length - ended).toBeLessThanOrEqual(places)
            await queue.begun[ended++]?.end()
          }
          await Promise.all(all)
          expect([...queue.order()].sort()).toEqual([...callers].sort())
        },
      ),
      { numRuns: randomCases(50) },
    )
  })
})

describe('legs that compute for long', () => {
  it('let one another and the event loop run: a request that comes waits for one slice, not for all of them', async () => {
    const thread = createFairTurns(1, usageOf())
    const time = startLegTime(60_000)
    const order: string[] = []
    const compute = async (leg: string): Promise<void> => {
      const pause = createPause(thread, leg, time, usageOf())
      for (let step = 0; step < 3; step++) {
        order.push(leg)
        for (const until = performance.now() + 6; performance.now() < until; );
        await pause()
      }
    }
    const legs = ['a', 'b', 'c'].map(compute)
    setImmediate(() => order.push('request'))
    await Promise.all(legs)
    expect(order.slice(0, 3)).toEqual(['a', 'b', 'c'])
    // At most one slice runs between two looks at the event loop.
    expect(order.indexOf('request')).toBeLessThanOrEqual(4)
    expect(order.filter((leg) => leg === 'a')).toHaveLength(3)
  })

  it('begin one after another if their caller has used much, so that the leg of another begins before them', async () => {
    const usage = usageOf({ a: 1 })
    const thread = createFairTurns(1, usage)
    const order: string[] = []
    const begin = async (caller: string): Promise<void> => {
      await createPause(thread, caller, startLegTime(60_000), usage)()
      order.push(caller)
    }
    const heavy = Array.from({ length: 5 }, () => begin('a'))
    await begin('b')
    expect(order).toEqual(['b'])
    let turns = 0
    const count = (): void => {
      turns++
      if (order.length < 6) setImmediate(count)
    }
    setImmediate(count)
    await Promise.all(heavy)
    // Each waits for a turn of the event loop of its own.
    expect(turns).toBeGreaterThanOrEqual(4)
  })

  it('end when the time of the leg is over', async () => {
    const time = startLegTime(60_000)
    const thread = createFairTurns(1, usageOf())
    const held = Promise.withResolvers<void>()
    void thread.take('other', undefined, () => held.promise)
    const pause = createPause(thread, 'a', time, usageOf())
    for (const until = performance.now() + 6; performance.now() < until; );
    const paused = pause()
    time.end()
    await expect(paused).rejects.toMatchObject({ code: 'LEG_DEADLINE' })
    held.resolve()
  })
})

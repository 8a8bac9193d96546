import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCommitPace } from './commit-pace.ts'

/** What one turn of the event loop brings: requests that begin, and some that end; and how long it takes, in milliseconds. */
interface Turn {
  readonly begun: number
  readonly ended: number
  readonly ms: number
}

/** Plays turns of the event loop. One request waits. @returns after how many turns the commit began; null if it did not. */
async function playTurns(turns: readonly Turn[], others: number): Promise<number | null> {
  let [nowMs, waiting, inProgress, isBegun] = [0, 1, 1 + others, false]
  const callbacks: (() => void)[] = []
  const world = { now: () => nowMs, afterTurn: (callback: () => void) => void callbacks.push(callback) }
  const pace = createCommitPace(() => inProgress, world)
  void pace(() => waiting).then(() => {
    isBegun = true
  })
  for (const [at, { begun, ended, ms }] of turns.entries()) {
    if (isBegun) return at
    waiting += ended
    inProgress += begun
    nowMs += ms
    for (const callback of callbacks.splice(0)) callback()
    await Promise.resolve()
    await Promise.resolve()
  }
  return isBegun ? turns.length : null
}

const BUSY: Turn = { begun: 0, ended: 0, ms: 1 }
const IDLE: Turn = { begun: 0, ended: 0, ms: 0.01 }

describe('the pace of commits', () => {
  it('waits for nobody if nobody else is in progress', async () => {
    expect(await playTurns([BUSY, BUSY], 0)).toBe(1)
  })

  it('waits until half of those in progress wait', async () => {
    const oneMore = { ...BUSY, ended: 1 }
    expect(await playTurns([oneMore, oneMore, BUSY, oneMore, oneMore], 7)).toBe(4)
  })

  it('does not wait while the thread has nothing to do, however many are in progress', async () => {
    expect(await playTurns([IDLE, IDLE, IDLE], 1_000)).toBe(2)
    expect(await playTurns([BUSY, BUSY, IDLE, BUSY], 1_000)).toBe(3)
  })

  it('begins after ten milliseconds, whatever comes', async () => {
    expect(await playTurns(Array(9).fill({ begun: 5, ended: 1, ms: 3 }), 1_000)).toBe(4)
  })

  it('begins with the first turn after which one of these holds', async () => {
    const turn = fc.record({
      begun: fc.nat({ max: 2 }),
      ended: fc.nat({ max: 2 }),
      ms: fc.oneof({ weight: 4, arbitrary: fc.nat({ max: 4 }) }, { weight: 1, arbitrary: fc.constant(0.04) }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { maxLength: 20 }), fc.nat({ max: 30 }), async (turns, others) => {
        const sumOf = (of: (turn: Turn) => number, at: number): number =>
          turns.slice(0, at + 1).reduce((sum, each) => sum + of(each), 0)
        const last = turns.findIndex(({ ms }, at) => {
          const isHalf = 2 * (1 + sumOf(({ ended }) => ended, at)) >= 1 + others + sumOf(({ begun }) => begun, at)
          // How long the turn took during which the wait began is not known.
          return isHalf || (at > 0 && ms < 0.05) || sumOf((each) => each.ms, at) >= 10
        })
        expect(await playTurns(turns, others)).toBe(last < 0 ? null : last + 1)
      }),
      { numRuns: 300 },
    )
  })

  it('looks once more after each turn of the event loop, and waits for no timer', async () => {
    await createCommitPace(() => 1)(() => 1)
    let [calls, ms] = [0, 0]
    const world = { now: () => (ms += 1), afterTurn: (callback: () => void) => void setImmediate(callback) }
    await createCommitPace(() => 6, world)(() => ++calls)
    expect(calls).toBe(3)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCommitPace } from './commit-pace.ts'

/** What one turn of the event loop brings, and how long it takes, in milliseconds. */
interface Turn {
  readonly came: number
  readonly ms: number
}

/** Plays turns of the event loop. @returns after how many of them the commit began; null if it did not. */
async function playTurns(turns: readonly Turn[]): Promise<number | null> {
  let [nowMs, waiting, begun] = [0, 1, false]
  const callbacks: (() => void)[] = []
  const pace = createCommitPace({ now: () => nowMs, afterTurn: (callback) => void callbacks.push(callback) })
  void pace(() => waiting).then(() => {
    begun = true
  })
  for (const [at, { came, ms }] of turns.entries()) {
    if (begun) return at
    waiting += came
    nowMs += ms
    for (const callback of callbacks.splice(0)) callback()
    await Promise.resolve()
    await Promise.resolve()
  }
  return begun ? turns.length : null
}

describe('the pace of commits', () => {
  it('waits for nobody if the first turn brings nothing', async () => {
    expect(await playTurns([{ came: 0, ms: 0 }])).toBe(1)
  })

  it('waits as long as each turn brings another entry', async () => {
    const busy = { came: 2, ms: 1 }
    expect(await playTurns([busy, busy, busy, { came: 0, ms: 1 }, busy])).toBe(4)
  })

  it('begins after ten milliseconds, whatever comes', async () => {
    const busy = { came: 1, ms: 3 }
    expect(await playTurns(Array.from({ length: 9 }, () => busy))).toBe(4)
  })

  it('begins with the first turn that brings nothing or ends after ten milliseconds', async () => {
    const turn = fc.record({ came: fc.nat({ max: 2 }), ms: fc.nat({ max: 4 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { maxLength: 20 }), async (turns) => {
        const isLast = ({ came }: Turn, at: number): boolean =>
          came === 0 || turns.slice(0, at + 1).reduce((sum, { ms }) => sum + ms, 0) >= 10
        const last = turns.findIndex(isLast)
        expect(await playTurns(turns)).toBe(last < 0 ? null : last + 1)
      }),
      { numRuns: 300 },
    )
  })

  it('looks once more after each turn of the event loop, and waits for no timer', async () => {
    await createCommitPace()(() => 1)
    let calls = 0
    const pace = createCommitPace({ now: () => 0, afterTurn: (callback) => void setImmediate(callback) })
    await pace(() => Math.min(++calls, 3))
    expect(calls).toBe(4)
  })
})

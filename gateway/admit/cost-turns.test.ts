import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCostTurns } from './cost-turns.ts'

function open(most: number) {
  const inTurn = createCostTurns(most)
  const running: { readonly name: string; readonly caller: string; readonly cost: number; readonly end: () => void }[] =
    []
  const begun: string[] = []
  const ask = (name: string, caller: string, cost: number): Promise<void> =>
    inTurn(caller, cost, async () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      running.push({ name, caller, cost, end: resolve })
      begun.push(name)
      await promise
      running.splice(
        running.findIndex((one) => one.name === name),
        1,
      )
    })
  return { ask, running, begun }
}

/** Lets all that was settled take effect. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the operations of one caller', () => {
  it('run at once while they cost little together, the next wait in the order in which they came, and another caller does not', async () => {
    const { ask, running, begun } = open(10)
    const asked = [ask('a1', 'a', 6), ask('a2', 'a', 4), ask('a3', 'a', 5), ask('a4', 'a', 1), ask('b1', 'b', 6)]
    expect(begun).toEqual(['a1', 'a2', 'b1'])
    running[1]?.end()
    await settled()
    // One that is cheap does not overtake.
    expect(begun).toEqual(['a1', 'a2', 'b1'])
    running[0]?.end()
    await settled()
    expect(begun).toEqual(['a1', 'a2', 'b1', 'a3', 'a4'])
    for (const { end } of [...running]) end()
    await Promise.all(asked)
  })

  it('each run once, never cost more than the limit together unless it is one alone, and nobody waits beside room', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 15 })), { maxLength: 25 }),
        fc.infiniteStream(fc.nat()),
        async (operations, choices) => {
          const { ask, running, begun } = open(10)
          const asked = operations.map(([caller, cost], at) => ask(String(at), caller, cost))
          while (begun.length < operations.length || running.length > 0) {
            for (const caller of ['a', 'b']) {
              const own = running.filter((one) => one.caller === caller)
              const sum = own.reduce((total, { cost }) => total + cost, 0)
              expect(own.length <= 1 || sum <= 10).toBe(true)
              const next = operations.findIndex(([who], at) => who === caller && !begun.includes(String(at)))
              if (next !== -1) expect(own.length > 0 && sum + (operations[next]?.[1] ?? 0) > 10).toBe(true)
            }
            running[choices.next().value % running.length]?.end()
            await settled()
          }
          await Promise.all(asked)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('that fail leave their place to the next', async () => {
    const inTurn = createCostTurns(1)
    const failed = inTurn('a', 1, () => Promise.reject(new Error('broken')))
    const next = inTurn('a', 1, async () => 'done')
    await expect(failed).rejects.toThrow('broken')
    expect(await next).toBe('done')
  })
})

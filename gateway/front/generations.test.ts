import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createGenerations } from './generations.ts'

/** One step: something begins to use what is current, a use ends, or the current one is replaced. */
const step = fc.oneof(
  fc.constant({ kind: 'use' } as const),
  fc.nat().map((at) => ({ kind: 'end', at }) as const),
  fc.constant({ kind: 'replace' } as const),
)

describe('generations', () => {
  it('end once each, after they were replaced and nobody uses them any more, and never before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const ended: number[] = []
        const generations = createGenerations(0, async (served) => void ended.push(served))
        const uses: { served: number; end: () => void; done: Promise<unknown> }[] = []
        let current = 0
        for (const each of steps) {
          if (each.kind === 'use') {
            const { promise, resolve } = Promise.withResolvers<void>()
            const use = { served: -1, end: resolve, done: Promise.resolve() as Promise<unknown> }
            use.done = generations.use(async (served) => {
              use.served = served
              await promise
            })
            expect(use.served).toBe(current)
            uses.push(use)
          } else if (each.kind === 'replace') {
            current += 1
            await generations.replace(current)
          } else if (uses.length > 0) {
            const [use] = uses.splice(each.at % uses.length, 1)
            use?.end()
            await use?.done
          }
          const inUse = new Set(uses.map(({ served }) => served))
          const expected = Array.from({ length: current }, (_, served) => served).filter((served) => !inUse.has(served))
          expect([...ended].sort((a, b) => a - b)).toEqual(expected)
        }
        for (const { end } of uses) end()
        await Promise.all(uses.map(({ done }) => done))
        await generations.stop()
        expect([...ended].sort((a, b) => a - b)).toEqual(Array.from({ length: current + 1 }, (_, served) => served))
      }),
    )
  })

  it('go on after a use that fails', async () => {
    const ended: string[] = []
    const generations = createGenerations('a', async (served) => void ended.push(served))
    const failing = generations.use(async () => {
      await generations.replace('b')
      throw new Error('expected')
    })
    await expect(failing).rejects.toThrow('expected')
    expect(ended).toEqual(['a'])
    expect(await generations.use(async (served) => served)).toBe('b')
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomCases } from '../../tests/share.ts'
import { forgetAll, keep, memoryOf, take } from './pg-kept.ts'

/** A plain list, the statement used last at its end. */
function keepPlainly(uses: readonly number[]): { readonly kept: readonly number[]; readonly stale: readonly number[] } {
  const kept: number[] = []
  const stale: number[] = []
  for (const one of uses) {
    const at = kept.indexOf(one)
    if (at >= 0) kept.splice(at, 1)
    kept.push(one)
    if (kept.length > 64) stale.push(kept.shift() as number)
  }
  return { kept, stale }
}

describe('statements that a server keeps', () => {
  it('are the 64 that were used last, and the server lets go of the others in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 80 }), { minLength: 150, maxLength: 300 }), (uses) => {
        const memory = memoryOf({})
        for (const one of uses)
          if (take(memory, `t${one}`) === undefined) keep(memory, `t${one}`, { name: `n${one}`, form: null })
        const { kept, stale } = keepPlainly(uses)
        expect([...memory.byText.keys()].toSorted()).toEqual(kept.map((one) => `t${one}`).toSorted())
        expect(memory.stale).toEqual(stale.map((one) => `n${one}`))
      }),
      { numRuns: randomCases(200) },
    )
  })

  it('are none after an error', () => {
    const memory = memoryOf({})
    keep(memory, 'a', { name: 'istmo1', form: null })
    forgetAll(memory, 'istmo2')
    expect(take(memory, 'a')).toBeUndefined()
    expect(memory.stale).toEqual(['istmo1', 'istmo2'])
  })
})

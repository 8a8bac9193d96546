import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { oneOfEach, someOf } from './some-of.ts'

afterEach(() => vi.unstubAllEnvs())

/** Takes a table under a seed. */
function under<Taken>(seed: number, take: () => Taken): Taken {
  vi.stubEnv('ISTMO_PROPERTY_SEED', String(seed))
  return take()
}

const seeds = fc.integer({ min: -1_000_000, max: 1_000_000 })
const tables = fc.uniqueArray(fc.string(), { maxLength: 40 })

describe('a thinned table', () => {
  it('has, under as many seeds in a row as its step, each item once', () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 1, max: 9 }), fc.nat(1_000_000), (items, step, seed) => {
        const taken = Array.from({ length: step }, (_, at) => under(seed + at, () => someOf(items, step)))
        expect(taken.flat().sort()).toEqual(items.toSorted())
      }),
    )
  })

  it('is the same under the same seed, in its order, and whole with a step of 1', () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: 1, max: 9 }), seeds, (items, step, seed) => {
        const some = under(seed, () => someOf(items, step))
        expect(under(seed, () => someOf(items, step))).toEqual(some)
        expect(items.filter((item) => some.includes(item))).toEqual(some)
        expect(under(seed, () => someOf(items, 1))).toEqual(items)
      }),
    )
  })

  it('of one item for each key has each key once', () => {
    fc.assert(
      fc.property(tables, seeds, (items, seed) => {
        const keyOf = (item: string): string => String(item.length % 4)
        const keys = under(seed, () => oneOfEach(items, keyOf)).map(keyOf)
        expect(keys).toEqual([...new Set(items.map(keyOf))])
      }),
    )
  })

  it('takes another item of a key under another seed', () => {
    const items = ['a1', 'a2', 'a3', 'b1']
    const taken = [0, 1, 2].map((seed) => under(seed, () => oneOfEach(items, (item) => item.slice(0, 1))).join())
    expect(taken).toEqual(['a1,b1', 'a2,b1', 'a3,b1'])
  })
})

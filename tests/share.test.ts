import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { oneOfEach, partCount, partOf, randomCases, randomOf, repeats, someOf } from './share.ts'

const PROJECT = join(import.meta.dirname, '..')

afterEach(() => {
  vi.unstubAllEnvs()
})

/** Sets of how many parts this run does one, and its seed. */
function setRun(share: string | undefined, seed = '1'): void {
  vi.stubEnv('ISTMO_CI_SHARE', share)
  vi.stubEnv('ISTMO_PROPERTY_SEED', seed)
}

describe('a run without ISTMO_CI_SHARE', () => {
  it('does all of it', () => {
    setRun(undefined)
    expect([partCount(), repeats(4), randomCases(100), someOf('tears', [1, 2, 3])]).toEqual([1, 4, 100, [1, 2, 3]])
  })
})

describe('a run of CI', () => {
  it.each([
    [1, 1],
    [2, 2],
    [4, 2],
    [30, 10],
  ])('repeats %i times as %i', (whole, part) => {
    setRun('3')
    expect(repeats(whole)).toBe(part)
  })

  it.each([
    [5, 5],
    [30, 15],
    [150, 50],
    [1_000, 334],
  ])('draws %i random cases as %i', (whole, part) => {
    setRun('3')
    expect(randomCases(whole)).toBe(part)
  })

  it('does each item in some run, whatever the items, and no run does none', () => {
    const cases = fc.record({
      items: fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 12 }),
      share: fc.integer({ min: 1, max: 5 }),
      name: fc.string(),
    })
    fc.assert(
      fc.property(cases, ({ items, share, name }) => {
        const done = Array.from({ length: 60 }, (_, seed) => {
          setRun(String(share), String(seed))
          const some = someOf(name, items)
          expect(some.length).toBeGreaterThan(0)
          expect(some.length).toBeLessThanOrEqual(Math.ceil(items.length / Math.min(share, items.length)))
          return some
        })
        expect(new Set(done.flat())).toEqual(new Set(items))
      }),
      { numRuns: 40 },
    )
  })

  it('chooses the part by the seed and the name', () => {
    const partsBy = (name: string) =>
      Array.from({ length: 40 }, (_, seed) => {
        setRun('3', String(seed))
        return partOf(name, 3)
      })
    expect(new Set(partsBy('tears')).size).toBe(3)
    expect(partsBy('tears')).toEqual(partsBy('tears'))
    expect(partsBy('tears')).not.toEqual(partsBy('kinds'))
  })

  it.each(['', '0', '1.5', '101', 'x'])('is refused if it is no whole number from 1 to 100: «%s»', (text) => {
    setRun(text)
    expect(partCount).toThrow('expected a whole number from 1 to 100')
  })
})

describe('of a table with several items for a key', () => {
  const table = fc.uniqueArray(fc.string({ maxLength: 3 }), { minLength: 1, maxLength: 20 })
  const keyOf = (item: string): string => String(item.length)

  it('CI does one item for each key, in some run each, and a run of all does all', () => {
    fc.assert(
      fc.property(table, (items) => {
        const done = Array.from({ length: 200 }, (_, seed) => {
          setRun('3', String(seed))
          const some = oneOfEach(items, keyOf)
          expect(some.map(keyOf)).toEqual([...new Set(items.map(keyOf))])
          return some
        })
        expect(new Set(done.flat())).toEqual(new Set(items))
        setRun(undefined)
        expect(oneOfEach(items, keyOf)).toEqual(items)
      }),
      { numRuns: 15 },
    )
  })
})

describe('what a story draws itself', () => {
  const drawn = (name: string, seed: string): readonly number[] => {
    setRun(undefined, seed)
    const random = randomOf(name)
    return Array.from({ length: 1_000 }, random)
  }

  it('follows from the seed and the name, and is spread from 0 to 1', () => {
    expect(drawn('kill', '1')).toEqual(drawn('kill', '1'))
    expect(drawn('kill', '1')).not.toEqual(drawn('kill', '2'))
    expect(drawn('kill', '1')).not.toEqual(drawn('crash', '1'))
    const tenths = new Set(drawn('kill', '1').map((value) => Math.floor(value * 10)))
    expect([...tenths].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('never comes from Math.random', () => {
    const call = ['Math', 'random('].join('.')
    const tests = globSync(['*/**/*.test.{ts,tsx}', 'tests/**/*.ts'], { cwd: PROJECT, exclude: ['**/node_modules'] })
    const drawing = tests.filter((path) => readFileSync(join(PROJECT, path), 'utf8').includes(call))
    expect(drawing).toEqual([])
  })
})

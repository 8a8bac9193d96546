import { describe, expect, it } from 'vitest'
import { type Condition, createLinearBounds } from './linear-bounds.ts'

const terms = (...factors: readonly number[]): Map<number, number> =>
  new Map(factors.map((factor, i): [number, number] => [i, factor]).filter(([, factor]) => factor !== 0))
const equal = (value: number, ...factors: readonly number[]): Condition => ({
  terms: terms(...factors),
  is: 'EQUAL',
  value,
})
const atLeast = (value: number, ...factors: readonly number[]): Condition => ({
  terms: terms(...factors),
  is: 'AT_LEAST',
  value,
})

describe('the bounds of a sum', () => {
  it('are the same if the conditions determine it', () => {
    const bounds = createLinearBounds(3, [equal(10, 1, 1, 1), equal(7, 1, 1), equal(4, 1, 0, 1)])
    expect([bounds.least(terms(1)), bounds.greatest(terms(1))].map((extreme) => extreme?.value)).toEqual([1, 1])
  })

  it('are apart if they do not', () => {
    const bounds = createLinearBounds(3, [equal(10, 1, 1, 1), equal(7, 0, 1, 1)])
    expect([bounds.least(terms(0, 1)), bounds.greatest(terms(0, 1))].map((extreme) => extreme?.value)).toEqual([0, 7])
  })

  it('respect conditions that name a least value, also a negative one', () => {
    const bounds = createLinearBounds(2, [equal(5, 1, 1), atLeast(2, 0, 1), atLeast(-4, -1)])
    expect(bounds.greatest(terms(1))?.value).toBe(3)
    expect(bounds.least(terms(1))?.value).toBe(0)
  })

  it('have no limit where nothing limits them', () => {
    expect(createLinearBounds(2, [atLeast(1, 1)]).greatest(terms(0, 1))).toBe(null)
  })

  it('can be fractions, and say so', () => {
    const bounds = createLinearBounds(3, [equal(3, 1, 1), equal(3, 0, 1, 1), equal(3, 1, 0, 1)])
    expect(bounds.greatest(terms(1))).toEqual({ value: 1.5, isWhole: false })
  })

  it('do not exist if the conditions exclude each other', () => {
    expect(() => createLinearBounds(1, [equal(1, 1), equal(2, 1)])).toThrow('that can be met together')
  })
})

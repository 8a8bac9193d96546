import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costEach, growthOf, isWithin, slopeOf, tenthsRatio, write, writeVerdict } from './verdict.ts'

describe('a figure with a bound', () => {
  it.each([
    [20, true],
    [20.01, false],
    [Number.NaN, false],
    [Number.POSITIVE_INFINITY, false],
    [-3, true],
  ])('of %s is within 20: %s', (value, isGood) => {
    expect(isWithin({ value, most: 20 })).toBe(isGood)
  })

  it('is written with its verdict, and a miss is named as one', () => {
    const bound = { what: 'CPU of a leg', most: 20, unit: 'µs' }
    expect(writeVerdict({ ...bound, value: 19.96 })).toBe('- CPU of a leg: 20 µs, at most 20: holds\n')
    expect(writeVerdict({ ...bound, value: 1_234.5 })).toBe('- CPU of a leg: 1,235 µs, at most 20: MISSED\n')
    expect(writeVerdict({ ...bound, value: Number.NaN })).toBe('- CPU of a leg: not measured µs, at most 20: MISSED\n')
    expect(writeVerdict({ ...bound, value: 30, beside: 'the limit: 29' })).toBe(
      '- CPU of a leg: 30 µs, at most 20: MISSED (the limit: 29)\n',
    )
  })

  it.each([
    [0.123_4, '0.12'],
    [1.5, '1.5'],
    [12.34, '12.3'],
    [123.4, '123'],
    [-12.34, '-12.3'],
  ])('of %s is written as %s', (value, text) => {
    expect(write(value)).toBe(text)
  })
})

/** Costs that are a line: so much for nothing, and so much for each. */
const line = fc.record({
  ...{ base: fc.integer({ min: 0, max: 10_000 }), each: fc.integer({ min: 1, max: 500 }) },
  amounts: fc.uniqueArray(fc.integer({ min: 1, max: 100_000 }), { minLength: 2, maxLength: 6 }),
})

describe('what one more costs', () => {
  it('is the slope of the line through two sizes, whatever nothing costs', () => {
    fc.assert(
      fc.property(line, ({ base, each, amounts: [one = 1, other = 2] }) => {
        const at = (amount: number) => ({ amount, cost: base + each * amount })
        expect(slopeOf(at(one), at(other))).toBeCloseTo(each, 6)
      }),
    )
  })

  it('is the same at each size where the cost is a line, and has not grown', () => {
    fc.assert(
      fc.property(line, ({ base, each, amounts }) => {
        const sizes = [0, ...amounts.sort((a, b) => a - b)]
        const costs = costEach(sizes.map((amount) => ({ amount, cost: base + each * amount })))
        for (const { cost } of costs) expect(cost).toBeCloseTo(each, 6)
        expect(growthOf(costs)).toBeCloseTo(1, 6)
      }),
    )
  })

  it('grows by the largest ratio of a larger list to a smaller one', () => {
    const costs = (...all: readonly number[]) => all.map((cost, at) => ({ amount: 10 ** at, cost }))
    expect(growthOf(costs(2, 4, 3))).toBe(2)
    expect(growthOf(costs(4, 2, 3))).toBe(1.5)
    expect(growthOf(costs(4, 2, 1))).toBe(0.5)
    expect(growthOf(costs(2, Number.NaN, 3))).toBeNaN()
  })

  it('needs the cost of nothing', () => {
    expect(() => costEach([{ amount: 100, cost: 3 }])).toThrow('expected the cost of the amount 0')
  })
})

describe('memory', () => {
  it('is compared by the means of the last and the second tenth', () => {
    const values = Array.from({ length: 100 }, (_, at) => (at < 10 ? 50 : 100))
    expect(tenthsRatio(values)).toBe(1)
    expect(tenthsRatio(values.map((one, at) => (at >= 90 ? 120 : one)))).toBeCloseTo(1.2)
    expect(tenthsRatio(values.map((one, at) => (at === 90 ? 200 : one)))).toBeCloseTo(1.1)
  })

  it('is not compared with fewer than ten values', () => {
    expect(tenthsRatio([1, 2, 3])).toBeNaN()
  })
})

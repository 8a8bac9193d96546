import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge, median, quantile, ratioByRound } from './table.ts'

const values = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 9 })

describe('the figures of the bench', () => {
  it('takes a median that half of the values do not exceed, whatever their order', () => {
    fc.assert(
      fc.property(values, (all) => {
        const middle = median(all)
        expect(median([...all].reverse())).toBe(middle)
        expect(all.filter((value) => value <= middle).length * 2).toBeGreaterThanOrEqual(all.length)
        expect(all.filter((value) => value >= middle).length * 2).toBeGreaterThanOrEqual(all.length)
      }),
    )
  })

  it('compares each round with the same round, so what slows a whole round down changes no ratio', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0.1, max: 2, noNaN: true }), (base, ratio) => {
        const slowed = base.map((value, round) => value * ratio * (round + 1))
        const bases = base.map((value, round) => value * (round + 1))
        expect(ratioByRound(slowed, bases)).toBeCloseTo(ratio, 6)
      }),
    )
  })

  it.each([
    [0.95, 0.95, '≥ 0.95: holds'],
    [0.949, 0.95, '≥ 0.95: MISSED'],
    [0.1, null, ''],
    [Number.NaN, 0.95, '≥ 0.95: MISSED'],
  ])('judges %d against %s', (ratio, least, text) => {
    expect(judge(ratio, least)).toBe(text)
  })

  it.each([
    [0.5, 3],
    [0.99, 4],
    [0, 1],
  ])('finds the quantile %d', (share, value) => {
    expect(quantile([4, 2, 3, 1], share)).toBe(value)
  })
})

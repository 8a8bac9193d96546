import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { groupCountries, learnSlow, SLOW_MS } from './group-countries.ts'

const ALL = ['GT', 'HN', 'SV'] as const
const reportsOf = (late: readonly string[]) =>
  ALL.map((country) => ({ country, reach: late.includes(country) ? 'TIMED_OUT' : 'ANSWERED' }))

describe('groupCountries', () => {
  it('asks each country exactly once, and only slow ones by themselves', () => {
    const codes = fc.subarray(['GT', 'HN', 'PA', 'SV', 'UN'])
    fc.assert(
      fc.property(codes, codes, (countries, slow) => {
        const groups = groupCountries(countries, new Set(slow))
        expect(groups.flat().sort()).toEqual([...countries].sort())
        for (const group of groups) {
          expect(group.length).toBeGreaterThan(0)
          if (group.length > 1) expect(group.filter((country) => slow.includes(country))).toEqual([])
        }
        expect(groups.length).toBeLessThanOrEqual(countries.filter((country) => slow.includes(country)).length + 1)
      }),
    )
  })
})

describe('learnSlow', () => {
  it.each([
    ['a quick answer of all', [], 200, [], []],
    ['one that was too late', [], 8_000, ['HN'], ['HN']],
    ['a slow answer of all: nobody knows who it was', [], SLOW_MS + 1, [], ['GT', 'HN', 'SV']],
    ['slow ones that became quick', ['GT', 'HN'], SLOW_MS, [], []],
    ['another that is slow still', ['GT'], 8_000, ['HN'], ['GT', 'HN']],
  ] as const)('%s', (_, slow, tookMs, late, expected) => {
    const next = learnSlow(new Set(slow), { countries: ALL, tookMs, reports: reportsOf(late) })
    expect([...next].sort()).toEqual(expected)
  })

  it('learns of a country by itself only about that country', () => {
    const asked = { countries: ['HN'], tookMs: 9_000, reports: [{ country: 'HN', reach: 'TIMED_OUT' }] }
    expect([...learnSlow(new Set(['SV']), asked)].sort()).toEqual(['HN', 'SV'])
    expect([...learnSlow(new Set(['SV', 'HN']), { countries: ['HN'], tookMs: 90, reports: [] })]).toEqual(['SV'])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseUnit, fillTime, MAX_KEYS } from './counted.ts'

const DAY = 86_400_000
const at = (text: string) => Date.parse(text)

describe('counts over time', () => {
  it('have the units of time that no entry has, with 0', () => {
    const counts = [{ key: '2026-11-24', count: 3 }]
    const span = { fromMs: at('2026-11-23T12:00:00Z'), untilMs: at('2026-11-26T00:00:00Z') }
    expect(fillTime(counts, 'day', span)).toEqual([
      { key: '2026-11-23', count: 0 },
      { key: '2026-11-24', count: 3 },
      { key: '2026-11-25', count: 0 },
    ])
    const months = [
      { key: '2026-11', count: 1 },
      { key: '2027-02', count: 2 },
    ]
    const filled = fillTime(months, 'month', { fromMs: null, untilMs: null })
    expect(filled.map(({ key }) => key)).toEqual(['2026-11', '2026-12', '2027-01', '2027-02'])
    const hours = fillTime([{ key: '2026-11-24T23:00Z', count: 1 }], 'hour', {
      ...{ fromMs: at('2026-11-24T22:30:00Z'), untilMs: at('2026-11-25T01:00:00Z') },
    })
    expect(hours.map(({ key }) => key)).toEqual(['2026-11-24T22:00Z', '2026-11-24T23:00Z', '2026-11-25T00:00Z'])
    expect(fillTime([], 'day', { fromMs: null, untilMs: null })).toEqual([])
  })

  it('lose no count, whatever the span', () => {
    const times = fc.array(fc.integer({ min: at('2020-01-01'), max: at('2026-12-31') }), {
      minLength: 1,
      maxLength: 20,
    })
    fc.assert(
      fc.property(times, fc.constantFrom('hour', 'day', 'month' as const), (given, unit) => {
        const near = unit === 'hour' ? given.map((ms) => at('2026-11-24') + (ms % (3 * DAY))) : given
        const keyOf = (ms: number) => {
          const text = new Date(ms).toISOString()
          return unit === 'month' ? text.slice(0, 7) : unit === 'day' ? text.slice(0, 10) : `${text.slice(0, 13)}:00Z`
        }
        const counts = [...Map.groupBy(near, keyOf)]
          .map(([key, all]) => ({ key, count: all.length }))
          .toSorted((one, other) => (one.key < other.key ? -1 : 1))
        const filled = fillTime(counts, unit, { fromMs: Math.min(...near), untilMs: Math.max(...near) + 1 })
        const spansYears = unit === 'day' && filled.length === 1_200
        if (!spansYears) expect(filled.reduce((sum, { count }) => sum + count, 0)).toBe(near.length)
        expect(new Set(filled.map(({ key }) => key)).size).toBe(filled.length)
      }),
    )
  })

  it('are asked in a unit of which oversight gives all', () => {
    const until = at('2026-11-24T00:00:00Z')
    expect([1, 4, 5, MAX_KEYS, 101].map((days) => chooseUnit(until - days * DAY, until))).toEqual([
      'hour',
      'hour',
      'day',
      'day',
      'month',
    ])
    expect(chooseUnit(null, until)).toBe('month')
  })
})

import { describe, expect, it } from 'vitest'
import { boundsTable, judgeRatio } from './bounds.ts'

describe('what must be reached', () => {
  it.each([
    [12, 'reaches the aim'],
    [11.99, 'holds'],
    [8, 'holds'],
    [7.99, 'MISSED'],
    [null, 'not measured'],
    [Number.NaN, 'not measured'],
  ] as const)('with a ratio of %s, a bound of 8 with the aim 12 %s', (ratio, verdict) => {
    expect(judgeRatio(ratio, [8, 12])).toBe(verdict)
  })

  it('can have no aim beyond what must be reached', () => {
    expect(judgeRatio(2, [0.8])).toBe('holds')
    expect(judgeRatio(0.79, [0.8])).toBe('MISSED')
    const rows = boundsTable((operation) => (operation === 'a' ? 0.85 : null)).split('\n')
    expect(rows[8]).toBe('| bare with its audit log ÷ bare | 0.85 of 0.8: holds |  | of 0.9: not measured |  |  |  |')
  })

  it('has a row for each demand, and names a miss as one', () => {
    const ratios: Readonly<Record<string, number>> = { 'a istmo stock': 3.2, 'b istmo stock': 8.5, 'c istmo stock': 10 }
    const rows = boundsTable((operation, of, by) => ratios[`${operation} ${of} ${by}`] ?? null).split('\n')
    expect(rows[0]).toBe('|  | a | b | c | n100 | n1000 | n10000 |')
    expect(rows[2]).toBe(
      '| bare ÷ stock | 3.20 of 8 / 12: MISSED | 8.50 of 8 / 10: holds | 10.00 of 8 / 10: reaches the aim |  |  |  |',
    )
    expect(rows.filter((one) => one !== '')).toHaveLength(13)
    expect(rows[5]).toBe(
      `| bare ÷ Grafbase, native | ${['1.4 / 2', '1.05 / 1.3', '1.3 / 1.4', '0.7 / 1', '0.5 / 0.9', '0.4 / 0.7'].map((bound) => `of ${bound}: not measured`).join(' | ')} |`,
    )
  })

  it('shows beside it what has no bound: what log and dress cost who writes a server by hand', () => {
    const rows = boundsTable((operation) => (operation === 'c' ? null : 0.318)).split('\n')
    expect(rows.slice(10)).toEqual([
      '| the limit with an audit log ÷ the limit | 0.32, no bound | 0.32, no bound | not measured |  |  |  |',
      '| the limit in dress ÷ bare | 0.32, no bound | 0.32, no bound | not measured |  |  |  |',
      '| production dress ÷ the limit in dress | 0.32, no bound | 0.32, no bound | not measured |  |  |  |',
      '',
    ])
  })

  it('compares only what issue 13 names, and the controls', () => {
    const asked: string[] = []
    boundsTable((operation, of, by) => {
      asked.push(`${operation} ${of} ÷ ${by}`)
      return null
    })
    expect(asked).toContain('c dress ÷ istmo')
    expect(asked).toContain('a istmo-log ÷ istmo')
    expect(
      asked.every((one) =>
        /^(a|b|c|n\d+) (istmo|istmo-log|istmo-workers|dress|limit-log|limit-dress) ÷ (stock|hive-rust|mercurius|grafbase|limit|istmo|istmo-log|limit-dress)$/.test(
          one,
        ),
      ),
    ).toBe(true)
  })
})

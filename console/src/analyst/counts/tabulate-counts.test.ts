import { describe, expect, it } from 'vitest'
import { tabulateCounts } from './tabulate-counts.ts'

const count = (country: string, year: number, month: number | null, cases: number, iccs = '01') => ({
  ...{ country, year, month, cases, iccs },
})

describe('tabulateCounts', () => {
  it('says zero only of a country that answered completely and withholds nothing', () => {
    const counts = [count('GT', 2023, null, 5), count('GT', 2023, null, 2, '02'), count('GT', 2025, null, 1)]
    const table = tabulateCounts(counts, {
      withheldBy: ['HN'],
      answered: ['GT', 'HN'],
      asked: ['GT', 'HN', 'SV'],
    })
    expect(table.countries).toEqual(['GT', 'HN', 'SV'])
    expect(table.rows.map(({ period }) => period)).toEqual(['2023', '2024', '2025'])
    expect(table.rows[0]?.cells).toEqual([{ kind: 'count', cases: 7 }, { kind: 'withheld' }, { kind: 'missing' }])
    expect(table.rows[1]?.cells).toEqual([{ kind: 'count', cases: 0 }, { kind: 'withheld' }, { kind: 'missing' }])
    expect(table.rows.every(({ isTotal }) => !isTotal)).toBe(true)
  })

  it('goes from December to January', () => {
    const counts = [count('GT', 2023, 12, 1), count('GT', 2024, 2, 3)]
    const table = tabulateCounts(counts, { withheldBy: [], answered: ['GT'], asked: ['GT'] })
    expect(table.rows.map(({ period, known, isTotal }) => [period, known, isTotal])).toEqual([
      ['2023-12', 1, true],
      ['2024-01', 0, true],
      ['2024-02', 3, true],
    ])
  })

  it('does not fill a span that a country’s wrong year made endless', () => {
    const counts = [count('GT', 1, null, 1), count('GT', 2024, null, 1)]
    expect(tabulateCounts(counts, { withheldBy: [], answered: ['GT'], asked: [] }).rows).toHaveLength(2)
    expect(tabulateCounts([], { withheldBy: [], answered: [], asked: ['GT'] }).rows).toEqual([])
  })
})

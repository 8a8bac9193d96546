import { describe, expect, it } from 'vitest'
import { type CountSources, listPartlyShown, tabulateCounts } from './tabulate-counts.ts'

const count = (country: string, year: number, month: number | null, cases: number, iccs = '01') => ({
  ...{ country, year, month, cases, iccs },
})

const number = (cases: number, isPart = false) => ({ kind: 'count', cases, isPart })

/** All answered, nobody withholds, and rows are periods, unless the test says otherwise. */
const sources = (part: Partial<CountSources>): CountSources => ({
  ...{ withheldBy: [], answered: [], asked: [], isByClass: false, isOneClass: false },
  ...part,
})

describe('tabulateCounts', () => {
  it('says zero only of a country that answered completely and withholds nothing', () => {
    const counts = [count('GT', 2023, null, 5), count('GT', 2023, null, 2, '02'), count('GT', 2025, null, 1)]
    const all = sources({ withheldBy: ['HN'], answered: ['GT', 'HN'], asked: ['GT', 'HN', 'SV'] })
    const table = tabulateCounts(counts, all)
    expect(table.countries).toEqual(['GT', 'HN', 'SV'])
    expect(table.rows.map(({ period }) => period)).toEqual(['2023', '2024', '2025'])
    expect(table.rows[0]?.cells).toEqual([number(7), { kind: 'withheld' }, { kind: 'missing' }])
    expect(table.rows[1]?.cells).toEqual([number(0), { kind: 'withheld' }, { kind: 'missing' }])
    expect(table.rows.every(({ isTotal }) => !isTotal)).toBe(true)
  })

  it('says of a sum over classes that it may be a part if its country withholds', () => {
    const counts = [count('GT', 2024, null, 5), count('HN', 2024, null, 9)]
    const withholding = { withheldBy: ['HN'], answered: ['GT', 'HN'], asked: ['GT', 'HN'] }
    const [row] = tabulateCounts(counts, sources(withholding)).rows
    expect([row?.cells, row?.isTotal]).toEqual([[number(5), number(9, true)], false])
    const [alone] = tabulateCounts(counts, sources({ ...withholding, isOneClass: true })).rows
    expect([alone?.cells, alone?.isTotal]).toEqual([[number(5), number(9)], true])
  })

  it('has a row for each class that somebody counts in a period, and its numbers are whole', () => {
    const counts = [count('HN', 2024, null, 9, '02'), count('GT', 2024, null, 5), count('GT', 2023, null, 1, '02')]
    const all = sources({ withheldBy: ['HN'], answered: ['GT', 'HN'], asked: ['GT', 'HN'], isByClass: true })
    const table = tabulateCounts(counts, all)
    expect(table.rows.map(({ period, iccs, cells, isTotal }) => [period, iccs, cells, isTotal])).toEqual([
      ['2023', '02', [number(1), { kind: 'withheld' }], false],
      ['2024', '01', [number(5), { kind: 'withheld' }], false],
      ['2024', '02', [number(0), number(9)], true],
    ])
    expect([...listPartlyShown(table)]).toEqual(['2023', '2024'])
  })

  it('goes from December to January', () => {
    const counts = [count('GT', 2023, 12, 1), count('GT', 2024, 2, 3)]
    const table = tabulateCounts(counts, sources({ answered: ['GT'], asked: ['GT'] }))
    expect(table.rows.map(({ period, known, isTotal }) => [period, known, isTotal])).toEqual([
      ['2023-12', 1, true],
      ['2024-01', 0, true],
      ['2024-02', 3, true],
    ])
    expect(listPartlyShown(table).size).toBe(0)
  })

  it('does not fill a span that a country’s wrong year made endless', () => {
    const counts = [count('GT', 1, null, 1), count('GT', 2024, null, 1)]
    expect(tabulateCounts(counts, sources({ answered: ['GT'] })).rows).toHaveLength(2)
    expect(tabulateCounts([], sources({ asked: ['GT'] })).rows).toEqual([])
  })
})

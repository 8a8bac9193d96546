import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CountSources, listPeriods, tabulateCounts } from './tabulate-counts.ts'

const count = (country: string, year: number, month: number | null, cases: number, iccs = '01') => ({
  ...{ country, year, month, cases, iccs },
})

const number = (cases: number, isPart = false) => ({ kind: 'count', cases, isPart })

/** All answered, nobody withholds, and rows are periods, unless the test says otherwise. */
const sources = (part: Partial<CountSources>): CountSources => ({
  ...{ withheldBy: [], answered: [], asked: [], isByClass: false, isOneClass: false },
  ...{ notPublished: [], ranges: [], isMonthly: false, years: [null, null] as const },
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

  it('has in each period a row for each class that somebody counts, and its numbers are whole', () => {
    const counts = [count('HN', 2024, null, 9, '02'), count('GT', 2024, null, 5), count('GT', 2023, null, 1, '02')]
    const all = sources({ withheldBy: ['HN'], answered: ['GT', 'HN'], asked: ['GT', 'HN'], isByClass: true })
    const table = tabulateCounts(counts, all)
    expect(table.rows.map(({ period, iccs, cells, isTotal }) => [period, iccs, cells, isTotal])).toEqual([
      ['2023', '01', [number(0), { kind: 'withheld' }], false],
      ['2023', '02', [number(1), { kind: 'withheld' }], false],
      ['2024', '01', [number(5), { kind: 'withheld' }], false],
      ['2024', '02', [number(0), number(9)], true],
    ])
  })

  it('goes from December to January', () => {
    const counts = [count('GT', 2023, 12, 1), count('GT', 2024, 2, 3)]
    const table = tabulateCounts(counts, sources({ answered: ['GT'], asked: ['GT'], isMonthly: true }))
    expect(table.rows.map(({ period, known, isTotal }) => [period, known, isTotal])).toEqual([
      ['2023-12', 1, true],
      ['2024-01', 0, true],
      ['2024-02', 3, true],
    ])
  })

  it('does not fill a span that a country’s wrong year made endless', () => {
    const counts = [count('GT', 1, null, 1), count('GT', 2024, null, 1)]
    expect(tabulateCounts(counts, sources({ answered: ['GT'] })).rows).toHaveLength(2)
    expect(tabulateCounts([], sources({ asked: ['GT'] })).rows).toEqual([])
  })

  it('says of a time that a country’s records do not reach that they do not, and of one that publishes nothing that it does not', () => {
    const range = { country: 'GT', from: '2023-01-01', until: '2024-12-31', asOf: null }
    const all = { answered: ['GT', 'SV'], withheldBy: ['GT'], notPublished: ['HN'], asked: ['GT', 'HN', 'SV'] }
    const { rows } = tabulateCounts(
      [count('SV', 2024, null, 4)],
      sources({ ...all, ranges: [range], years: [2022, 2024] }),
    )
    expect(rows.map(({ period, cells }) => [period, ...cells.map(({ kind }) => kind)])).toEqual([
      ['2022', 'outside', 'not-published', 'count'],
      ['2023', 'withheld', 'not-published', 'count'],
      ['2024', 'withheld', 'not-published', 'count'],
    ])
    const alone = sources({ answered: ['GT'], asked: ['GT'], ranges: [range], years: [2022, 2023] })
    // What a country has no records of takes nothing from the total.
    expect(tabulateCounts([], alone).rows.map(({ known, isTotal }) => [known, isTotal])).toEqual([
      [0, true],
      [0, true],
    ])
  })
})

describe('listPeriods', () => {
  const years = fc.integer({ min: 1990, max: 2030 })
  const none = { ranges: [], years: [null, null] as const }

  it('lists each period of the years that were asked for, once and in order, whatever is counted', () => {
    fc.assert(
      fc.property(years, fc.nat({ max: 12 }), fc.boolean(), fc.array(years), (from, span, isMonthly, counted) => {
        const counts = counted
          .filter((year) => year >= from && year <= from + span)
          .map((year) => count('GT', year, isMonthly ? 7 : null, 1))
        const periods = listPeriods(counts, { ranges: [], isMonthly, years: [from, from + span] })
        expect(periods).toHaveLength((span + 1) * (isMonthly ? 12 : 1))
        expect(periods).toEqual([...new Set(periods)].sort())
        expect(periods[0]).toBe(isMonthly ? `${from}-01` : String(from))
        expect(periods.at(-1)).toBe(isMonthly ? `${from + span}-12` : String(from + span))
      }),
    )
  })

  it('begins and ends where nothing was said with the records of the countries and what they count', () => {
    const range = { country: 'GT', from: '2023-05-02', until: '2024-02-29', asOf: null }
    expect(listPeriods([], { ...none, ranges: [range], isMonthly: false })).toEqual(['2023', '2024'])
    const months = listPeriods([count('HN', 2023, 3, 1)], { ...none, ranges: [range], isMonthly: true })
    expect([months[0], months.at(-1), months.length]).toEqual(['2023-03', '2024-02', 12])
    expect(listPeriods([], { ...none, isMonthly: true })).toEqual([])
    // What is not a day bounds nothing.
    const wrong = { ...range, from: '<b>2023</b>' }
    expect(listPeriods([count('HN', 2023, null, 1)], { ...none, ranges: [wrong], isMonthly: false })).toEqual(['2023'])
  })
})

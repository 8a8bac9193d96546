import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseStep, joinCells, layOutCounts } from './lay-out-counts.ts'
import type { CountCell } from './tabulate-counts.ts'

const number = (cases: number, isPart = false): CountCell => ({ kind: 'count', cases, isPart })
const WITHHELD: CountCell = { kind: 'withheld' }
const OUTSIDE: CountCell = { kind: 'outside' }
const row = (period: string, iccs: string | null, cells: readonly CountCell[], known: number, isTotal: boolean) => ({
  ...{ period, iccs, cells, known, isTotal },
})

describe('layOutCounts', () => {
  it('makes a line of each country and a column of each period, with sums of both that say whether they are all', () => {
    const rows = [
      row('2024-01', null, [number(5), WITHHELD], 5, false),
      row('2024-02', null, [number(7), OUTSIDE], 7, true),
    ]
    const grid = layOutCounts({ countries: ['GT', 'SV'], rows, isByClass: false })
    expect(grid.periods).toEqual(['2024-01', '2024-02'])
    expect(grid.lines).toEqual([
      { country: 'GT', iccs: null, cells: [number(5), number(7)], known: 12, isTotal: true },
      { country: 'SV', iccs: null, cells: [WITHHELD, OUTSIDE], known: 0, isTotal: false },
    ])
    expect(grid.drawn).toBe(grid.lines)
    expect(grid.sums).toEqual([
      { known: 5, isTotal: false },
      { known: 7, isTotal: true },
    ])
    expect([grid.known, grid.isTotal]).toEqual([12, false])
  })

  it('draws a class as the sum of its countries, which is silent if none of them counts', () => {
    const rows = [
      row('2024', '01', [number(5), number(2)], 7, true),
      row('2024', '02', [number(0), WITHHELD], 0, false),
      row('2024', '03', [number(4), WITHHELD], 4, false),
    ]
    const { drawn, lines } = layOutCounts({ countries: ['GT', 'SV'], rows, isByClass: true })
    expect(drawn.map(({ country, iccs, cells }) => [country, iccs, cells])).toEqual([
      [null, '01', [number(7)]],
      [null, '02', [WITHHELD]],
      [null, '03', [number(4, true)]],
    ])
    expect(lines.map(({ country, iccs }) => `${iccs} ${country}`)).toEqual(
      ['01', '02', '03'].flatMap((iccs) => [`${iccs} GT`, `${iccs} SV`]),
    )
  })
})

describe('joinCells', () => {
  it('joins what is outside a country’s data, and no numbers', () => {
    expect(joinCells([OUTSIDE, OUTSIDE, number(1), number(1), WITHHELD, WITHHELD, OUTSIDE])).toEqual([
      { cell: OUTSIDE, at: 0, span: 2 },
      { cell: number(1), at: 2, span: 1 },
      { cell: number(1), at: 3, span: 1 },
      { cell: WITHHELD, at: 4, span: 1 },
      { cell: WITHHELD, at: 5, span: 1 },
      { cell: OUTSIDE, at: 6, span: 1 },
    ])
  })
})

describe('chooseStep', () => {
  it('leaves each bar below the top of the chart, and most of the chart to the longest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 1_000_000 }), (most) => {
        const top = chooseStep(most) * 2.5
        expect(most).toBeLessThanOrEqual(top)
        expect(most / top).toBeGreaterThan(0.3)
      }),
    )
    expect([0, 42, 18, 100].map(chooseStep)).toEqual([1, 20, 10, 50])
  })
})

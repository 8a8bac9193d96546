import { describe, expect, it } from 'vitest'
import { legCostLines } from './bounds.ts'
import { compareIn, findLegCosts, listDoubts, type Measured, writePage } from './results.ts'
import type { Window } from './window.ts'

const WINDOW: Window = {
  ...{ perSecond: 100, p50Ms: 1, p99Ms: 2, cpuShare: 0.9, cpuUs: 50, memoryMib: 60, stubShare: 0.2, otherShare: 0.01 },
}

function measuredOf(contender: string, rates: readonly number[], over: Partial<Window> = {}): Measured {
  const windows = rates.map((perSecond) => ({ ...WINDOW, perSecond, ...over }))
  return {
    operation: 'a',
    contender,
    title: `the gateway ${contender}`,
    fetches: contender === 'limit' ? 5 : 10,
    windows,
  }
}

const MEASURED = [measuredOf('limit', [1_000, 2_000, 3_000]), measuredOf('stock', [100, 400, 300], { memoryMib: 240 })]

describe('a run', () => {
  it('compares two gateways by the median of the ratios of each round', () => {
    const ratioOf = compareIn(MEASURED)
    expect(ratioOf('a', 'stock', 'limit')).toBeCloseTo(0.1)
    expect(ratioOf('a', 'limit', 'stock')).toBeCloseTo(10)
  })

  it('has no ratio of what it did not measure', () => {
    expect(compareIn(MEASURED)('b', 'stock', 'limit')).toBeNull()
    expect(compareIn(MEASURED)('a', 'istmo', 'limit')).toBeNull()
  })

  it('shows each figure with its ratio to the stock gateway and to the limit', () => {
    const operations = [{ name: 'a', what: 'one field' }]
    const page = writePage({ setup: ['a machine'], operations, measured: MEASURED, missing: ['Grafbase: no binary'] })
    expect(page).toContain('## (a) one field\n')
    expect(page).toContain('| the gateway stock | 300 (1.00, 0.10) | 1.0 (1.00, 1.00)')
    expect(page).toContain('| 240 (1.00, 4.00) | 10.0 (1.00, 2.00) | 100 to 400 |')
    expect(page).toContain('- Not measured: Grafbase: no binary\n')
  })

  it('says of README’s question why no other gateway is measured, and of nothing else', () => {
    const pageOf = (name: string) =>
      writePage({
        ...{ setup: [], operations: [{ name, what: 'a question' }], missing: [] },
        measured: [{ ...measuredOf('istmo', [100]), operation: name }],
      })
    expect(pageOf('d20')).toContain('## (d20) a question\n\nStock and the others are not measured here, because')
    expect(pageOf('a')).not.toContain('are not measured here')
  })

  it('says what a request to a country costs in README’s question, beside one in (c)', () => {
    const inC = { ...measuredOf('dress', [100], { cpuUs: 600 }), operation: 'c', fetches: 6 }
    const inD = { ...measuredOf('dress', [100], { cpuUs: 4_000 }), operation: 'd4', fetches: 20 }
    const lines = legCostLines(findLegCosts([inC, inD]), ['d4', 'd20']).split('\n')
    expect(lines[0]).toMatch(/^- \(d4\) .*: 2.00: holds$/)
    expect(lines[1]).toMatch(/^- \(d20\) .*: not measured$/)
    const dear = { ...inD, fetches: 19 }
    expect(legCostLines(findLegCosts([inC, dear]), ['d4'])).toContain('2.11: MISSED')
  })

  it('names the windows in which other work took part of the machine or the subgraphs were the limit', () => {
    const disturbed = measuredOf('istmo', [100], { otherShare: 0.06 })
    const limited = measuredOf('dress', [100], { stubShare: 0.61 })
    expect(listDoubts(MEASURED)).toEqual([])
    expect(listDoubts([disturbed, limited])).toEqual([
      '(a) the gateway istmo, round 1: other work took 6 % of the machine',
      '(a) the gateway dress, round 1: the subgraphs were 61 % busy',
    ])
  })
})

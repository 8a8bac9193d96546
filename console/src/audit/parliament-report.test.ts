import { describe, expect, it } from 'vitest'
import { isPeriodOver, makeReport, toReportFile } from './parliament-report.ts'

const counts = (...numbers: readonly number[]) => numbers.map((count, at) => ({ key: `k${at}`, count }))
const REPORT = {
  ...{ from: '2026-01-01', until: '2026-06-30', threshold: 5, country: 'GT', madeAt: '2026-07-01T10:00:00.000Z' },
  counts: {
    ...{ month: counts(30, 12), purpose: counts(39, 3), outcome: counts(42) },
    ...{ actorCountry: counts(20, 20, 2), country: counts(40, 4) },
  },
  states: [{ kind: 'NOT_PROVEN', origin: 'istmo.example/gt', reason: 'NO_POLICY', counted: 7 }],
} as const

describe('a report for a parliament', () => {
  it('withholds small counts, and shows one sum everywhere or nowhere', () => {
    const { tables } = makeReport(REPORT)
    expect(tables.purpose.rows.map(({ count }) => count)).toEqual([null, null])
    expect(tables.actorCountry.rows.map(({ count }) => count)).toEqual([null, null, null])
    expect([tables.month, tables.purpose, tables.outcome, tables.actorCountry].map(({ total }) => total)).toEqual([
      42, 42, 42, 42,
    ])
    // A request may ask several countries, so these counts have no sum.
    expect(tables.country).toMatchObject({ total: null, withheld: 1 })
  })

  it.each([
    ['2026-07-01', false],
    ['2026-06-30', true],
    ['2027-01-01', false],
  ])('whose last day is %s is of a period that is over: %s', (until, expected) => {
    expect(isPeriodOver({ ...makeReport(REPORT), until })).toBe(expected)
  })

  it('is written without any count that it withholds', () => {
    const file = JSON.parse(toReportFile(makeReport(REPORT))) as { tables: { purpose: unknown }; logs: unknown }
    expect(file.tables.purpose).toEqual({
      rows: [
        { key: 'k0', count: null },
        { key: 'k1', count: null },
      ],
      total: 42,
      withheld: 2,
    })
    expect(file.logs).toEqual(REPORT.states)
    expect(toReportFile(makeReport(REPORT))).not.toMatch(/"count": 3\b/)
  })
})

import { describe, expect, it } from 'vitest'
import type { AskOversight } from './ask-oversight.ts'
import { collectReport, isPeriodOver, type ReportRequest, TooManyKeysError, toReportFile } from './collect-report.ts'

const REQUEST: ReportRequest = {
  ...{ from: '2026-01-01', until: '2026-06-30', threshold: 5 },
  filter: { from: '2026-01-01T00:00:00.000Z', until: '2026-07-01T00:00:00.000Z' },
}
const NOW_MS = Date.parse('2026-07-01T10:00:00.000Z')

const counts = (...numbers: readonly number[]) => numbers.map((count, at) => ({ key: `k${at}`, count }))
const COUNTS = {
  ...{ month: counts(30, 12), purpose: counts(39, 3), outcome: counts(42) },
  ...{ actorCountry: counts(20, 20, 2), country: counts(40, 4) },
}

/** Answers as oversight does, to the auditors of GT. */
function answering(tables: typeof COUNTS = COUNTS) {
  const asked: unknown[] = []
  const ask = (async (document: string, variables: object) => {
    asked.push([document, variables])
    return { data: { ...tables, viewer: { country: 'GT' } }, errors: [], logs: [] }
  }) as unknown as AskOversight
  return { ask, asked }
}

describe('a report for a parliament', () => {
  it('withholds small counts, and shows one sum everywhere or nowhere', async () => {
    const { ask, asked } = answering()
    const { tables } = await collectReport(ask, REQUEST, NOW_MS)
    expect(asked).toEqual([['reportCounts', { filter: { ...REQUEST.filter, kind: 'request' }, first: 100 }]])
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
  ])('whose last day is %s is of a period that is over: %s', async (until, expected) => {
    expect(isPeriodOver(await collectReport(answering().ask, { ...REQUEST, until }, NOW_MS))).toBe(expected)
  })

  it('is written without any count that it withholds', async () => {
    const text = toReportFile(await collectReport(answering().ask, REQUEST, NOW_MS))
    const file = JSON.parse(text) as { country: string; tables: { purpose: unknown } }
    expect(file.country).toBe('GT')
    expect(file.tables.purpose).toEqual({
      rows: [
        { key: 'k0', count: null },
        { key: 'k1', count: null },
      ],
      total: 42,
      withheld: 2,
    })
    expect(text).not.toMatch(/"count": 3\b/)
  })

  it('is not made out of a part of a table', async () => {
    const whole = counts(...Array.from({ length: 100 }, () => 6))
    await expect(collectReport(answering({ ...COUNTS, outcome: whole }).ask, REQUEST, NOW_MS)).rejects.toThrow(
      TooManyKeysError,
    )
  })
})

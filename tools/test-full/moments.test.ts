import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listMoments } from './moments.ts'

describe('the moments to which the full tests move the clock', () => {
  it('are those that a reader of 1 December 2026 expects', () => {
    expect(listMoments(new Date('2026-12-01T10:00:00Z')).map((moment) => moment.toISOString())).toEqual([
      '2026-12-31T23:58:00.000Z',
      '2027-01-31T23:58:00.000Z',
      '2028-02-29T12:00:00.000Z',
      '2027-12-01T10:00:00.000Z',
      '2031-12-01T10:00:00.000Z',
    ])
  })

  it('are after now, and end a year, end a month and are a leap day, whatever day it is', () => {
    const days = fc.date({ min: new Date('2026-01-01'), max: new Date('2099-12-31T23:57:00Z'), noInvalidDate: true })
    fc.assert(
      fc.property(days, (now) => {
        const [yearEnd, monthEnd, leapDay, ...later] = listMoments(now)
        const in2Minutes = (moment = now): string => new Date(moment.getTime() + 120_000).toISOString()
        expect(in2Minutes(yearEnd)).toMatch(/-01-01T00:00:00/)
        expect(in2Minutes(monthEnd)).toMatch(/-01T00:00:00/)
        expect(leapDay?.toISOString()).toMatch(/-02-29T12/)
        for (const moment of [yearEnd, monthEnd, leapDay, ...later]) {
          expect(moment?.getTime()).toBeGreaterThan(now.getTime())
        }
      }),
    )
  })
})

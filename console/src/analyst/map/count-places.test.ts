import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CaseRow } from '../../documents/types.ts'
import type { SessionAnswer } from '../../session/session.ts'
import { countPlaces, STEPS, stepOf } from './count-places.ts'

const rowOf = (id: string, subdivision: string | null): CaseRow => ({
  ...{ id, subdivision, country: id.slice(0, 2), caseTrackingId: null, filedOn: null, closedOn: null },
  ...{ status: null, category: null, offences: null, provenance: null },
})
const answerThatHides = (country: string | null): SessionAnswer<unknown> => ({
  ...{ operation: 'Cases', data: null, countries: [], denied: [], requestId: null, at: 0, purpose: 'INVESTIGATION' },
  problems: [
    { message: '', code: 'UNAUTHORIZED_FIELD_OR_TYPE', path: [], country, coordinate: 'Case.subdivision' },
    { message: '', code: 'UNAUTHORIZED_FIELD_OR_TYPE', path: [], country: 'GT', coordinate: 'Case.court' },
  ],
})

describe('countPlaces', () => {
  it('counts each case once, and loses none', () => {
    const code = fc.constantFrom('GT-01', 'GT-13', 'HN-FM', 'SV-SS', null, 'Managua', '')
    const row = fc.record({ n: fc.integer({ min: 0, max: 20 }), country: fc.constantFrom('GT', 'HN'), code })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (drawn) => {
        const rows = drawn.map((each) => rowOf(`${each.country}:${each.n}`, each.code))
        const { places, placeless } = countPlaces(rows, [])
        // The last of several rows with one id counts, as in a list that was asked again.
        const last = new Map(rows.map((each) => [each.id, each.subdivision]))
        const expected = (wanted: string): number => [...last.values()].filter((each) => each === wanted).length
        for (const { code: found, cases } of places) expect(cases).toBe(expected(found))
        const all = [...places, ...placeless].reduce((sum, { cases }) => sum + cases, 0)
        expect(all).toBe(last.size)
        expect(placeless.every(({ isHidden }) => !isHidden)).toBe(true)
      }),
    )
  })

  it('tells what is hidden from what is not known, by country', () => {
    const rows = [rowOf('GT:1', null), rowOf('HN:1', null), rowOf('HN:2', 'HN-FM')]
    const hidden = (country: string | null) =>
      countPlaces(rows, [answerThatHides(country)]).placeless.map((each) => [each.country, each.cases, each.isHidden])
    expect(hidden('HN')).toEqual([
      ['GT', 1, false],
      ['HN', 1, true],
    ])
    expect(hidden(null)).toEqual([
      ['GT', 1, true],
      ['HN', 1, true],
    ])
  })
})

describe('stepOf', () => {
  it('never falls as the number grows, and gives the largest the last step', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 100_000 }), fc.integer({ min: 1, max: 100_000 }), (most, drawn) => {
        const cases = Math.min(most, drawn)
        expect(stepOf(cases, most)).toBeLessThanOrEqual(stepOf(Math.min(most, cases + 1), most))
        expect(stepOf(most, most)).toBe(STEPS - 1)
        expect(stepOf(1, most)).toBe(0)
      }),
    )
  })
})

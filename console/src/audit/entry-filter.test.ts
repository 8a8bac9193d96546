import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FILTER_FIELDS, readFilterForm, toEntryFilter } from './entry-filter.ts'

describe('the filter of a search', () => {
  it('has days as people mean them: both included, in UTC', () => {
    expect(toEntryFilter({ from: '2026-11-24', until: '2026-11-24', purpose: 'OVERSIGHT' })).toEqual({
      filter: { from: '2026-11-24T00:00:00.000Z', until: '2026-11-25T00:00:00.000Z', purpose: 'OVERSIGHT' },
      problems: null,
    })
  })

  it.each([
    [{ text: 'x' }, { text: 'TEXT_LENGTH' }],
    [{ text: 'a\u0007b' }, { text: 'TEXT_LENGTH' }],
    [{ from: '2026-02-30' }, { from: 'DAY_WRONG' }],
    [{ until: '24/11/2026' }, { until: 'DAY_WRONG' }],
    [{ from: '2026-11-25', until: '2026-11-24' }, { until: 'DAYS_REVERSED' }],
    [{ agency: 'x'.repeat(301) }, { agency: 'TOO_LONG' }],
  ])('says what is wrong: %j', (form, problems) => {
    expect(toEntryFilter(form)).toEqual({ filter: null, problems })
  })

  it('is read out of any address, and means the same out of the address that the form makes', () => {
    const search = fc.dictionary(fc.constantFrom(...FILTER_FIELDS, 'other', '__proto__'), fc.anything())
    fc.assert(
      fc.property(search, (given) => {
        const form = readFilterForm(given)
        expect(readFilterForm(form)).toEqual(form)
        expect(Object.keys(form).every((field) => (FILTER_FIELDS as readonly string[]).includes(field))).toBe(true)
        const { filter, problems } = toEntryFilter(form)
        expect(filter === null).toBe(problems !== null)
      }),
    )
  })
})

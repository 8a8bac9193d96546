import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LEG_DETAIL_ENTRY, LEG_ENTRY } from '../node-entries.ts'
import { isPlainLegDetail, isPlainLegEntry } from './plain-leg-entry.ts'
import { changeEntry, DETAIL_FORMS, ENTRY_CHANGES, LEG_FORMS } from './testing.ts'

/** Expects that the quick look accepts only what the schema accepts, and the same value, whatever is changed in an entry. */
function expectNoMore(
  forms: readonly unknown[],
  isPlain: (value: unknown) => boolean,
  schema: typeof LEG_ENTRY | typeof LEG_DETAIL_ENTRY,
): void {
  const seen = { accepted: 0, refused: 0 }
  fc.assert(
    fc.property(fc.constantFrom(...forms), fc.array(ENTRY_CHANGES, { minLength: 1, maxLength: 2 }), (form, all) => {
      const value = changeEntry(form, all)
      const parsed = schema.safeParse(value)
      if (!isPlain(value)) {
        seen.refused += 1
        return
      }
      seen.accepted += 1
      expect(parsed.data).toEqual(value)
    }),
    { numRuns: 4_000 },
  )
  expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(100)
}

describe('the quick look at the entry of a leg', () => {
  it('accepts the usual forms', () => {
    expect(LEG_FORMS.map(isPlainLegEntry)).toEqual([true, true, true, true, false])
    expect(LEG_FORMS.every((form) => LEG_ENTRY.safeParse(form).success)).toBe(true)
  })

  it('accepts nothing that the schema refuses, whatever is changed in an entry', () => {
    expectNoMore(LEG_FORMS, isPlainLegEntry, LEG_ENTRY)
  })
})

describe('the quick look at the detail of a leg', () => {
  it('accepts the usual forms, and no more refs than the schema', () => {
    expect(DETAIL_FORMS.map(isPlainLegDetail)).toEqual([true, true, true, false])
    expect(DETAIL_FORMS.map((form) => LEG_DETAIL_ENTRY.safeParse(form).success)).toEqual([true, true, true, false])
  })

  it('accepts nothing that the schema refuses, whatever is changed in a detail', () => {
    expectNoMore(DETAIL_FORMS.slice(0, 2), isPlainLegDetail, LEG_DETAIL_ENTRY)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LEG_ENTRY } from '../node-entries.ts'
import { isPlainLegEntry } from './plain-leg-entry.ts'
import { changeEntry, ENTRY_CHANGES, LEG_FORMS } from './testing.ts'

describe('the quick look at the entry of a leg', () => {
  it('accepts the usual forms', () => {
    expect(LEG_FORMS.map(isPlainLegEntry)).toEqual([true, true, true, true, false])
    expect(LEG_FORMS.every((form) => LEG_ENTRY.safeParse(form).success)).toBe(true)
  })

  it('accepts nothing that the schema refuses, whatever is changed in an entry', () => {
    const seen = { accepted: 0, refused: 0 }
    fc.assert(
      fc.property(
        fc.constantFrom(...LEG_FORMS),
        fc.array(ENTRY_CHANGES, { minLength: 1, maxLength: 2 }),
        (form, all) => {
          const value = changeEntry(form, all)
          const parsed = LEG_ENTRY.safeParse(value)
          if (!isPlainLegEntry(value)) {
            seen.refused += 1
            return
          }
          seen.accepted += 1
          expect(parsed.data).toEqual(value)
        },
      ),
      { numRuns: 4_000 },
    )
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(100)
  })
})

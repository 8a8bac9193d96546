import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPossible, mayBeBorn, NO_DATE, type PartialDate, toExactDate } from './partial-date.ts'

const days = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const masks = fc.record({ day: fc.boolean(), month: fc.boolean(), year: fc.boolean(), within: fc.nat({ max: 5 }) })

/** What is known of a day to whom some parts are missing. */
function know(text: string, mask: typeof masks extends fc.Arbitrary<infer Mask> ? Mask : never): PartialDate {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number)
  const known = (isKnown: boolean, part: number): number | null => (isKnown ? part : null)
  return {
    day: known(mask.day, day),
    month: known(mask.month, month),
    year: known(mask.year, year),
    within: mask.within,
  }
}

describe('a partial date', () => {
  it('of a day is possible, and the day may be it, whatever part is missing', () => {
    fc.assert(
      fc.property(days, masks, (text, mask) => {
        expect(isPossible(know(text, mask))).toBe(true)
        expect(mayBeBorn(know(text, mask), text)).toBe(true)
        expect(mayBeBorn(know(text, mask), null)).toBe(true)
      }),
    )
  })

  it('with fewer parts, or more years around it, takes no day away', () => {
    fc.assert(
      fc.property(days, masks, masks, days, (text, mask, other, born) => {
        const less = { day: mask.day && other.day, month: mask.month && other.month, year: mask.year && other.year }
        const wider = know(text, { ...less, within: mask.within + other.within })
        if (mayBeBorn(know(text, mask), born)) expect(mayBeBorn(wider, born)).toBe(true)
      }),
    )
  })

  it('that is whole stands for one day', () => {
    fc.assert(
      fc.property(days, days, (text, born) => {
        const exact = know(text, { day: true, month: true, year: true, within: 0 })
        expect(toExactDate(exact)).toBe(text)
        expect(mayBeBorn(exact, born)).toBe(text === born)
        expect(toExactDate({ ...exact, within: 1 })).toBeNull()
      }),
    )
  })

  it.each([
    [{ day: 31, month: 2 }, false],
    [{ day: 29, month: 2 }, true],
    [{ day: 29, month: 2, year: 1975 }, false],
    [{ day: 29, month: 2, year: 1975, within: 1 }, true],
    [{ day: 32 }, false],
    [{ day: 0 }, false],
    [{ year: 74 }, false],
  ])('%j: possible %s', (part, expected) => {
    expect(isPossible({ ...NO_DATE, ...part })).toBe(expected)
  })
})

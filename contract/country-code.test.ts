import { getAlpha2Codes } from 'i18n-iso-countries'
import { describe, expect, it } from 'vitest'
import { isCountryCode } from './country-code.ts'

/** Every text of two capital letters. */
const PAIRS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].flatMap((a, _, letters) => letters.map((b) => a + b))

describe('a country code', () => {
  it('is one of the 249 codes that ISO 3166-1 assigns officially, or UN', () => {
    // The package also has XK, which ISO 3166-1 leaves to its users.
    const assigned = Object.keys(getAlpha2Codes()).filter((code) => code !== 'XK')
    expect(assigned).toHaveLength(249)
    expect(PAIRS.filter(isCountryCode)).toEqual([...assigned, 'UN'].toSorted())
  })

  it.each(['', 'gt', 'Gt', 'GTM', 'G', 'GT ', '\0', 'XX', 'EU', 'constructor'])('is not «%s»', (text) => {
    expect(isCountryCode(text)).toBe(false)
  })
})

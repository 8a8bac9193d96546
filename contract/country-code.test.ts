import { getAlpha2Codes } from 'i18n-iso-countries'
import { describe, expect, it } from 'vitest'
import { beginsWithCountryCode, isCountryCode } from './country-code.ts'

/** Every text of two capital letters. */
const PAIRS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].flatMap((a, _, letters) => letters.map((b) => a + b))

describe('a country code', () => {
  it('is one of the 249 codes that ISO 3166-1 assigns officially, or UN', () => {
    // The package also has XK, which ISO 3166-1 leaves to its users.
    const assigned = Object.keys(getAlpha2Codes()).filter((code) => code !== 'XK')
    expect(assigned).toHaveLength(249)
    expect(PAIRS.filter(isCountryCode)).toEqual([...assigned, 'UN'].toSorted())
  })

  it.each(['', 'gt', 'Gt', 'GTM', 'G', 'GT ', '\0', 'XX', 'EU', 'Gg', 'I3', 'constructor'])('is not «%s»', (text) => {
    expect(isCountryCode(text)).toBe(false)
  })

  it('begins a text if its first two characters are one', () => {
    const signs = [...'AGHINTUXZ@[3agmtñ\0 :', '\u{1f600}', '']
    for (const [first, second] of signs.flatMap((one) => signs.map((other) => [one, other] as const))) {
      for (const rest of ['', ':P-1', 'T']) {
        const text = `${first}${second}${rest}`
        expect(beginsWithCountryCode(text)).toBe(isCountryCode(text.slice(0, 2)))
        expect(isCountryCode(text)).toBe(text.length === 2 && beginsWithCountryCode(text))
      }
    }
  })
})

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { countryColor, lookOfCountry } from './country-colors.ts'

const TOKENS = readFileSync(new URL('../styles/tokens.css', import.meta.url), 'utf8').split(
  'prefers-color-scheme: dark',
)

describe('the colors of countries', () => {
  it('draw no two countries of the region alike', () => {
    const looks = ['GT', 'HN', 'SV', 'CR', 'PA', 'NI', 'BZ', 'DO', 'MX'].map((code) =>
      JSON.stringify(lookOfCountry(code)),
    )
    expect(new Set(looks).size).toBe(9)
    expect(lookOfCountry('GT')).toEqual({ hue: 1, fill: 'solid' })
    expect(lookOfCountry('SV')).toEqual({ hue: 1, fill: 'tint' })
  })

  it('leave a country that nobody foresaw grey', () => {
    expect(lookOfCountry('AR').hue).toBe(0)
    expect(countryColor('AR', false)).toBe(countryColor('BR', true))
  })

  it('are those of the marks, light and dark', () => {
    const marks = { GT: 'hue-1', SV: 'hue-1-tint', CR: 'hue-2', NI: 'hue-2-tint', BZ: 'hue-3', MX: 'hue-3-tint' }
    for (const [code, name] of Object.entries(marks)) {
      expect(TOKENS[0]).toContain(`--${name}: ${countryColor(code, false)};`)
      expect(TOKENS[1]).toContain(`--${name}: ${countryColor(code, true)};`)
    }
  })
})

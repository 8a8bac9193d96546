import { describe, expect, it } from 'vitest'
import { nameCountryIn } from './country-name.ts'

describe('a country in a sentence', () => {
  it.each([
    ['HN', 'en', 'Honduras answers.'],
    ['HN', 'es', 'Honduras answers.'],
    ['GB', 'en', 'The United Kingdom answers.'],
    ['GB', 'es', 'Reino Unido answers.'],
    ['hn', 'en', 'Hn answers.'],
    [null, 'es', 'El país answers.'],
  ] as const)('has the name of %s in %s, also the second time', (code, language, expected) => {
    for (let round = 0; round < 2; round++) {
      expect(nameCountryIn('{country} answers.', code, language)).toBe(expected)
    }
  })

  it('is contracted in Spanish with the article of «el país», and not with a name', () => {
    expect(nameCountryIn('Nada de {country}.', null, 'es')).toBe('Nada del país.')
    expect(nameCountryIn('Nada de {country}.', 'SV', 'es')).toBe('Nada de El Salvador.')
  })
})

/** Countries by their names in Spanish and English, and by their three-letter codes. */
import countries from 'i18n-iso-countries'
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' }
import spanish from 'i18n-iso-countries/langs/es.json' with { type: 'json' }

/** How a source names countries. */
export type CountryNaming = 'en' | 'es' | 'alpha-3'

countries.registerLocale(english)
countries.registerLocale(spanish)

const found = new Map<string, string | undefined>()

/** There are some 2,000 names of countries in both languages; other texts are not remembered for ever. */
const MAX_NAMES = 10_000

/**
 * Finds the code of a country. Upper and lower case are the same; accents count.
 * @returns ISO 3166-1 alpha-2; undefined if the text names no country in one of these ways.
 */
export function findCountry(name: string, namings: readonly CountryNaming[]): string | undefined {
  const key = `${namings.join(' ')} ${name}`
  if (found.has(key)) return found.get(key)
  if (found.size >= MAX_NAMES) found.clear()
  const code = namings.map((naming) => findIn(name, naming)).find((each) => each !== undefined)
  found.set(key, code)
  return code
}

function findIn(name: string, naming: CountryNaming): string | undefined {
  if (naming !== 'alpha-3') return countries.getAlpha2Code(name, naming)
  return /^[A-Z]{3}$/.test(name) ? countries.alpha3ToAlpha2(name) : undefined
}

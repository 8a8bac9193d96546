import { DEPOSITARY, isCountryCode } from '../../contract/country-code.ts'
import { UsageError } from '../../service/usage-error.ts'

/** What a generated country follows from, to the byte. */
export interface GeneratorSettings {
  readonly country: string
  /** The countries that the made-up cases reach over, `country` among them; in code order. */
  readonly countries: readonly string[]
  readonly seed: number
  /** Persons in each country. */
  readonly persons: number
  /** Cases in each country. */
  readonly cases: number
}

/** What is made where nothing is said. */
export const GENERATOR_DEFAULTS = {
  countries: ['GT', 'HN', 'SV'] as readonly string[],
  seed: 2026,
  persons: 500,
  cases: 1500,
} as const

/** Raised whenever the same settings give other rows than before, so that a database that holds the old ones is filled anew. */
export const GENERATOR_VERSION = 2

/**
 * Settings with the defaults filled in and checked.
 * @throws {UsageError} naming what was expected and what came.
 */
export function createSettings(given: { readonly country: string } & Partial<GeneratorSettings>): GeneratorSettings {
  const settings = {
    country: given.country,
    countries: [...new Set(given.countries ?? GENERATOR_DEFAULTS.countries)].sort(),
    seed: given.seed ?? GENERATOR_DEFAULTS.seed,
    persons: given.persons ?? GENERATOR_DEFAULTS.persons,
    cases: given.cases ?? GENERATOR_DEFAULTS.cases,
  }
  const wrong = settings.countries.find((code) => !isCountryCode(code) || code === DEPOSITARY)
  if (wrong !== undefined) throw new UsageError(`expected ISO 3166-1 alpha-2 codes of countries; came ${wrong}`)
  if (!settings.countries.includes(settings.country)) {
    throw new UsageError(`expected one of ${settings.countries.join(', ')} as the country; came ${settings.country}`)
  }
  for (const name of ['seed', 'persons', 'cases'] as const) {
    if (!Number.isSafeInteger(settings[name]) || settings[name] < 0) {
      throw new UsageError(`${name}: expected a whole number from 0; came ${settings[name]}`)
    }
  }
  return settings
}

/** The countries but the settings' own. */
export function othersOf({ country, countries }: GeneratorSettings): readonly string[] {
  return countries.filter((code) => code !== country)
}

/** The settings as one text, equal when the rows are. */
export function describeSettings(settings: GeneratorSettings): string {
  const { country, countries, seed, persons, cases } = settings
  return JSON.stringify({ version: GENERATOR_VERSION, country, countries, seed, persons, cases })
}

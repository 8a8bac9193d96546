import { DEPOSITARY, isCountryCode } from '../../contract/country-code.ts'
import { UsageError } from '../../service/usage-error.ts'
import { MADE_COUNTRIES } from '../countries.ts'
import { digestOfSources } from '../importers/source-digest.ts'

/** The settings that decide every byte of a generated country. */
export interface GeneratorSettings {
  readonly country: string
  /** The countries that the made-up cases connect, including `country`, in code order. */
  readonly countries: readonly string[]
  readonly seed: number
  /** Persons in each country. */
  readonly persons: number
  /** Cases in each country. */
  readonly cases: number
}

/** The settings that apply by default. */
export const GENERATOR_DEFAULTS = {
  countries: MADE_COUNTRIES,
  seed: 2026,
  persons: 500,
  cases: 1500,
} as const

/**
 * Fills in the default settings and checks the result.
 * @throws {UsageError} with what was expected and what came, when a setting is out of range.
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

/** Returns all countries except the settings' own. */
export function othersOf({ country, countries }: GeneratorSettings): readonly string[] {
  return countries.filter((code) => code !== country)
}

/** The folders whose files decide which rows the settings make. */
export const GENERATING_CODE: readonly string[] = [
  'contract/records',
  'demo/countries',
  'demo/generator',
  'demo/law',
  'demo/facts',
  'demo/importers',
]

/** Writes the settings and the code that makes the rows as one text. Equal texts mean equal rows. */
export function describeSettings(settings: GeneratorSettings): string {
  const { country, countries, seed, persons, cases } = settings
  return JSON.stringify({ code: digestOfSources(GENERATING_CODE), country, countries, seed, persons, cases })
}

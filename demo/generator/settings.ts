import { DEPOSITARY, isCountryCode } from '../../contract/country-code.ts'
import { UsageError } from '../../service/usage-error.ts'
import { COUNTRIES, type CourtStage, MADE_COUNTRIES, type MadeCountry, type Place } from '../countries.ts'
import { EVERY_TASK_FORCE, type Row } from '../importers/run-import.ts'
import { digestOfSources } from '../importers/source-digest.ts'
import { addDaysUpToLast, fillTemplate, type Random } from './random.ts'

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

/** A country without a profile of its own has the common one. */
const COMMON: MadeCountry = {
  name: 'el país',
  agencies: ['Ministerio Público'],
  drugAgency: 'Ministerio Público',
  authority: 'Autoridad central de asistencia judicial',
  courts: { INSTANCE: 'Juzgado Penal de {town}', TRIAL: 'Tribunal Penal de {town}', APPEAL: 'Tribunal de Apelaciones' },
  surnames: ['Quirós', 'Solano', 'Tórrez', 'Camaño', 'Bonilla', 'Araya', 'Gaitán', 'Batista'],
  addresses: ['{1-28} calle {1-40}, casa {1-99}, {town}'],
  caseNumber: 'EXP-{year}-{ordinal:6}',
}

/** Returns the profile of a country, or the common profile. */
export function profileOf(country: string): MadeCountry {
  return COUNTRIES.get(country)?.made ?? COMMON
}

/**
 * Finds a place by its town.
 * @throws {TypeError} if the country's list does not have the town.
 */
export function placeOf(country: string, town: string): Place {
  const place = profileOf(country).places?.find((each) => each.town === town)
  if (place === undefined) throw new TypeError(`expected a town in the list of ${country}; came ${town}`)
  return place
}

/** The stage of court at which a case of a category is. A category that is not here is not at court. */
const STAGES: Readonly<Record<string, CourtStage>> = {
  PROSECUTION: 'INSTANCE',
  COURT: 'TRIAL',
  APPEAL: 'APPEAL',
  ASSET_FORFEITURE: 'INSTANCE',
}

/** Returns the court of a place for a case of this category, or null if such a case is not at court. */
export function courtOf(country: string, place: Place | null, category: string): string | null {
  const { courts, name } = profileOf(country)
  const stage = STAGES[category]
  return stage === undefined ? null : fillTemplate(courts[stage], { town: place?.town ?? name })
}

/** Returns the body that records a case about this conduct, or nothing if the provenance's own stands. */
export function agencyFor(country: string, conducts: readonly string[]): { readonly agency?: string } {
  return conducts.includes('DRUG_TRAFFICKING') ? { agency: profileOf(country).drugAgency } : {}
}

const HANDLING: Readonly<Record<string, readonly string[]>> = {
  OPEN: ['H0'],
  COURT: ['H0', 'H1'],
  OWNER: ['H1', 'H2'],
  NOTE: ['H0', 'H3'],
}

/** Generates the provenance of a made-up record that was recorded within three months after `since`. */
export function makeProvenance(random: Random, country: string, since: string) {
  return provenanceOf(random, country, since, random.weighted({ OPEN: 4, COURT: 4, OWNER: 1, NOTE: 1 }))
}

function provenanceOf(random: Random, country: string, since: string, kind: string) {
  const recordedOn = addDaysUpToLast(since, random.int(90))
  const time = [random.between(8, 17), random.int(60), random.int(60)].map((part) => String(part).padStart(2, '0'))
  return {
    agency: random.pick(profileOf(country).agencies),
    handling: HANDLING[kind] ?? [],
    handling_note: kind === 'NOTE' ? 'Consultar al originador antes de citar en un escrito.' : null,
    source_reliability: random.weighted({ A: 3, B: 4, C: 2, X: 1 }),
    information_accuracy: random.weighted({ ONE: 3, TWO: 4, THREE: 2, FOUR: 1 }),
    recorded_at: `${recordedOn}T${time.join(':')}.000Z`,
    review_by: random.chance(0.5) ? `${Number(recordedOn.slice(0, 4)) + 5}${recordedOn.slice(4, 8)}01` : null,
    synthetic: true,
  } satisfies Row
}

/** Generates the provenance of a record of a story. The record is shared with each task force, so that nothing of the story is hidden. */
export function makeOpenProvenance(random: Random, country: string, since: string) {
  const kind = random.weighted({ OPEN: 1, COURT: 1 })
  return { ...provenanceOf(random, country, since, kind), shared_with: EVERY_TASK_FORCE } satisfies Row
}

/**
 * Generates the provenance of a made-up record that is a row of its own, and the task force that it is shared with; `*` means each
 * task force. A record that may not be passed on without the owner's permission is shared with one named task force. On every other
 * day that is a task force that has ended, so that the demo has rows that nobody sees.
 */
export function makeRecordProvenance(random: Random, country: string, since: string) {
  const provenance = makeProvenance(random, country, since)
  const isByName = provenance.handling.some((code) => code === 'H2' || code === 'H3')
  const isOver = Number(provenance.recorded_at.slice(8, 10)) % 2 === 0
  const taskForce = isOver && provenance.handling.includes('H2') ? 'jtf-2019-01' : 'jtf-2026-03'
  return { ...provenance, shared_with: isByName ? [taskForce] : EVERY_TASK_FORCE } satisfies Row
}

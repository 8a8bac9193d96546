import { z } from 'zod'
import { readData } from '../data-file.ts'
import { PLACES, type Place } from '../facts/subdivisions.ts'
import type { Random } from './random.ts'

const data = z.strictObject({
  name: z.string(),
  /** The bodies that record cases and persons, as `agency` of the records. */
  agencies: z.array(z.string()).readonly(),
  /** The body that records cases about drugs. */
  drugAgency: z.string(),
  /** The authority that asks other countries for assistance. */
  authority: z.string(),
  /** Courts by stage: first instance, trial, appeal. `%` stands for the town. */
  courts: z.strictObject({ INSTANCE: z.string(), TRIAL: z.string(), APPEAL: z.string() }).readonly(),
  /** Surnames that are frequent there, in addition to the common ones. */
  surnames: z.array(z.string()).readonly(),
})

/** The stages at which a case has a court. */
export type CourtStage = keyof z.infer<typeof data>['courts']

/** What a country writes in a form of its own. */
interface Forms {
  /** Draws an address in a town, in the country's form. */
  readonly address: (random: Random, town: string) => string
  /** Writes a case number in the country's form. */
  readonly caseNumber: (place: Place, year: number, ordinal: number) => string
}

/**
 * What is specific to one country in made-up records: places, courts, authorities, surnames, forms of addresses and case numbers. A
 * country without a profile of its own has the common profile. Places, courts and authorities exist; everything that the records say
 * about them is invented.
 */
export interface Profile extends Forms, Readonly<z.infer<typeof data>> {
  /** Null if the profile does not list the subdivisions. */
  readonly places: readonly Place[] | null
}

const DATA = readData(new URL('profiles.yaml', import.meta.url), z.record(z.enum(['GT', 'HN', 'SV', 'common']), data))

const BARRIOS = ['El Centro', 'San Antonio', 'El Calvario', 'Concepción', 'La Merced', 'Guadalupe', 'San Juan']
const HN_COLONIAS = ['Las Brisas', 'El Carmen', 'Satélite', 'San José', 'Los Laureles', 'Villa Nueva']
const SV_COLONIAS = ['Las Flores', 'Santa Lucía', 'El Milagro', 'San Benito', 'La Esperanza', 'Jardines del Sur']

const FORMS: Readonly<Record<keyof typeof DATA, Forms>> = {
  GT: {
    address: (random, town) =>
      `${random.between(1, 28)} calle ${random.between(1, 40)}-${random.between(10, 99)}, zona ${random.between(1, 12)}, ${town}`,
    caseNumber: ({ office }, year, ordinal) => `${office}-${year}-${ordinal}`,
  },
  HN: {
    address: (random, town) =>
      random.chance(0.5)
        ? `Colonia ${random.pick(HN_COLONIAS)}, bloque ${random.between(1, 40)}, casa ${random.between(1, 60)}, ${town}`
        : `Barrio ${random.pick(BARRIOS)}, ${random.between(1, 12)} calle, ${random.between(1, 14)} avenida, casa ${random.between(10, 99)}, ${town}`,
    caseNumber: ({ office }, year, ordinal) => `${office}-${year}-${String(ordinal).padStart(5, '0')}`,
  },
  SV: {
    address: (random, town) =>
      random.chance(0.5)
        ? `Colonia ${random.pick(SV_COLONIAS)}, pasaje ${random.between(1, 20)}, casa ${random.between(1, 80)}, ${town}`
        : `Barrio ${random.pick(BARRIOS)}, ${random.between(1, 12)}a avenida norte, n.º ${random.between(1, 60)}, ${town}`,
    caseNumber: ({ office }, year, ordinal) => `${ordinal}-UF-${office}-${year}`,
  },
  common: {
    address: (random, town) =>
      `${random.between(1, 28)} calle ${random.between(1, 40)}, casa ${random.between(1, 99)}, ${town}`,
    caseNumber: (_, year, ordinal) => `EXP-${year}-${String(ordinal).padStart(6, '0')}`,
  },
}

const profile = (name: keyof typeof DATA): Profile => ({ ...DATA[name], ...FORMS[name], places: PLACES[name] ?? null })
const PROFILES = new Map<string, Profile>((['GT', 'HN', 'SV'] as const).map((country) => [country, profile(country)]))
const COMMON = profile('common')

/** Returns the profile of a country, or the common profile. */
export function profileOf(country: string): Profile {
  return PROFILES.get(country) ?? COMMON
}

/** Returns the court of a place at a stage. The court of a town hears the made-up cases of that town. */
export function courtOf(country: string, place: Place | null, stage: CourtStage): string {
  const { courts, name } = profileOf(country)
  return courts[stage].replace('%', place?.town ?? name)
}

/** Returns the body that records a case about this conduct, or nothing if the provenance's own stands. */
export function agencyFor(country: string, conducts: readonly string[]): { readonly agency?: string } {
  return conducts.includes('DRUG_TRAFFICKING') ? { agency: profileOf(country).drugAgency } : {}
}

import { COUNTRIES, type CourtStage, type MadeCountry, type Place } from '../countries.ts'
import { fillTemplate } from './fill-template.ts'

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

/** Returns the court of a place at a stage. */
export function courtOf(country: string, place: Place | null, stage: CourtStage): string {
  const { courts, name } = profileOf(country)
  return fillTemplate(courts[stage], { town: place?.town ?? name })
}

/** Returns the body that records a case about this conduct, or nothing if the provenance's own stands. */
export function agencyFor(country: string, conducts: readonly string[]): { readonly agency?: string } {
  return conducts.includes('DRUG_TRAFFICKING') ? { agency: profileOf(country).drugAgency } : {}
}

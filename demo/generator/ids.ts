import type { Place } from '../countries.ts'
import { addDays, createRandom, daysBetween, FIRST_DAY, fillTemplate, LAST_DAY } from './random.ts'
import { type GeneratorSettings, profileOf } from './settings.ts'
import { placeOfCase, storyCases } from './stories/stories.ts'

/**
 * Ids of made-up records, each in its country's style. They follow only from country and ordinal, so that one country's rows can
 * name another country's records without generating them.
 */

/** Returns the id of the person of this ordinal, counted from 1: `GT:P-000001`. */
export function personId(country: string, ordinal: number): string {
  return `${country}:P-${String(ordinal).padStart(6, '0')}`
}

/** What identifies a case. */
export interface CaseHead {
  readonly id: string
  /** The id without its country: the number that the country itself uses for the case. */
  readonly trackingId: string
  readonly filedOn: string
  /** Where it happened. Null in a country whose places the demo does not know. */
  readonly place: Place | null
}

/** Returns the id, the place and the day of filing of a country's case of this ordinal, counted from 1. */
export function caseHead({ seed, countries }: GeneratorSettings, country: string, ordinal: number): CaseHead {
  const told = storyCases(countries, country)[ordinal - 1]?.it
  if (told !== undefined) return headOf(country, ordinal, told.filedOn, placeOfCase(told))
  const random = createRandom(seed, 'case-head', country, ordinal)
  const filedOn = addDays(FIRST_DAY, random.int(daysBetween(FIRST_DAY, LAST_DAY)))
  const { places } = profileOf(country)
  return headOf(country, ordinal, filedOn, places === undefined ? null : random.pick(places))
}

function headOf(country: string, ordinal: number, filedOn: string, place: Place | null): CaseHead {
  const year = Number(filedOn.slice(0, 4))
  const trackingId = fillTemplate(profileOf(country).caseNumber, { office: place?.office ?? '', year, ordinal })
  return { id: `${country}:${trackingId}`, trackingId, filedOn, place }
}

/** Returns the id of the `index`th warrant of a case, counted from 1: `GT:OC-1234-1`. */
export function warrantId(country: string, caseOrdinal: number, index: number): string {
  return `${country}:OC-${caseOrdinal}-${index}`
}

/** Returns the id of the request for assistance of this ordinal, counted from 1: `GT:AJ-0001`. */
export function assistanceId(country: string, ordinal: number): string {
  return `${country}:AJ-${String(ordinal).padStart(4, '0')}`
}

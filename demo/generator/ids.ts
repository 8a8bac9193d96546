import { addDays, daysBetween, FIRST_DAY, LAST_DAY } from './days.ts'
import { createRandom } from './random.ts'
import type { GeneratorSettings } from './settings.ts'

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
}

/** Returns the id and the day of filing of a country's case of this ordinal, counted from 1. */
export function caseHead({ seed }: GeneratorSettings, country: string, ordinal: number): CaseHead {
  const random = createRandom(seed, 'case-head', country, ordinal)
  const filedOn = addDays(FIRST_DAY, random.int(daysBetween(FIRST_DAY, LAST_DAY)))
  const trackingId = caseNumber(country, Number(filedOn.slice(0, 4)), ordinal)
  return { id: `${country}:${trackingId}`, trackingId, filedOn }
}

function caseNumber(country: string, year: number, ordinal: number): string {
  if (country === 'GT') return `MP001-${year}-${ordinal}`
  if (country === 'HN') return `0801-${year}-${String(ordinal).padStart(5, '0')}`
  if (country === 'SV') return `${ordinal}-UDCV-${year}`
  return `EXP-${year}-${String(ordinal).padStart(6, '0')}`
}

/** Returns the id of the `index`th warrant of a case, counted from 1: `GT:OC-1234-1`. */
export function warrantId(country: string, caseOrdinal: number, index: number): string {
  return `${country}:OC-${caseOrdinal}-${index}`
}

/** Returns the id of the request for assistance of this ordinal, counted from 1: `GT:AJ-0001`. */
export function assistanceId(country: string, ordinal: number): string {
  return `${country}:AJ-${String(ordinal).padStart(4, '0')}`
}

/** Returns the id of a section of the made-up penal code: `GT:CP:407`. */
export function statuteId(country: string, section: number): string {
  return `${country}:CP:${section}`
}

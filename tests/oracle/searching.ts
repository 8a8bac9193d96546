import { bestHit, findPersons } from './band-oracle.ts'
import type { IdentifierRow, PersonRow } from './rows.ts'

/** `PersonSearch` and `PersonHitSearch` of the contract. */
export interface PersonSearch {
  readonly name?: string | null
  readonly birthDate?: string | null
  readonly identifier?: Pick<IdentifierRow, 'category' | 'jurisdiction' | 'value'> | null
  readonly nationality?: string | null
}

/** How well a person answers a search. */
export type Band = 'EXACT_IDENTIFIER' | 'STRONG' | 'WEAK'

/** A person found: how well, and by which name. */
export interface PersonMatch {
  readonly band: Band
  readonly score: number
  readonly matchedName: string | null
}

const BANDS: readonly Band[] = ['EXACT_IDENTIFIER', 'STRONG', 'WEAK']

/** The key in the order BEST_MATCH, equal to that in the domain's SQL: the band, then what the score lacks. */
export function matchKey({ band, score }: Pick<PersonMatch, 'band' | 'score'>): string {
  return `${BANDS.indexOf(band) + 1}:${String(1000 - score).padStart(4, '0')}`
}

/** Returns how a person answers a search, by the table of the domain `persons`; null if the search does not find the person. */
export function matchPerson(row: PersonRow, search: PersonSearch): PersonMatch | null {
  const [found] = findPersons([{ ...row, protected: false }], asked(search))
  return found ? { band: found.band, score: found.score, matchedName: found.matchedName } : null
}

/** Returns the best band of a hit search among these persons; null if it finds nobody. */
export function matchHit(rows: readonly PersonRow[], search: PersonSearch): Band | null {
  const today = new Date().toISOString().slice(0, 10)
  const world = rows.map((row) => ({ ...row, protected: false }))
  return bestHit(world, asked(search), today)
}

function asked({ name, birthDate, identifier, nationality }: PersonSearch): Parameters<typeof findPersons>[1] {
  return {
    ...(name != null && { name }),
    ...(birthDate != null && { birthDate }),
    ...(identifier != null && { identifier }),
    ...(nationality != null && { nationality }),
  }
}

import { findPersons } from '../../subgraphs/persons/band-oracle.ts'
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

const BANDS: readonly Band[] = ['EXACT_IDENTIFIER', 'STRONG', 'WEAK']

/** The band's key in the order BEST_MATCH, equal to that in the domain's SQL. */
export function bandKey(band: Band): string {
  return String(BANDS.indexOf(band) + 1)
}

/** Returns the band of a person by the table of the domain `persons`; null if the search does not find the person. */
export function bandOf(row: PersonRow, { name, birthDate, identifier, nationality }: PersonSearch): Band | null {
  const search = {
    ...(name != null && { name }),
    ...(birthDate != null && { birthDate }),
    ...(identifier != null && { identifier }),
    ...(nationality != null && { nationality }),
  }
  return findPersons([{ ...row, protected: false }], search)[0]?.band ?? null
}

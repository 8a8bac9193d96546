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

/** The band's key in the order BEST_MATCH. */
export function bandKey(band: Band): string {
  return String(BANDS.indexOf(band))
}

/** The band of a person who meets every criterion of a search; null where one is not met. */
export function bandOf(row: PersonRow, search: PersonSearch): Band | null {
  const { name, birthDate, identifier, nationality } = search
  if (name != null && !row.names.some(({ full }) => hasWords(full, name))) return null
  if (birthDate != null && row.birthDate !== birthDate) return null
  if (nationality != null && !row.nationalities?.includes(nationality)) return null
  if (identifier != null) return row.identifiers.some((one) => isSame(one, identifier)) ? 'EXACT_IDENTIFIER' : null
  return name != null && birthDate != null ? 'STRONG' : 'WEAK'
}

function hasWords(full: string, wanted: string): boolean {
  const words = fold(full)
  return fold(wanted).every((word) => words.includes(word))
}

function fold(name: string): string[] {
  return name
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

function isSame(a: Pick<IdentifierRow, 'category' | 'jurisdiction' | 'value'>, b: typeof a): boolean {
  const plain = (value: string): string => value.replace(/[^\p{L}\p{N}]/gu, '').toUpperCase()
  return a.category === b.category && a.jurisdiction === b.jurisdiction && plain(a.value) === plain(b.value)
}

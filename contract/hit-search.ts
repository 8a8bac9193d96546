import { detail } from './error-details.ts'
import { IstmoError } from './errors.ts'

/** How narrow a hit search must be (`PersonHitSearch`), and how long a list of them may be. Gateway and national subgraph both check it. */

/** The most searches in one list (`Query.personListHits`). */
export const MAX_LIST_SEARCHES = 500

const LIST = 'Query.personListHits(searches:)'

/**
 * Checks that a hit search is narrow: it has an identifier, or a name and a birth date.
 * @throws {IstmoError} `SEARCH_TOO_WIDE`.
 */
export function checkHitSearch(search: unknown): void {
  if (!isNarrow(search)) throw new IstmoError('SEARCH_TOO_WIDE')
}

/**
 * Checks a list of hit searches.
 * @throws {IstmoError} `SEARCH_TOO_WIDE` that names the first item which is not narrow; `BAD_USER_INPUT` for a list that is too long.
 */
export function checkHitSearches(searches: readonly unknown[]): void {
  if (searches.length > MAX_LIST_SEARCHES) {
    const sizes = { place: LIST, most: MAX_LIST_SEARCHES, came: searches.length }
    throw new IstmoError('BAD_USER_INPUT', detail('ITEMS', sizes))
  }
  const item = searches.findIndex((search) => !isNarrow(search))
  if (item < 0) return
  throw new IstmoError('SEARCH_TOO_WIDE', detail('NARROW_ITEM', { place: LIST, item }))
}

function isNarrow(search: unknown): boolean {
  const { name, birthDate, identifier } = (search ?? {}) as Readonly<Record<string, unknown>>
  return Boolean(identifier) || (Boolean(name) && Boolean(birthDate))
}

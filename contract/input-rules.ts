import { detail } from './error-details.ts'
import { IstmoError } from './errors.ts'
import { checkHitSearch, checkHitSearches } from './hit-search.ts'
import { ICCS_LEVELS, iccsLevel } from './iccs.ts'
import { checkSearchedIdentifier } from './searched-identifier.ts'
import { checkSearchedName } from './searched-name.ts'

/** The most classes of the ICCS that one answer of a country has. A question for more is rejected. */
export const MAX_ICCS_CLASSES = 500

/**
 * Checks of arguments that the contract's SDL can only state in words, by the coordinate of the field. The gateway and the national
 * subgraph both make them. Each function checks the argument values and throws {@link IstmoError} `BAD_USER_INPUT` or
 * `SEARCH_TOO_WIDE`.
 */
export const INPUT_RULES: Readonly<Record<string, (values: Readonly<Record<string, unknown>>) => void>> = {
  'Query.caseCounts': ({ iccs, level, fromYear: from, toYear: to }) => {
    checkIccsLevel('Query.caseCounts(iccs:)', iccs)
    if (typeof from === 'number' && typeof to === 'number' && from > to) {
      const place = 'Query.caseCounts(fromYear:, toYear:)'
      throw new IstmoError('BAD_USER_INPUT', detail('YEARS_REVERSED', { place, from, to }))
    }
    if (typeof level === 'number' && !ICCS_LEVELS.some((known) => known === level)) {
      throw new IstmoError('BAD_USER_INPUT', detail('ICCS_LEVEL', { place: 'Query.caseCounts(level:)', came: level }))
    }
  },
  'Query.cases': ({ filter }) => checkDays('Query.cases(filter:)', filter, 'filedFrom', 'filedTo'),
  'Query.warrants': ({ filter }) => checkDays('Query.warrants(filter:)', filter, 'issuedFrom', 'issuedTo'),
  'Query.iccsClasses': ({ codes, under, search }) => {
    const given = [codes, under, search].filter((value) => value !== null && value !== undefined)
    if (given.length === 0) {
      throw new IstmoError('BAD_USER_INPUT', detail('ICCS_CRITERION', { place: 'Query.iccsClasses' }))
    }
    if (Array.isArray(codes) && codes.length > MAX_ICCS_CLASSES) {
      throw new IstmoError(
        'BAD_USER_INPUT',
        detail('ICCS_CODES', { place: 'Query.iccsClasses(codes:)', most: MAX_ICCS_CLASSES, came: codes.length }),
      )
    }
    checkIccsLevel('Query.iccsClasses(under:)', under)
    if (typeof search === 'string') checkTitleWords('Query.iccsClasses(search:)', search)
  },
  'Query.dualCriminality': ({ countries }) => {
    if (Array.isArray(countries) && countries.length === 0) {
      throw new IstmoError('BAD_USER_INPUT', detail('ONE_COUNTRY', { place: 'Query.dualCriminality(countries:)' }))
    }
  },
  'Query.personHits': ({ search }) => {
    checkHitSearch(search)
    checkTexts('Query.personHits(search:)', search)
  },
  'Query.personListHits': ({ searches }) => {
    if (!Array.isArray(searches)) return
    checkHitSearches(searches)
    for (const [item, search] of searches.entries()) {
      checkTexts(`Query.personListHits(searches:)[${item}]`, search)
    }
  },
  'Query.persons': ({ search }) => {
    if (Object.values(search ?? {}).every((value) => value === null || value === undefined)) {
      throw new IstmoError('BAD_USER_INPUT', detail('ONE_CRITERION', { place: 'Query.persons(search:)' }))
    }
    checkTexts('Query.persons(search:)', search)
  },
}

/** The most words of a search in the titles of classes: the longest title has fewer. Each word is looked for in each title. */
const MAX_TITLE_WORDS = 40

function checkTitleWords(place: string, search: string): void {
  const came = search.split(/[^\p{L}\p{N}\p{M}]+/u).filter((word) => word !== '').length
  if (came === 0) throw new IstmoError('BAD_USER_INPUT', detail('WORDS', { place }))
  if (came <= MAX_TITLE_WORDS) return
  throw new IstmoError('BAD_USER_INPUT', detail('SEARCH_WORDS', { place, most: MAX_TITLE_WORDS, came }))
}

/** Checks the texts of a search for persons. */
function checkTexts(place: string, search: unknown): void {
  const { name, identifier } = (search ?? {}) as { readonly name?: unknown; readonly identifier?: unknown }
  checkSearchedName(`${place}.name`, name)
  checkSearchedIdentifier(`${place}.identifier.value`, identifier)
}

function checkIccsLevel(coordinate: string, code: unknown): void {
  if (typeof code !== 'string' || iccsLevel(code) !== null) return
  throw new IstmoError('BAD_USER_INPUT', detail('ICCS_CODE', { place: coordinate, came: code.length }))
}

/** Nothing can be between a day and an earlier one. An empty page would look as if there were nothing. */
function checkDays(coordinate: string, filter: unknown, first: string, last: string): void {
  const { [first]: from, [last]: to } = (filter ?? {}) as Readonly<Record<string, unknown>>
  if (typeof from !== 'string' || typeof to !== 'string' || from <= to) return
  throw new IstmoError('BAD_USER_INPUT', detail('DAYS_REVERSED', { place: `${coordinate}.${first}, .${last}` }))
}

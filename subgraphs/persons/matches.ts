import { IstmoError } from '../../contract/errors.ts'
import type { PageSource } from '../kit/paging.ts'
import { allOf, compile, raw, type Sql, sql } from '../kit/sql.ts'
import type { Reader } from '../kit/types.ts'
import { type Band, type BandKey, bandOf, type IdentifierInput, MAX_NAME_WORDS, type PersonSearch } from './search.ts'
import { PERSON_COLUMNS } from './tables.ts'

/**
 * The table of bands (search.ts) in SQL. It first compares the words of the searched name with the words of all recorded names,
 * which are few. The similar words then find the names through an index on their words (persons.candidate_names, which row-level
 * security makes necessary).
 */

/** A folded word of the searched name, and the recorded words that are like it. They include the word itself if it is recorded. */
interface SearchedWord {
  readonly word: string
  readonly alike: readonly string[]
}

/** A search that can be written as SQL: `words` instead of the name's text. */
interface ReadySearch extends PersonSearch {
  readonly words?: readonly SearchedWord[]
}

/**
 * Looks up the words of the searched name in one statement. A search without a name needs no statement.
 * @throws {IstmoError} `BAD_USER_INPUT` when the name has more than {@link MAX_NAME_WORDS} words.
 */
export async function readySearch(db: Reader, search: PersonSearch): Promise<ReadySearch> {
  if (search.name === undefined) return search
  const words = await db.query<SearchedWord>('select word, alike from persons.searched_words($1)', [search.name])
  if (words.length > MAX_NAME_WORDS) {
    throw new IstmoError('BAD_USER_INPUT', `search.name takes at most ${MAX_NAME_WORDS} words; came ${words.length}`)
  }
  return { ...search, words }
}

/** Returns the source of pages of the persons found, best first (`BEST_MATCH`) or by id. Each row has its `band`. */
export function matchPages(search: ReadySearch, order: string): PageSource {
  return {
    select: sql`${PERSON_COLUMNS}, person.band`,
    from: sql`${matches(search)} person`,
    where: [],
    ...(order === 'BEST_MATCH' && { key: raw('person.band') }),
    id: raw('person.id'),
  }
}

/** Finds the best band in which a person is found, in one statement. Returns null if nobody is found. */
export async function bestBand(db: Reader, search: ReadySearch): Promise<Band | null> {
  const { text, params } = compile(sql`select min(person.band) as band from ${matches(search)} person`)
  const [row] = await db.query<{ band: BandKey | null }>(text, params)
  return row?.band ? bandOf(row.band) : null
}

/** Returns a subquery of the persons found: the table's columns and `band`, a text of COLLATE "C". */
function matches({ words, birthDate, identifier, nationality }: ReadySearch): Sql {
  const hasIdentifier = identifier ? hasEqual(identifier) : raw('false')
  const nameAgrees = words ? raw('named.agrees') : raw('false')
  const bornThen = birthDate === undefined ? raw('true') : sql`coalesce(person.birth_date = ${birthDate}::date, false)`
  const conditions = [
    raw('not person.protected'),
    ...(nationality === undefined ? [] : [sql`${nationality}::text = any(person.nationalities)`]),
    ...(identifier ? [identifierCondition(identifier, words !== undefined)] : []),
    ...(birthDate === undefined
      ? []
      : [birthCondition(birthDate, { hasIdentifier, nameAgrees, alone: !words && !identifier })]),
  ]
  return sql`(
    select person.*,
      (case when ${hasIdentifier} then '1' when ${nameAgrees} and ${bornThen} then '2' else '3' end) collate "C" as band
    from persons.person person ${words ? joinNames(words) : raw('')}
    where ${allOf(conditions)})`
}

function ofIdentifier({ category, jurisdiction }: IdentifierInput): Sql {
  return sql`i.category = ${category}::text and i.jurisdiction = ${jurisdiction}::text`
}

function hasEqual(identifier: IdentifierInput): Sql {
  return sql`person.id in (select i.person_id from persons.identifier i
    where i.folded = persons.fold_identifier(${identifier.value}::text) and ${ofIdentifier(identifier)})`
}

// If the search has a name, it may also find a record that is silent on the identifier.
function identifierCondition(identifier: IdentifierInput, hasName: boolean): Sql {
  const equal = hasEqual(identifier)
  if (!hasName) return equal
  return sql`${equal} or not exists (select from persons.identifier i where i.person_id = person.id and ${ofIdentifier(identifier)})`
}

interface Beside {
  readonly hasIdentifier: Sql
  readonly nameAgrees: Sql
  /** Whether the search has only a birth date. */
  readonly alone: boolean
}

// A birth date that is only near needs a name that agrees, or the identifier.
function birthCondition(birthDate: string, { hasIdentifier, nameAgrees, alone }: Beside): Sql {
  if (alone) return sql`person.birth_date = ${birthDate}::date`
  return sql`person.birth_date is null or person.birth_date = ${birthDate}::date
    or (${nameAgrees} or ${hasIdentifier}) and persons.dates_near(person.birth_date, ${birthDate}::date)`
}

function joinNames(words: readonly SearchedWord[]): Sql {
  const alike = JSON.stringify(words.map((word) => word.alike))
  return sql`join (
    select n.person_id, bool_or(${agrees(words)}) as agrees
    from persons.candidate_names(${alike}::jsonb) c
    join persons.person_name n on n.person_id = c.person_id and n.ordinal = c.ordinal
    where ${near(words)} group by n.person_id) named on named.person_id = person.id`
}

function agrees(words: readonly SearchedWord[]): Sql {
  const searched = words.map(({ word }) => word)
  const holds = sql`n.words @> ${searched}::text[]`
  const holdsEnough = searched.length >= 2 ? holds : sql`${holds} and n.words <@ ${searched}::text[]`
  return sql`${holdsEnough} or cardinality(n.core) >= 2 and n.core <@ ${searched}::text[]`
}

// A name that agrees is near too, because each recorded word is like itself.
function near(words: readonly SearchedWord[]): Sql {
  const known = words.filter(({ alike }) => alike.length > 0)
  const all = words.length > 0 && known.length === words.length
  const eachSearched = all ? allOf(known.map(({ alike }) => sql`n.words && ${alike}::text[]`)) : raw('false')
  if (known.length < 2) return eachSearched
  const union = known.flatMap(({ alike }) => alike)
  const met = known
    .map(({ alike }) => sql`(n.core && ${alike}::text[])::int`)
    .reduce((sum, one) => sql`${sum} + ${one}`)
  return sql`${eachSearched} or n.core <@ ${union}::text[] and ${met} >= 2`
}

import { IstmoError } from '../../contract/errors.ts'
import type { PageSource } from '../kit/paging.ts'
import { allOf, compile, raw, type Sql, sql } from '../kit/sql.ts'
import type { Reader } from '../kit/types.ts'
import { type Band, type BandKey, bandOf, type IdentifierInput, MAX_NAME_WORDS, type PersonSearch } from './search.ts'
import { PERSON_COLUMNS } from './tables.ts'

/**
 * The table of bands (search.ts) in SQL. The words of the searched name are first compared with the words that recorded names
 * have, which are few; what is alike then finds the names through an index on their words (persons.candidate_names, which row-level security asks for).
 */

/** A word of the searched name, folded, and the recorded words like it, itself among them where it is recorded. */
interface SearchedWord {
  readonly word: string
  readonly alike: readonly string[]
}

/** A search that is ready to be written as SQL: `words` instead of the name's text. */
interface ReadySearch extends PersonSearch {
  readonly words?: readonly SearchedWord[]
}

/**
 * Looks the words of the searched name up, in one statement; a search without a name needs none.
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

/** A page of the persons found, best first (`BEST_MATCH`) or by id; every row has its `band`. */
export function matchPages(search: ReadySearch, order: string): PageSource {
  return {
    select: sql`${PERSON_COLUMNS}, person.band`,
    from: sql`${matches(search)} person`,
    where: [],
    ...(order === 'BEST_MATCH' && { key: raw('person.band') }),
    id: raw('person.id'),
  }
}

/** The best band in which somebody is found, null for nobody; one statement. */
export async function bestBand(db: Reader, search: ReadySearch): Promise<Band | null> {
  const { text, params } = compile(sql`select min(person.band) as band from ${matches(search)} person`)
  const [row] = await db.query<{ band: BandKey | null }>(text, params)
  return row?.band ? bandOf(row.band) : null
}

/** A subquery of the persons found: the table's columns and `band`, text of COLLATE "C". */
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

// With a name to go by, a record that is silent on the identifier may be found too.
function identifierCondition(identifier: IdentifierInput, hasName: boolean): Sql {
  const equal = hasEqual(identifier)
  if (!hasName) return equal
  return sql`${equal} or not exists (select from persons.identifier i where i.person_id = person.id and ${ofIdentifier(identifier)})`
}

interface Beside {
  readonly hasIdentifier: Sql
  readonly nameAgrees: Sql
  /** Whether the birth date is all there is to go by. */
  readonly alone: boolean
}

// A birth date that is merely near needs a name that agrees, or the identifier.
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

// What agrees is near too: a word that a name has is among the words like itself.
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

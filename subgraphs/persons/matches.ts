import { comparePlaces } from '../../contract/cursor.ts'
import { isOfOnePerson } from '../../contract/identifiers.ts'
import type { PageRequest, PageSource } from '../kit/paging.ts'
import { allOf, raw, type Sql, sql } from '../kit/sql.ts'
import type { Reader } from '../kit/types.ts'
import { type FoundName, findBestNames, findNames, type PlaceOf } from './find-names.ts'
import {
  BANDS,
  type Band,
  BIRTH_COST,
  bandOf,
  type MatchKey,
  matchKey,
  type PersonSearch,
  type SearchedIdentifier,
} from './search.ts'
import { PERSONS } from './tables.ts'

/**
 * The table of bands (search.ts). A search with a name is decided by its names (find-names.ts): the database then gives the persons of the
 * page. A search without a name is one statement.
 */

/** A person found by a name: the best of the person's names. */
interface FoundPerson {
  readonly id: string
  readonly key: MatchKey
  readonly ordinal: number
}

interface FoundPage {
  readonly persons: readonly FoundPerson[]
  readonly isTooLittle: boolean
}

/** The source of a page, and whether the searched name is too little to be searched for without a date of birth. */
export interface MatchedPage {
  readonly source: PageSource
  readonly isTooLittle: boolean
}

/**
 * Returns the source of the requested page of the persons found, best first (`BEST_MATCH`) or by id. Each row has `matchKey` and
 * `matchedName`.
 * @throws {IstmoError} `BAD_USER_INPUT` when the name has too many words.
 */
export async function matchPages(db: Reader, search: PersonSearch, page: PageRequest): Promise<MatchedPage> {
  const isBest = page.order === 'BEST_MATCH'
  const found = search.name === undefined ? null : await findPage(db, search, page)
  const from =
    found === null ? sql`${matches(search)} person` : sql`${foundPersons(cutPage(found.persons, page))} person`
  const name = sql`(select n.full_name from persons.person_name n where n.person_id = person.id and n.ordinal = person.ordinal)`
  const source = {
    select: sql`${PERSONS.select}, person.key as "matchKey", ${name} as "matchedName"`,
    from,
    where: [],
    ...(isBest && { key: raw('person.key') }),
    id: raw('person.id'),
    // The persons of a name are found by their ids.
    ...(found !== null && { plan: 'keep' as const }),
  }
  return { source, isTooLittle: found?.isTooLittle ?? false }
}

/**
 * Finds the best band of each hit search (search.ts, Hits). Element *i* belongs to search *i*; null if it finds nobody. Names are looked for also where
 * the identifier decides, so that the work does not tell more than the answer. Three statements, and one for each 50 searches; as many again for the names
 * of those who have a searched telephone or the like.
 * @param today the day of UTC, `YYYY-MM-DD`.
 * @throws {IstmoError} `BAD_USER_INPUT` when a name has too many words.
 */
export async function bestBands(
  db: Reader,
  searches: readonly PersonSearch[],
  today: string,
  placeOf: PlaceOf = (item) => `Query.personListHits(searches:)[${item}]`,
): Promise<readonly (Band | null)[]> {
  const names = await findNames(db, searches.map(onlyNameAndBirthDate), today, placeOf)
  const identified = await findIdentifiers(db, searches)
  const shared = searches.map(({ name, identifier }, i): PersonSearch => {
    const isAsked = identified.has(i) && name !== undefined && identifier && !isOfOnePerson(identifier.category)
    return isAsked ? { name, identifier } : {}
  })
  const holders = await findNames(db, shared, today, placeOf)
  return searches.map(({ identifier }, i) => {
    const bands: Band[] = (names[i] ?? []).flatMap((found) => keyOf(found) ?? []).map(bandOf)
    if (identified.has(i) && identifier) {
      const isNamed = holders[i]?.some((found) => found.identified) === true
      bands.push(bandOfIdentifier(identifier, isNamed))
    }
    return BANDS.find((band) => bands.includes(band)) ?? null
  })
}

/** The band of a person who has the identifier, with a name that agrees or without. */
function bandOfIdentifier({ category }: SearchedIdentifier, isNamed: boolean): Band {
  if (isOfOnePerson(category)) return 'EXACT_IDENTIFIER'
  return isNamed ? 'STRONG' : 'WEAK'
}

function onlyNameAndBirthDate({ name, birthDate }: PersonSearch): Pick<PersonSearch, 'name' | 'birthDate'> {
  return name === undefined || birthDate === undefined ? {} : { name, birthDate }
}

// Says which searches have the identifier of a person whom the leg may see. Nothing else of a search is compared.
async function findIdentifiers(db: Reader, searches: readonly PersonSearch[]): Promise<ReadonlySet<number>> {
  const asked = searches.flatMap(({ identifier }, item) => (identifier ? [{ item, ...identifier }] : []))
  if (asked.length === 0) return new Set()
  const rows = await db.query<{ item: number }>(
    `select distinct s.item from jsonb_to_recordset($1::jsonb) as s(item int, category text, jurisdiction text, value text)
     cross join lateral unnest(persons.identifier_owners(s.category, s.jurisdiction, s.value)) as o(person_id)
     join persons.person p on p.id = o.person_id where not p.protected`,
    [JSON.stringify(asked)],
  )
  return new Set(rows.map(({ item }) => item))
}

/** Returns the key of a person found by a name; null if the table has no row for it. */
function keyOf({ verdict, score, birth, identified }: FoundName, identifier?: SearchedIdentifier): MatchKey | null {
  const isSameBirth = birth === null || birth === 'same'
  const points = Math.max(0, score - BIRTH_COST[birth ?? 'same'])
  if (identified && identifier) return matchKey(bandOfIdentifier(identifier, true), points)
  switch (verdict) {
    case 'AGREES':
      return matchKey(isSameBirth ? 'STRONG' : 'WEAK', points)
    case 'ALIKE':
      return birth === 'near' ? null : matchKey(birth === 'same' ? 'STRONG' : 'WEAK', points)
    case 'NEAR':
      return birth === 'near' ? null : matchKey('WEAK', points)
    case 'THIN':
      return birth === 'same' ? matchKey('WEAK', points) : null
  }
}

function bestOfPersons(names: readonly FoundName[], identifier?: SearchedIdentifier): readonly FoundPerson[] {
  const best = new Map<string, FoundPerson>()
  for (const found of names) {
    const key = keyOf(found, identifier)
    if (key === null) continue
    const { personId: id, ordinal } = found
    const known = best.get(id)
    if (!known || key < known.key || (key === known.key && ordinal < known.ordinal)) best.set(id, { id, key, ordinal })
  }
  return [...best.values()]
}

/** Finds persons by name: all of them, or enough for a page that begins with the best. */
async function findPage(db: Reader, search: PersonSearch, page: PageRequest): Promise<FoundPage> {
  const { first, after, order } = page
  const { names, isTooLittle } = await findBestNames(db, search, (found, rest) => {
    if (order !== 'BEST_MATCH' || search.birthDate !== undefined || search.identifier) return false
    const isInitial = found.some(({ verdict }) => verdict !== 'NEAR') === false
    const worst = matchKey(isInitial ? 'WEAK' : 'STRONG', rest)
    const sure = bestOfPersons(found).filter(({ key }) => key < worst)
    const beyond = sure.filter((one) => after === null || comparePlaces(one, after) > 0)
    return beyond.length > first && (after === null || beyond.length < sure.length)
  })
  return { persons: bestOfPersons(names, search.identifier), isTooLittle }
}

// The rows of the page and the next one, and a row before the page, so that the statement does not read the other persons.
function cutPage(found: readonly FoundPerson[], { first, after, order }: PageRequest): readonly FoundPerson[] {
  const placed = found.map((one) => ({ one, place: { key: order === 'BEST_MATCH' ? one.key : '', id: one.id } }))
  placed.sort((a, b) => comparePlaces(a.place, b.place))
  const start = after === null ? 0 : placed.findIndex(({ place }) => comparePlaces(place, after) > 0)
  const from = start < 0 ? placed.length : start
  return placed.slice(Math.max(0, from - 1), from + first + 1).map(({ one }) => one)
}

function foundPersons(found: readonly FoundPerson[]): Sql {
  return sql`(
    select person.*, c.key, found.ordinal
    from unnest(${found.map(({ id }) => id)}::text[], ${found.map(({ key }) => key)}::text[],
      ${found.map(({ ordinal }) => ordinal)}::int[]) as found(id, any_key, ordinal)
    cross join lateral (select found.any_key collate "C") as c(key)
    join persons.person person on person.id = found.id)`
}

/** Returns a subquery of the persons that a search without a name finds: the table's columns, `key` and `ordinal`. */
function matches({ birthDate, identifier, nationality }: PersonSearch): Sql {
  const conditions = [
    raw('not person.protected'),
    ...(nationality === undefined ? [] : [sql`${nationality}::text = any(person.nationalities)`]),
    ...(identifier
      ? [
          sql`person.id = any(persons.identifier_owners(${identifier.category}::text, ${identifier.jurisdiction}::text,
            ${identifier.value}::text))`,
        ]
      : []),
    ...(birthDate === undefined ? [] : [birthCondition(birthDate, identifier !== undefined)]),
  ]
  const score = (birth: 'same' | 'near' | 'silent'): Sql =>
    raw(`'${matchKey(identifier ? bandOfIdentifier(identifier, false) : 'WEAK', 1000 - BIRTH_COST[birth])}'`)
  const key =
    birthDate === undefined
      ? score('same')
      : sql`case when person.birth_date is null then ${score('silent')}
          when person.birth_date = ${birthDate}::date then ${score('same')} else ${score('near')} end`
  return sql`(
    select person.*, (${key}) collate "C" as key, null::int as ordinal
    from persons.person person where ${allOf(conditions)})`
}

// A birth date that is only near, or not recorded, needs the identifier.
function birthCondition(birthDate: string, hasIdentifier: boolean): Sql {
  const same = sql`person.birth_date = ${birthDate}::date`
  if (!hasIdentifier) return same
  return sql`person.birth_date is null or ${same} or persons.dates_near(person.birth_date, ${birthDate}::date)`
}

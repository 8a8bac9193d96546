/** Makes the hit searches of a person: one for each identifier, and one for the legal name with the birth date. */
import type { OwnPerson } from './read-own-persons.ts'

/** One search, as `PersonHitSearch` of the contract, and what it searches by, for the person who decides. */
export interface HitSearch {
  readonly person: string
  /** `NATIONAL_ID GT`, or `name and birth date`. */
  readonly by: string
  readonly search: Readonly<Record<string, unknown>>
}

/** The most searches about one person: an identifier more tells a country little, and each tells it something of the person. */
const MAX_PER_PERSON = 6

/** The words for a search by name. */
export const BY_NAME = 'name and birth date'

/** Makes the searches of a person; none if the person has neither an identifier nor a name with a birth date, because such a search is too wide. */
export function makeSearches({ id, names, birthDate, identifiers }: OwnPerson): readonly HitSearch[] {
  const [name] = names
  const byIdentifier = identifiers.map(({ category, jurisdiction, value }) => ({
    person: id,
    by: `${category} ${jurisdiction}`,
    search: { identifier: { category, jurisdiction, value } },
  }))
  const byName =
    name !== undefined && birthDate !== null ? [{ person: id, by: BY_NAME, search: { name, birthDate } }] : []
  return [...byName, ...byIdentifier].slice(0, MAX_PER_PERSON)
}

/**
 * Divides persons into questions of at most `most` searches each. A person's searches stay together, so that a person is asked about once.
 * @returns the searches of each question.
 */
export function divideIntoQuestions(persons: readonly OwnPerson[], most: number): readonly (readonly HitSearch[])[] {
  const questions: HitSearch[][] = []
  for (const person of persons) {
    const searches = makeSearches(person)
    if (searches.length === 0) continue
    const last = questions.at(-1)
    if (last !== undefined && last.length + searches.length <= most) last.push(...searches)
    else questions.push([...searches])
  }
  return questions
}

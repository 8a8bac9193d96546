import type { PersonListHitsQuery } from '../../documents/operation-types.ts'
import type { SessionAnswer } from '../../session/session.ts'
import type { LineProblem, ReadList } from './read-list.ts'

/** A line of a list with what came of it: a hit in a country, or why there is none. */
export interface ListedHit {
  readonly line: number
  readonly name: string
  readonly birthDate: string | null
  /** `NO_HIT`: each country that was asked answered; `NOT_ANSWERED`: some did not. The others say why the line was not asked. */
  readonly result: 'HIT' | 'NO_HIT' | 'NOT_ANSWERED' | LineProblem['problem']
  /** The countries that did not answer. By code. */
  readonly silent: readonly string[]
  readonly country: string | null
  readonly band: string | null
  readonly contactPoint: string | null
}

/** Lists each line of a list, in the order of the file: with each country that knows the person, or with why nobody is known. */
export function listHits(
  { persons, problems }: Pick<ReadList, 'persons' | 'problems'>,
  answers: readonly SessionAnswer<PersonListHitsQuery>[],
  silent: readonly string[],
): readonly ListedHit[] {
  const none = { silent: [], country: null, band: null, contactPoint: null }
  const hits = Map.groupBy(
    answers.flatMap(({ data }) => data?.personListHits?.hits ?? []),
    ({ item }) => item,
  )
  const asked = persons.flatMap(({ line, name, birthDate }, item): readonly ListedHit[] => {
    const person = { line, name, birthDate }
    const own = (hits.get(item) ?? []).toSorted((left, right) => (left.country < right.country ? -1 : 1))
    if (own.length === 0) return [{ ...none, ...person, silent, result: silent.length > 0 ? 'NOT_ANSWERED' : 'NO_HIT' }]
    return own.map(({ country, band, contactPoint }) => ({
      ...none,
      ...person,
      result: 'HIT',
      country,
      band,
      contactPoint,
    }))
  })
  const refused = problems.map(
    ({ line, name, problem }): ListedHit => ({ ...none, line, name, birthDate: null, result: problem }),
  )
  return [...asked, ...refused].sort((left, right) => left.line - right.line)
}

import type { PersonListHitsQuery } from '../../documents/operation-types.ts'
import type { PersonRow } from '../../documents/types.ts'
import type { SessionAnswer } from '../../session/session.ts'
import type { LineProblem, ReadList } from './read-list.ts'

/** A line of a list with what came of it: a hit in a country, or why there is none. */
export interface ListedHit {
  readonly line: number
  readonly name: string
  readonly birthDate: string | null
  /** `NO_HIT`: each country that was asked answered; `NOT_ANSWERED`: some did not; `RECORD`: a record with such a name. The others say why the line was not asked. */
  readonly result: 'HIT' | 'RECORD' | 'NO_HIT' | 'NOT_ANSWERED' | LineProblem['problem']
  /** The countries that did not answer. By code. */
  readonly silent: readonly string[]
  readonly country: string | null
  readonly band: string | null
  readonly contactPoint: string | null
  /** The record that was found by a name without a date. */
  readonly record: string | null
}

/** What came of a line without a date: the records with such a name. Not there: nobody asked, because the officer may not read persons. */
export interface FoundByName {
  readonly line: number
  readonly persons: readonly Pick<PersonRow, 'band' | 'node'>[]
  readonly silent: readonly string[]
}

/** A line of a list with all that came of it. */
export interface ListedLine {
  readonly line: number
  readonly hits: readonly ListedHit[]
  readonly first: ListedHit
}

/** Puts what came of one line together. */
export function groupLines(rows: readonly ListedHit[]): readonly ListedLine[] {
  return [...Map.groupBy(rows, ({ line }) => line)].flatMap(([line, hits]) => {
    const [first] = hits
    return first === undefined ? [] : { line, hits, first }
  })
}

/** Lists each line of a list, in the order of the file: with each country that knows the person, or with why nobody is known. */
export function listHits(
  { persons, problems }: Pick<ReadList, 'persons' | 'problems'>,
  answers: readonly SessionAnswer<PersonListHitsQuery>[],
  silent: readonly string[],
  byName: readonly FoundByName[] = [],
): readonly ListedHit[] {
  const none = { silent: [], country: null, band: null, contactPoint: null, record: null }
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
  const found = new Map(byName.map((each) => [each.line, each]))
  const others = problems.flatMap(({ line, name, problem }): readonly ListedHit[] => {
    const person = { ...none, line, name, birthDate: null }
    const own = found.get(line)
    if (own === undefined) return [{ ...person, result: problem }]
    if (own.persons.length === 0) {
      return [{ ...person, silent: own.silent, result: own.silent.length > 0 ? 'NOT_ANSWERED' : 'NO_HIT' }]
    }
    return own.persons.map(({ band, node: { id, birthDate } }) => ({
      ...person,
      birthDate,
      band,
      result: 'RECORD',
      country: id.slice(0, 2),
      record: id,
    }))
  })
  return [...asked, ...others].sort((left, right) => left.line - right.line)
}

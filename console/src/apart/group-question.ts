import type { UseQueryResult } from '@tanstack/react-query'
import type { ConsoleDocument, Session, SessionAnswer } from '../session/session.ts'
import { nameQuestion } from '../session/use-session.ts'
import { noteQuestion } from './slow-memory.ts'

/** What is known of a question to a group of countries. */
export type GroupResult<Data> = UseQueryResult<SessionAnswer<Data>, Error>

/** A question without an answer, or in which a country was too late. */
export interface Unanswered {
  readonly countries: readonly string[]
  /** Null if there is an answer, but a country did not come in time. */
  readonly error: Error | null
  readonly again: () => void
}

/** Whom a question is for, and under what it is asked. */
export interface GroupAsking {
  readonly session: Pick<Session, 'ask'>
  readonly purpose: string | null
  readonly group: readonly string[]
  /** Whether the group is everybody. Then the question stands without a list of countries. */
  readonly isWhole: boolean
}

/** Makes the query of a question to a group of countries, signed for these countries only. */
export function groupQuestion<Data, Variables extends { readonly countries: readonly string[] | null }>(
  document: ConsoleDocument<Data, Variables>,
  variables: Variables,
  { session, purpose, group, isWhole }: GroupAsking,
) {
  const asked = isWhole ? variables : { ...variables, countries: group }
  return {
    queryKey: nameQuestion(purpose, document, asked),
    queryFn: () => noteQuestion(group, () => session.ask(document, asked, isWhole ? {} : { countries: group })),
    enabled: purpose !== null,
  }
}

/** Says of one question who did not answer: null if it is still asked, or if all is there. */
export function findUnanswered<Data>(
  countries: readonly string[],
  { data, error, isFetching, refetch }: GroupResult<Data>,
): Unanswered | null {
  if (isFetching) return null
  const isLate = countries.length === 1 && data?.countries.some(({ reach }) => reach === 'TIMED_OUT') === true
  return error === null && !isLate ? null : { countries, error, again: () => void refetch() }
}

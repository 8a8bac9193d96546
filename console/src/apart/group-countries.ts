import type { UseQueryResult } from '@tanstack/react-query'
import type { ConsoleDocument, CountryReport, Session, SessionAnswer } from '../session/session.ts'
import { nameQuestion } from '../session/use-session.ts'

/** From when on a country is slow, in milliseconds: an officer would begin to wait for it. */
export const SLOW_MS = 1_500

/** The countries that are known to be slow. */
export type SlowCountries = ReadonlySet<string>

/** How one question went. */
export interface AskedOnce {
  /** Who was asked together. */
  readonly countries: readonly string[]
  readonly tookMs: number
  readonly reports: readonly Pick<CountryReport, 'country' | 'reach'>[]
}

/**
 * Groups countries into questions. Those that are quick are one question; each slow one is a question of its own, so that nobody waits for it. Each question
 * is an entry in the audit logs, so there are no more than that helps.
 */
export function groupCountries(countries: readonly string[], slow: SlowCountries): readonly (readonly string[])[] {
  const all = [...new Set(countries)].sort()
  const quick = all.filter((country) => !slow.has(country))
  const alone = all.filter((country) => slow.has(country)).map((country) => [country])
  return quick.length === 0 ? alone : [quick, ...alone]
}

/**
 * Learns who is slow from how a question went. If several were asked together and it took long, those that did not answer in time are the slow ones; if
 * all answered, nobody knows who it was, and each counts as slow until it is quick by itself.
 */
export function learnSlow(slow: SlowCountries, { countries, tookMs, reports }: AskedOnce): SlowCountries {
  const late = reports.filter(({ reach }) => reach === 'TIMED_OUT').map(({ country }) => country)
  const next = new Set(slow)
  if (tookMs <= SLOW_MS) for (const country of countries) next.delete(country)
  else if (late.length === 0) for (const country of countries) next.add(country)
  for (const country of late) if (countries.includes(country)) next.add(country)
  return next
}

/** Which countries were slow in this window. It is in memory only, and says nothing of what was asked. */
let slow: SlowCountries = new Set()

/** Returns the countries that were slow when they were last asked. */
export function slowCountries(): SlowCountries {
  return slow
}

/** Asks, and learns from how long it took who is slow. */
export async function noteQuestion<Data>(
  countries: readonly string[],
  ask: () => Promise<SessionAnswer<Data>>,
): Promise<SessionAnswer<Data>> {
  const begunAt = performance.now()
  const answer = await ask()
  slow = learnSlow(slow, { countries, tookMs: performance.now() - begunAt, reports: answer.countries })
  return answer
}

/** Forgets who was slow. */
export function forgetSlowCountries(): void {
  slow = new Set()
}

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
interface GroupAsking {
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

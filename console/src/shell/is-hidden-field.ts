import type { SessionAnswer } from '../session/session.ts'
import { HIDING } from './summarize-countries.ts'

/**
 * Whether a rule hides a field of a country's records, so that an empty value is not said to be empty.
 * @param coordinate such as `Case.narrative`.
 */
export function isHiddenField(
  answers: readonly Pick<SessionAnswer<unknown>, 'problems'>[],
  coordinate: string,
  country: string,
): boolean {
  return answers.some(({ problems }) =>
    problems.some(
      (problem) =>
        problem.coordinate === coordinate &&
        HIDING.has(problem.code) &&
        (problem.country === null || problem.country === country),
    ),
  )
}

import type { SessionAnswer } from '../session/session.ts'
import { isIncomplete, summarizeCountries } from './summarize-countries.ts'

/** The key of the words for an empty list: nobody has anything, somebody is missing, or the mandate did not allow to ask anybody. */
export function wordEmpty(
  answers: readonly SessionAnswer<unknown>[],
): 'common.empty' | 'common.emptyButMissing' | 'common.notAllowed' {
  const summary = summarizeCountries(answers)
  if (summary.countries.length === 0 && summary.hiddenEverywhere.length > 0) return 'common.notAllowed'
  return isIncomplete(summary) ? 'common.emptyButMissing' : 'common.empty'
}

import type { SessionAnswer } from '../session/session.ts'
import type { PageEnd } from '../session/use-session.ts'
import { isSilent } from '../shell/summarize-countries.ts'
import type { Step, StepResult } from './streams.ts'

/** What brings the rows of countries that did not answer. */
export interface MissingRows {
  /** The questions behind the last pages: a cursor remembers where each silent country stood (docs/querying.md, Pages). */
  readonly steps: readonly Step[]
  /** The indexes of the questions that are asked once more as they were, because they gave no cursor to go on from. */
  readonly again: readonly number[]
}

/**
 * Finds what to ask so that the rows of countries come that did not answer a list's newest pages.
 * @param results what came of each step, in the order of the steps.
 * @returns null if no country is silent, or if a question is under way.
 */
export function findMissingRows<Data>(
  steps: readonly Step[],
  results: readonly StepResult<Data>[],
  readEnd: (data: Data) => PageEnd | null | undefined,
): MissingRows | null {
  if (results.some(({ isFetching }) => isFetching)) return null
  const last = new Map(steps.map(({ group }, index) => [group, index]))
  const [more, again]: [Step[], number[]] = [[], []]
  for (const [group, index] of last) {
    const answer = results[index]?.data
    if (answer?.countries.some(isSilent) !== true) continue
    const after = answer.data === null ? null : (readEnd(answer.data)?.endCursor ?? null)
    if (after === null || after === steps[index]?.after) again.push(index)
    else more.push({ group, after })
  }
  return more.length + again.length === 0 ? null : { steps: more, again }
}

/**
 * Leaves out of each answer that a country was silent if a later page of the same group has heard from it: that page begins with the rows that were
 * missing, so nothing is missing any more.
 */
export function dropMadeGood<Data>(
  steps: readonly Step[],
  results: readonly StepResult<Data>[],
): readonly SessionAnswer<Data>[] {
  return results.flatMap(({ data }, index): readonly SessionAnswer<Data>[] => {
    if (data === undefined) return []
    const later = results.flatMap((result, at) =>
      at > index && steps[at]?.group === steps[index]?.group ? (result.data?.countries ?? []) : [],
    )
    const isMadeGood = ({ country, domain }: { readonly country: string; readonly domain: string }): boolean =>
      later.some((report) => report.country === country && report.domain === domain)
    const countries = data.countries.filter((report) => !isSilent(report) || !isMadeGood(report))
    return [{ ...data, countries }]
  })
}

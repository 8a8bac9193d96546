import { describe, expect, it } from 'vitest'
import type { SessionAnswer } from '../session/session.ts'
import type { PageEnd } from '../session/use-session.ts'
import type { StepResult } from './streams.ts'
import { dropMadeGood, findMissingRows } from './streams.ts'

/** What came of a step: how each country did, and where the page ends. */
function came(
  reaches: Readonly<Record<string, string>>,
  endCursor: string | null,
  hasNextPage = false,
): StepResult<PageEnd> {
  const countries = Object.entries(reaches).map(([country, reach]) => {
    return { country, domain: 'cases', reach, code: reach === 'ANSWERED' ? null : 'CONNECTION' }
  })
  const about = { operation: 'Cases', problems: [], denied: [], requestId: null, at: 0, purpose: '' }
  const answer: SessionAnswer<PageEnd> = { ...about, countries, data: { hasNextPage, endCursor } }
  return { data: answer, isFetching: false }
}

const FIRST = { group: 0, after: null }
const silent = came({ GT: 'ANSWERED', HN: 'UNAVAILABLE' }, 'c1')
const whole = came({ GT: 'ANSWERED', HN: 'ANSWERED' }, 'c2')

describe('rows of countries that did not answer', () => {
  it.each([
    [
      'go on behind the last cursor, which remembers them',
      [FIRST],
      [silent],
      { steps: [{ group: 0, after: 'c1' }], again: [] },
    ],
    ['ask once more if there is no cursor', [FIRST], [came({ HN: 'TIMED_OUT' }, null)], { steps: [], again: [0] }],
    [
      'ask once more if the cursor is the one that was asked with',
      [FIRST, { group: 0, after: 'c1' }],
      [silent, came({ HN: 'UNAVAILABLE' }, 'c1')],
      { steps: [], again: [1] },
    ],
    ['ask nothing if a later page has them', [FIRST, { group: 0, after: 'c1' }], [silent, whole], null],
    ['ask nothing of a country that refuses', [FIRST], [came({ HN: 'DENIED' }, 'c1')], null],
    ['ask nothing while a question is under way', [FIRST], [{ ...silent, isFetching: true }], null],
    [
      'ask only the groups that lack somebody',
      [FIRST, { group: 1, after: null }],
      [whole, came({ SV: 'TIMED_OUT' }, 'c9')],
      { steps: [{ group: 1, after: 'c9' }], again: [] },
    ],
  ])('%s', (_, steps, results, expected) => {
    expect(findMissingRows(steps, results, (data) => data)).toEqual(expected)
  })

  it('are missing no more once a later page of the group has heard from the country', () => {
    const steps = [FIRST, { group: 0, after: 'c1' }, { group: 1, after: null }]
    const reachesOf = (results: readonly StepResult<PageEnd>[]) =>
      dropMadeGood(steps, results).map(({ countries }) => countries.map(({ country, reach }) => `${country} ${reach}`))
    expect(reachesOf([silent, whole])).toEqual([['GT ANSWERED'], ['GT ANSWERED', 'HN ANSWERED']])
    expect(reachesOf([silent, silent])).toEqual([['GT ANSWERED'], ['GT ANSWERED', 'HN UNAVAILABLE']])
    // Another group knows nothing of it.
    expect(reachesOf([silent, { data: undefined, isFetching: true }, whole])[0]).toEqual([
      'GT ANSWERED',
      'HN UNAVAILABLE',
    ])
  })
})

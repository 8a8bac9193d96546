import { describe, expect, it } from 'vitest'
import type { SessionAnswer } from '../session/session.ts'
import { wordEmpty } from './summarize-countries.ts'

const ANSWER: SessionAnswer<unknown> = {
  ...{ operation: 'Cases', data: {}, problems: [], denied: [], countries: [], requestId: 'r', at: 0 },
  purpose: 'INVESTIGATION',
}
const HIDING = {
  ...{ message: 'm', path: [], code: 'UNAUTHORIZED_FIELD_OR_TYPE', country: null, coordinate: 'Query.cases' },
}
const reportOf = (reach: string, country = 'GT') => [{ country, domain: 'cases', reach, code: null }]

describe('wordEmpty', () => {
  it.each([
    ['that nobody has anything', { countries: reportOf('ANSWERED') }, 'common.empty'],
    [
      'that somebody is missing',
      { countries: [...reportOf('ANSWERED'), ...reportOf('TIMED_OUT', 'HN')] },
      'common.emptyButMissing',
    ],
    ['that nobody answered', { countries: reportOf('TIMED_OUT') }, 'common.nobody'],
    ['that a country denied its part', { countries: reportOf('DENIED') }, 'common.emptyButMissing'],
    ['that nobody was asked, because the mandate does not allow it', { problems: [HIDING] }, 'common.notAllowed'],
    [
      'that nobody has anything, though the mandate hides a field',
      { problems: [HIDING], countries: reportOf('ANSWERED') },
      'common.empty',
    ],
  ])('says %s', (_, part, key) => {
    expect(wordEmpty([{ ...ANSWER, ...part }])).toBe(key)
  })
})

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
const reportOf = (reach: string) => [{ country: 'GT', domain: 'cases', reach, code: null }]

describe('wordEmpty', () => {
  it.each([
    ['that nobody has anything', { countries: reportOf('ANSWERED') }, 'common.empty'],
    ['that somebody is missing', { countries: reportOf('TIMED_OUT') }, 'common.emptyButMissing'],
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

import { describe, expect, it } from 'vitest'
import { isHiddenField } from './summarize-countries.ts'

const PROBLEM = { message: 'm', path: [], coordinate: 'Case.narrative' }

describe('isHiddenField', () => {
  it.each([
    ['a field that the mandate hides everywhere', { code: 'UNAUTHORIZED_FIELD_OR_TYPE', country: null }, 'HN', true],
    ['a field that the country itself hides', { code: 'FORBIDDEN_BY_COUNTRY', country: 'HN' }, 'HN', true],
    ['not what another country hides', { code: 'FORBIDDEN_BY_COUNTRY', country: 'SV' }, 'HN', false],
    ['not a field that did not come for another reason', { code: 'UNAVAILABLE', country: 'HN' }, 'HN', false],
  ])('says so of %s', (_, problem, country, isHidden) => {
    const answers = [{ problems: [] }, { problems: [{ ...PROBLEM, ...problem }] }]
    expect(isHiddenField(answers, 'Case.narrative', country)).toBe(isHidden)
    expect(isHiddenField(answers, 'Case.court', country)).toBe(false)
  })
})

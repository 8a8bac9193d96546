import { describe, expect, it } from 'vitest'
import type { Answer } from '../clients/client.ts'
import { describeAnswer } from './ask.ts'

const ANSWER = {
  status: 200,
  data: { person: null },
  requestId: null,
  evidence: null,
  asked: { countries: ['*'] },
} as unknown as Answer

describe('what istmo ask prints of an answer', () => {
  it('names each country that did not answer, with the code that its message does not have', () => {
    const countries = [
      { country: 'GT', domain: 'persons', reach: 'ANSWERED', code: null },
      { country: 'HN', domain: 'cases', reach: 'DENIED', code: 'CALLER_SUSPENDED' },
      { country: 'SV', domain: 'cases', reach: 'NOT_PUBLISHED', code: null },
    ]
    const errors = [{ message: 'Honduras denied its part.' }]
    const { err, isComplete } = describeAnswer({ ...ANSWER, errors, extensions: { countries } }, false, 'en')
    expect(err).toBe('Honduras denied its part.\nHN cases: DENIED CALLER_SUSPENDED\nSV cases: NOT_PUBLISHED\n')
    expect(isComplete).toBe(false)
  })

  it('says of a country that denied its part that the officer left it out of the question', () => {
    const countries = [
      { country: 'GT', domain: 'persons', reach: 'DENIED', code: 'CALLER_NOT_VERIFIED' },
      { country: 'GT', domain: 'cases', reach: 'DENIED', code: 'CALLER_NOT_VERIFIED' },
      { country: 'HN', domain: 'cases', reach: 'DENIED', code: 'CALLER_NOT_VERIFIED' },
      { country: 'PA', domain: 'cases', reach: 'DENIED', code: 'MANDATE_NOT_COVERED' },
    ]
    const asked = { ...ANSWER.asked, countries: ['HN', 'SV'] }
    const { err } = describeAnswer({ ...ANSWER, asked, extensions: { countries } }, false, 'en')
    expect(err.split('\n').slice(4)).toEqual([
      'The question was signed for HN, SV, and GT is not among them: give --country GT too, or leave --country out.',
      '',
    ])
    expect(describeAnswer({ ...ANSWER, asked, extensions: { countries } }, false, 'es').err).toContain(
      'se firmó para HN, SV',
    )
  })

  it('says nothing beside an answer that has every country', () => {
    expect(describeAnswer(ANSWER, false, 'en')).toMatchObject({ err: '', isComplete: true })
  })
})

import { describe, expect, it } from 'vitest'
import type { Answer } from '../../clients/client.ts'
import { describeAnswer } from './words.ts'

const ANSWER = { status: 200, data: { person: null }, requestId: null, evidence: null, asked: {} } as unknown as Answer

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

  it('says nothing beside an answer that has every country', () => {
    expect(describeAnswer(ANSWER, false, 'en')).toMatchObject({ err: '', isComplete: true })
  })
})

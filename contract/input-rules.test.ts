import { describe, expect, it } from 'vitest'
import { wordError } from './error-message.ts'
import { IstmoError } from './errors.ts'
import { INPUT_RULES } from './input-rules.ts'

type Values = Readonly<Record<string, unknown>>

function refusalOf(coordinate: string, values: Values): IstmoError | null {
  try {
    INPUT_RULES[coordinate]?.(values)
    return null
  } catch (error) {
    return error instanceof IstmoError ? error : expect.fail('expected an IstmoError')
  }
}

describe('a range', () => {
  it.each<[string, Values]>([
    ['Query.caseCounts', { fromYear: 2022, toYear: 2022 }],
    ['Query.caseCounts', { fromYear: 2024, toYear: null }],
    ['Query.caseCounts', { toYear: 2022 }],
    ['Query.cases', { filter: { filedFrom: '2024-01-01', filedTo: '2024-01-01' } }],
    ['Query.cases', { filter: { filedFrom: '2024-01-01', filedTo: null } }],
    ['Query.cases', { filter: null }],
    ['Query.warrants', { filter: { issuedTo: '2024-01-01' } }],
    ['Query.warrants', {}],
  ])('is taken if something can be in it: %s %j', (coordinate, values) => {
    expect(refusalOf(coordinate, values)).toBeNull()
  })

  it.each<[string, Values, string, string]>([
    [
      'Query.caseCounts',
      { fromYear: 2024, toYear: 2022 },
      'Query.caseCounts(fromYear:, toYear:) takes a first year that is not after the last one; came 2024 and 2022.',
      'Query.caseCounts(fromYear:, toYear:) admite un primer año que no sea posterior al último; llegaron 2024 y 2022.',
    ],
    [
      'Query.cases',
      { filter: { filedFrom: '2024-01-02', filedTo: '2024-01-01' } },
      'Query.cases(filter:).filedFrom, .filedTo takes a first day that is not after the last one; came a later one.',
      'Query.cases(filter:).filedFrom, .filedTo admite un primer día que no sea posterior al último; llegó uno posterior.',
    ],
    [
      'Query.warrants',
      { filter: { issuedFrom: '2024-01-02', issuedTo: '2024-01-01' } },
      'Query.warrants(filter:).issuedFrom, .issuedTo takes a first day that is not after the last one; came a later one.',
      'Query.warrants(filter:).issuedFrom, .issuedTo admite un primer día que no sea posterior al último; llegó uno posterior.',
    ],
  ])(
    'with its ends reversed is refused, because an empty answer would look like none: %s %j',
    (coordinate, values, en, es) => {
      const refusal = refusalOf(coordinate, values) ?? expect.fail('expected a refusal')
      expect(refusal.code).toBe('BAD_USER_INPUT')
      expect(wordError(refusal, 'en')).toContain(en)
      expect(wordError(refusal, 'es')).toContain(es)
    },
  )
})

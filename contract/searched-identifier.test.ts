import { describe, expect, it } from 'vitest'
import { INPUT_RULES } from './input-rules.ts'
import { checkSearchedIdentifier } from './searched-identifier.ts'

const identifier = (value: string) => ({ category: 'NATIONAL_ID', jurisdiction: 'GT', value })

describe('a searched identifier', () => {
  it.each(['7', '0801-1985-00001', 'SIN CEDULA', 'a'.repeat(100)])('is taken: %s', (value) => {
    expect(() => checkSearchedIdentifier('value', identifier(value))).not.toThrow()
  })

  it.each([undefined, null])('may be left out: %s', (value) => {
    expect(() => checkSearchedIdentifier('value', value)).not.toThrow()
  })

  it.each(['', ' ', '%', '--', '\u0301'])('needs a letter or a digit: «%s»', (value) => {
    const refusal = expect.objectContaining({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('Value takes words; came a text without a letter or digit'),
    })
    expect(() => checkSearchedIdentifier('value', identifier(value))).toThrow(refusal)
  })

  it('has 100 characters at most', () => {
    const refusal = /takes at most 100 characters; came 101/
    expect(() => checkSearchedIdentifier('value', identifier('7'.repeat(101)))).toThrow(refusal)
  })

  it.each([
    ['Query.persons', { search: { identifier: identifier('%') } }, 'Query.persons(search:).identifier.value'],
    ['Query.personHits', { search: { identifier: identifier('%') } }, 'Query.personHits(search:).identifier.value'],
    [
      'Query.personListHits',
      { searches: [{ identifier: identifier('7') }, { identifier: identifier('%') }] },
      'Query.personListHits(searches:)[1].identifier.value',
    ],
  ])('is checked before a country is asked: %s', (coordinate, values, place) => {
    expect(() => INPUT_RULES[coordinate]?.(values)).toThrow(place)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerWhole } from './denied.ts'
import { canonicalText, checkSame } from './equal.ts'

describe('answers are compared', () => {
  it('whatever the order of their keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalText(reverseKeys(value))).toBe(canonicalText(value))
        expect(JSON.parse(canonicalText(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it.each([
    ['another value', { a: 1, b: [1, 2] }, { a: 1, b: [1, 3] }],
    ['another order of a list', { a: 1, b: [1, 2] }, { a: 1, b: [2, 1] }],
    ['a value that is missing', { a: null }, {}],
    ['a number as a text', { a: 1 }, { a: '1' }],
  ])('and differ by %s', (_, one, other) => {
    expect(canonicalText(one)).not.toBe(canonicalText(other))
  })

  const whole = answerWhole(canonicalText({ person: { id: 'HN:P-1', name: 'Ana' } }))

  it('with the data that the limit gave', () => {
    const text = '{"extensions":{},"data":{"person":{"name":"Ana","id":"HN:P-1"}}}'
    expect(() => checkSame({ status: 200, text }, whole)).not.toThrow()
  })

  it.each([
    ['other data', 200, '{"data":{"person":{"id":"HN:P-1","name":"Eva"}}}'],
    ['errors beside the right data', 200, '{"data":{"person":{"id":"HN:P-1","name":"Ana"}},"errors":[]}'],
    ['another status', 500, '{"data":{"person":{"id":"HN:P-1","name":"Ana"}}}'],
    ['no JSON', 200, 'Bad gateway'],
  ])('and are refused with %s', (_, status, text) => {
    const check = (): void => checkSame({ status, text }, whole)
    expect(check).toThrow(`came ${status}, `)
    expect(check).toThrow(`: ${text}`)
  })
})

function reverseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseKeys)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, one]) => [key, reverseKeys(one)]),
  )
}

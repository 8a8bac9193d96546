import { describe, expect, it } from 'vitest'
import { answerPruned, answerWhole } from './denied.ts'
import { canonicalText, checkSame } from './equal.ts'
import { answerOfAll } from './product-answer.ts'

const WHOLE = canonicalText({ registry: { id: 'HN:R-1', keeper: 'Ana', persons: [] }, code: { id: 'HN:L-1' } })

function answer(keeper: string | null, paths: readonly (readonly [code: string, ...path: readonly string[]])[]) {
  const errors = paths.map(([code, ...path]) => ({ message: 'no', path, extensions: { code } }))
  const data = { registry: { id: 'HN:R-1', keeper, persons: [] }, code: { id: 'HN:L-1' } }
  return { status: 200, text: JSON.stringify({ data, ...(errors.length > 0 && { errors }) }) }
}

const DENIED = ['UNAUTHORIZED_FIELD_OR_TYPE', 'registry', 'keeper'] as const

describe('the right answer to officers of the dress', () => {
  it('has null and an error where the country denies a field', () => {
    expect(() => checkSame(answer(null, [DENIED]), answerPruned(0, WHOLE))).not.toThrow()
  })

  it.each([
    ['the denied value', answer('Ana', [DENIED])],
    ['no error', answer(null, [])],
    ['the error twice', answer(null, [DENIED, DENIED])],
    ['an error at another place', answer(null, [['UNAUTHORIZED_FIELD_OR_TYPE', 'registry', 'id']])],
    ['an error of another code', answer(null, [['INTERNAL_SERVER_ERROR', 'registry', 'keeper']])],
  ])('is not one with %s', (_, came) => {
    expect(() => checkSame(came, answerPruned(0, WHOLE))).toThrow('UNAUTHORIZED_FIELD_OR_TYPE registry.keeper')
  })

  it('is the whole answer if nothing that was asked for is denied', () => {
    const data = canonicalText({ person: { name: 'Ana' } })
    expect(answerPruned(0, data)).toEqual(answerWhole(data))
  })

  it('to README’s question lacks what one country denies: its requests, and an outcome of it at each case', () => {
    const { data, denied } = answerPruned(4, canonicalText(answerOfAll(4, 'GT:P-7')))
    const { edges } = JSON.parse(data).person.cases
    expect(denied).toEqual(
      edges.map((_: object, at: number) => `FORBIDDEN_BY_COUNTRY person.cases.edges.${at}.node.mlaRequests`),
    )
    for (const { node } of edges) {
      expect(node.mlaRequests.edges).toHaveLength(node.country === 'HN' ? 0 : 1)
      const reached = node.mlaRequests.outcomes.map(
        (one: { country: string; reach: string }) => `${one.country} ${one.reach}`,
      )
      expect(reached).toEqual(['GT ANSWERED', 'HN DENIED', 'NI ANSWERED', 'SV ANSWERED'])
    }
  })

  it('to README’s question is the whole answer where the strict country does not take part', () => {
    const data = canonicalText(answerOfAll(1, 'GT:P-7'))
    expect(answerPruned(1, data)).toEqual(answerWhole(data))
  })
})

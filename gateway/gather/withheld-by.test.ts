import { describe, expect, it } from 'vitest'
import { compileForTest } from '../plan/testing.ts'
import type { SpreadFetch } from '../types/operation.ts'
import { checkPart } from './check-answer.ts'
import { AnswerRejected } from './findings.ts'

const [fetch] = compileForTest('{ caseCounts { counts { iccs year month cases } held: withheldBy } }')
  .fetches as SpreadFetch[]
const [top] = fetch?.fields ?? []

function complete(held: unknown): unknown {
  if (!top || !fetch) throw new Error('expected a fetch')
  const counts = [{ iccs: '01', year: 2024, month: null, cases: 7 }]
  return checkPart(top.shape, { counts, held }, undefined, { country: 'HN', keys: fetch.keys, pageOf: () => null })
    .value
}

describe('the countries that withheld counts', () => {
  it.each([[[]], [['HN']]])('are nobody or the country that answers: %j', (held) => {
    expect(complete(held)).toMatchObject({ held })
  })

  it.each([[['GT']], [['HN', 'HN']], [['HN', 'GT']], [[null]]])('are rejected with the whole answer: %j', (held) => {
    expect(() => complete(held)).toThrow(AnswerRejected)
    expect(() => complete(held)).toThrow('CaseCounts.withheldBy takes the answering country at most once')
  })
})

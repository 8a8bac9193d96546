import { describe, expect, it } from 'vitest'
import { aContext, anEndpoint } from '../testing.ts'
import type { Leg } from '../types/flow.ts'
import { BadAnswer } from './leg-failures.ts'
import { createReadingBudgets, MAX_READING_MS } from './reading-budget.ts'

function aLeg(country: string | null, domain = 'cases'): Leg {
  const endpoint = anEndpoint({ maxAnswerBytes: 100 })
  return { country, domain, endpoint, query: '', variables: {}, kind: 'query', rights: null }
}

describe('what a country may make the gateway read for one request', () => {
  it('is four of its largest answers, in all its legs together', () => {
    const budgetOf = createReadingBudgets()
    const request = aContext()
    budgetOf(aLeg('HN'), request).takeBytes(300)
    budgetOf(aLeg('HN', 'persons'), request).takeBytes(100)
    expect(() => budgetOf(aLeg('HN'), request).takeBytes(1)).toThrow(BadAnswer)
  })

  it('takes nothing from another country, from another request, or from a subgraph that no country publishes', () => {
    const budgetOf = createReadingBudgets()
    const request = aContext()
    budgetOf(aLeg('HN'), request).takeBytes(400)
    budgetOf(aLeg(null), request).takeBytes(400)
    expect(() => budgetOf(aLeg('GT'), request).takeBytes(400)).not.toThrow()
    expect(() => budgetOf(aLeg('HN'), aContext()).takeBytes(400)).not.toThrow()
    expect(() => budgetOf(aLeg(null, 'other'), request).takeBytes(400)).not.toThrow()
  })

  it('ends when its time is spent, also by readings that failed', () => {
    let now = 0
    const budgetOf = createReadingBudgets(() => now)
    const request = aContext()
    const fail = (): never => {
      now += MAX_READING_MS
      throw new TypeError('a fault')
    }
    expect(budgetOf(aLeg('HN'), request).spend(() => 'read')).toBe('read')
    expect(() => budgetOf(aLeg('HN'), request).spend(fail)).toThrow('a fault')
    expect(() => budgetOf(aLeg('HN', 'legal'), request).spend(() => 'read')).toThrow(BadAnswer)
    expect(budgetOf(aLeg('GT'), request).spend(() => 'read')).toBe('read')
  })
})

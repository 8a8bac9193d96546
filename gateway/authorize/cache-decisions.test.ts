import { expect, it } from 'vitest'
import type { PreparedOperation } from '../types/operation.ts'
import { createDecisions } from './cache-decisions.ts'
import type { Decision } from './decide.ts'

const operation = (): PreparedOperation => ({
  uses: [],
  outKey: (key) => key,
  keys: { prefix: '_i', typename: '_iT', id: '_iId' },
  isIntrospection: false,
  operation: { source: '{ court }', operationName: undefined, conditions: {} },
})
const decision = (removed: readonly string[] = []): Decision => ({
  removedFields: new Set(removed),
  denials: [],
  partialDenials: [],
  isRuled: false,
})

it('a decision is found for its own view and operation only', () => {
  const decisions = createDecisions()
  const [one, other] = [decisions.ofView(), decisions.ofView()]
  const [asked, another] = [operation(), operation()]
  const made = decision()
  one.set(asked, made)
  expect([one.get(asked), one.get(another), other.get(asked)]).toEqual([made, undefined, undefined])
})

it('decisions of any number of operations and views take no more memory than they may', () => {
  const decisions = createDecisions(100_000)
  for (let i = 0; i < 50; i++) {
    const view = decisions.ofView()
    for (let j = 0; j < 50; j++) view.set(operation(), decision(['Case.court', 'Case.narrative']))
  }
  expect(decisions.count()).toBeGreaterThan(100)
  expect(decisions.count()).toBeLessThanOrEqual(125)
})

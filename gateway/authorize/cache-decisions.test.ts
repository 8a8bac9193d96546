import { expect, it } from 'vitest'
import type { PreparedOperation } from '../types/operation.ts'
import { createDecisions, type ViewDecisions } from './authorizer.ts'
import type { Decision } from './decide.ts'

const OPERATION = { source: '{ court }', operationName: undefined, conditions: {} }

const operation = (): PreparedOperation => ({
  uses: [],
  outKey: (key) => key,
  keys: { prefix: '_i', typename: '_iT', id: '_iId' },
  isIntrospection: false,
  lifted: { operation: OPERATION, names: null, values: {} },
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

it('each of several views finds the decision that it made last, whichever of them asked first', () => {
  const decisions = createDecisions()
  const views = [decisions.ofView(), decisions.ofView(), decisions.ofView()]
  const asked = operation()
  for (const round of [0, 1]) {
    const made = views.map(() => decision([`Case.court${round}`]))
    for (const [at, one] of made.entries()) views[at]?.set(asked, one)
    expect(views.map((view) => view.get(asked))).toEqual(made)
    for (const [at, one] of made.entries()) expect(views[at]?.get(asked)).toBe(one)
  }
})

it('decisions about operations that only one view asks do not take what decisions may take', () => {
  const decisions = createDecisions(100_000)
  const [one, other] = [decisions.ofView(), decisions.ofView()]
  const shared = operation()
  const made = decision()
  other.set(shared, decision())
  one.set(shared, made)
  for (let i = 0; i < 1_000; i++) one.set(operation(), decision(['Case.court']))
  expect(decisions.count()).toBe(1)
  expect(one.get(shared)).toBe(made)
})

/** Sets a decision of a view about an operation that another view has asked before. */
function setSecond(decisions: ReturnType<typeof createDecisions>, view: ViewDecisions, made: Decision): void {
  const asked = operation()
  decisions.ofView().set(asked, decision())
  view.set(asked, made)
}

it('decisions of any number of operations and views take no more memory than they may', () => {
  const decisions = createDecisions(100_000)
  for (let i = 0; i < 50; i++) {
    const view = decisions.ofView()
    for (let j = 0; j < 50; j++) setSecond(decisions, view, decision(['Case.court', 'Case.narrative']))
  }
  expect(decisions.count()).toBeGreaterThan(100)
  expect(decisions.count()).toBeLessThanOrEqual(125)
})

it.each<[string, Partial<Decision>]>([
  ['removed fields', { removedFields: new Set(['Case.court', 'Case.narrative', 'Case.status']) }],
  ['denials', { denials: denialsOf(3) }],
  ['partial denials', { partialDenials: denialsOf(3) }],
])('a decision with %s takes more memory than one without', (_, parts) => {
  // Ten decisions without parts, and four with three parts.
  const decisions = createDecisions(4_000)
  const view = decisions.ofView()
  for (let i = 0; i < 20; i++) setSecond(decisions, view, { ...decision(), ...parts })
  expect(decisions.count()).toBe(4)
})

function denialsOf(count: number): Decision['denials'] {
  return Array.from({ length: count }, () => ({
    coordinate: 'Case.court',
    path: ['court'],
    kind: 'SCOPES',
    country: null,
  }))
}

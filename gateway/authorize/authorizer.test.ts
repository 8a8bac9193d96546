import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createPolicySet } from '../../contract/access/policy-set.ts'
import { readRuleTable } from '../../contract/access/rule-table.ts'
import { aCaller, aTaskForce, aTaskForceCaller } from '../testing.ts'
import type { FieldUse, PreparedOperation } from '../types/operation.ts'
import { createAuthorizer, type Publisher } from './authorizer.ts'

const FLOOR = readRuleTable(
  parse(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@requiresScopes", "@policy"])
    type Query { case: Case }
    type Case { id: ID court: String @requiresScopes(scopes: [["court:read"]]) narrative: String @policy(policies: [["release"]]) }`),
)
const GROUNDS = { purpose: 'INVESTIGATION' } as const
const ALWAYS = '@policy("release") permit(principal, action, resource);'
const UNTIL_NOON = `@policy("release") permit(principal, action, resource)
  when { context.time < datetime("2026-01-01T12:00:00Z") };`
const MORNING = Date.parse('2026-01-01T11:59:00Z')

describe('the view of a caller', () => {
  it('is kept for a minute for the same grounds, and made anew after it', () => {
    let now = MORNING
    const { viewFor } = authorizerOf(ALWAYS, () => now)
    const caller = aTaskForceCaller(['GT'])
    const first = viewFor({ caller, grounds: GROUNDS })
    now += 59_999
    expect(viewFor({ caller, grounds: GROUNDS })).toBe(first)
    now += 1
    expect(viewFor({ caller, grounds: GROUNDS })).not.toBe(first)
  })

  it('is another one for other grounds', () => {
    const { viewFor } = authorizerOf(ALWAYS)
    const caller = aTaskForceCaller(['GT'])
    expect(viewFor({ caller, grounds: { purpose: 'PROSECUTION' } })).not.toBe(viewFor({ caller, grounds: GROUNDS }))
  })

  it('keeps a decision on an operation', () => {
    const view = authorizerOf('').viewFor({ caller: aTaskForceCaller(['GT']), grounds: GROUNDS })
    const operation = operationOn('narrative')
    expect(view.decide(operation)).toBe(view.decide(operation))
  })

  it('decides anew what rests on a policy that reads the time', () => {
    let now = MORNING
    const view = authorizerOf(UNTIL_NOON, () => now).viewFor({ caller: aTaskForceCaller(['GT']), grounds: GROUNDS })
    const operation = operationOn('narrative')
    expect(view.decide(operation).denials).toEqual([])
    now = Date.parse('2026-01-01T12:00:00Z')
    expect(view.decide(operation).denials).toMatchObject([{ coordinate: 'Case.narrative', kind: 'POLICY' }])
  })

  it.each([
    ['shows a scope that the country lets its task force use', ['court:read'], ['court:read'], true],
    ['hides a scope that the caller does not hold', [], ['court:read'], false],
    ['hides a scope that the country does not let its task force use', ['court:read'], [], false],
  ])('%s', (_, held, allowed, isVisible) => {
    const caller = aTaskForceCaller(['GT'], { scopes: held })
    const view = authorizerOf('', undefined, allowed).viewFor({ caller, grounds: GROUNDS })
    expect(view.isVisible('Case', 'court')).toBe(isVisible)
    expect(view.domain('cases', 'GT').denialOf('Case', 'court')).toBe(isVisible ? null : 'SCOPES')
  })

  it('names why a country does not recognise a caller without a mandate', () => {
    const view = authorizerOf(ALWAYS).viewFor({ caller: aCaller({ scopes: ['court:read'] }), grounds: GROUNDS })
    expect(view.domain('cases', 'GT').notRecognised).toBe('MANDATE_NOT_COVERED')
    expect(view.isVisible('Case', 'court')).toBe(false)
    expect(view.isVisible('Case', 'id')).toBe(true)
  })

  it('denies what has a rule to a caller without a token', () => {
    const view = authorizerOf(ALWAYS).viewFor({ caller: null, grounds: null })
    expect(view.decide(operationOn('court')).denials).toMatchObject([{ kind: 'AUTHENTICATED', country: null }])
  })

  it('is asked only about countries that publish the domain', () => {
    const view = authorizerOf('').viewFor({ caller: null, grounds: null })
    expect(() => view.domain('cases', 'HN')).toThrow('expected a country that publishes cases; came HN')
  })
})

function authorizerOf(policies: string, now = () => MORNING, scopes = ['court:read']) {
  const access = {
    country: 'GT',
    taskForces: [aTaskForce({ scopes })],
    policies: createPolicySet('GT', policies),
  }
  const publisher: Publisher = { access, own: null, publishes: () => true }
  const domains = [{ name: 'cases', publishers: new Map([['GT', publisher]]), has: () => true }]
  return createAuthorizer({ floor: FLOOR, domains, now })
}

function operationOn(fieldName: string): PreparedOperation {
  const node = { kind: 'Field', name: { kind: 'Name', value: fieldName } } as FieldUse['node']
  const use: FieldUse = { typeName: 'Case', fieldName, path: [fieldName], node, definition: undefined, parent: null }
  return { uses: [use], outKey: (key) => key, normalised: parse('{ court }') as never }
}

import { buildSchema, type GraphQLObjectType, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createPolicySet, type PolicySet } from '../../contract/access/policy-set.ts'
import { readRuleTable } from '../../contract/access/rule-table.ts'
import { aCaller, aTaskForce, aTaskForceCaller } from '../testing.ts'
import type { FieldUse, PreparedOperation } from '../types/operation.ts'
import { type AuthorizerOptions, createAuthorizer, type GuardedDomain, type Publisher } from './authorizer.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@requiresScopes", "@policy"])`
const FLOOR = readRuleTable(
  parse(`${LINK}
    type Query { case: Case }
    type Case {
      id: ID
      court: String @requiresScopes(scopes: [["court:read"]])
      narrative: String @policy(policies: [["release"]])
      verdict: String @policy(policies: [["release", "until_noon"]])
    }`),
)
const GROUNDS = { purpose: 'INVESTIGATION' } as const
const ALWAYS = '@policy("release") permit(principal, action, resource);'
const UNTIL_NOON = `@policy("release") permit(principal, action, resource)
  when { context.time < datetime("2026-01-01T12:00:00Z") };`
const ONLY_VERDICT_READS_TIME = `${ALWAYS}
  @policy("until_noon") permit(principal, action, resource) when { context.time < datetime("2026-01-01T12:00:00Z") };`
const MORNING = Date.parse('2026-01-01T11:59:00Z')
const NOON = Date.parse('2026-01-01T12:00:00Z')
const COUNTRIES = ['CR', 'GT', 'HN', 'SV']
const CALLER = aTaskForceCaller(COUNTRIES)

describe('the view of a caller', () => {
  it('is cached for a minute for the same grounds', () => {
    let now = MORNING
    const { viewFor } = authorizerOf(ALWAYS, () => now)
    const first = viewFor({ caller: CALLER, grounds: GROUNDS })
    now += 59_999
    expect(viewFor({ caller: CALLER, grounds: GROUNDS })).toBe(first)
    now += 1
    expect(viewFor({ caller: CALLER, grounds: GROUNDS })).not.toBe(first)
  })

  it('is cached by the system clock if the authorizer has no other clock', () => {
    const { viewFor } = createAuthorizer({ floor: FLOOR, domains: [] })
    expect(viewFor({ caller: CALLER, grounds: GROUNDS })).toBe(viewFor({ caller: CALLER, grounds: GROUNDS }))
  })

  it('is cached without end for callers without a token', () => {
    let now = MORNING
    const { viewFor } = authorizerOf(ALWAYS, () => now)
    const first = viewFor({ caller: null, grounds: null })
    now += 60_000
    expect(viewFor({ caller: null, grounds: null })).toBe(first)
  })

  it('is made anew for everybody when a suspension begins or ends', () => {
    let version = 1
    const suspended = { isFieldSuspended: () => false, version: () => version }
    const { viewFor } = createAuthorizer({ floor: FLOOR, domains: [], suspended })
    const asked = [
      { caller: CALLER, grounds: GROUNDS },
      { caller: null, grounds: null },
    ]
    const before = asked.map(viewFor)
    expect(asked.map((context, at) => viewFor(context) === before[at])).toEqual([true, true])
    version += 1
    expect(asked.map((context, at) => viewFor(context) === before[at])).toEqual([false, false])
  })

  it('differs for other grounds and for another caller', () => {
    const { viewFor } = authorizerOf(ALWAYS)
    const view = viewFor({ caller: CALLER, grounds: GROUNDS })
    expect(viewFor({ caller: CALLER, grounds: { purpose: 'PROSECUTION' } })).not.toBe(view)
    expect(viewFor({ caller: aTaskForceCaller(COUNTRIES), grounds: GROUNDS })).not.toBe(view)
  })

  it.each([
    ['stays cached while the caller states up to 16 different grounds', 15, true],
    ['leaves the cache if the caller states more than 16 different grounds', 16, false],
  ])('%s', (_, others, isCached) => {
    const { viewFor } = authorizerOf(ALWAYS)
    const first = viewFor({ caller: CALLER, grounds: GROUNDS })
    for (let number = 0; number < others; number++) {
      viewFor({ caller: CALLER, grounds: { ...GROUNDS, legalBasis: [`MLAT-${number}`] } })
    }
    expect(viewFor({ caller: CALLER, grounds: GROUNDS }) === first).toBe(isCached)
  })

  it('names why a country does not recognise a caller without a mandate', () => {
    const caller = aCaller({ scopes: ['court:read'] })
    const view = authorizerOf(ALWAYS).viewFor({ caller, grounds: GROUNDS })
    expect(view.domain('cases', 'GT').notRecognised).toBe('MANDATE_NOT_COVERED')
    expect(view.domain('cases', 'GT').rights).toMatchObject({ authenticated: false })
  })

  it('has no reason not to recognise a caller whom the country recognises', () => {
    const view = authorizerOf(ALWAYS).viewFor({ caller: CALLER, grounds: GROUNDS })
    expect(view.domain('cases', 'GT').notRecognised).toBeNull()
    expect(view.domain('cases', 'GT').rights).toMatchObject({ authenticated: true })
  })

  it('shares the decisions of a country’s policies between the country’s domains', () => {
    const domains = ['cases', 'persons'].map((name) => aDomain(name, { GT: aPublisher('GT') }))
    const view = viewOf({ domains })
    expect(view.domain('persons', 'GT').rights).toBe(view.domain('cases', 'GT').rights)
  })

  it.each([
    ['cases', 'HN'],
    ['laws', 'GT'],
  ])('has no view of the domain %s in %s, which does not publish it', (domain, country) => {
    const view = authorizerOf('').viewFor({ caller: null, grounds: null })
    expect(() => view.domain(domain, country)).toThrow(`expected a country that publishes ${domain}; came ${country}`)
  })
})

describe('a decision on an operation', () => {
  it('is cached', () => {
    const view = viewOf()
    const operation = operationOn('narrative')
    expect(view.decide(operation)).toBe(view.decide(operation))
  })

  it('is cached if the operation asks only a plain subgraph', () => {
    const view = viewOf({ domains: [aDomain('plain', {})] })
    const operation = operationOn('narrative')
    expect(view.decide(operation)).toBe(view.decide(operation))
  })

  it('is not cached if a policy reads the time', () => {
    let now = MORNING
    const view = authorizerOf(UNTIL_NOON, () => now).viewFor({ caller: CALLER, grounds: GROUNDS })
    const operation = operationOn('narrative')
    expect(view.decide(operation).denials).toEqual([])
    now = NOON
    expect(view.decide(operation).denials).toMatchObject([{ coordinate: 'Case.narrative', kind: 'POLICY' }])
  })

  it('is not cached if only one of a field’s policies reads the time', () => {
    let now = MORNING
    const view = authorizerOf(ONLY_VERDICT_READS_TIME, () => now).viewFor({ caller: CALLER, grounds: GROUNDS })
    const operation = operationOn('verdict')
    expect(view.decide(operation).denials).toEqual([])
    now = NOON
    expect(view.decide(operation).denials).toMatchObject([{ coordinate: 'Case.verdict', kind: 'POLICY' }])
  })

  it('denies a field with a rule to a caller without a token', () => {
    const view = authorizerOf(ALWAYS).viewFor({ caller: null, grounds: null })
    expect(view.decide(operationOn('court')).denials).toMatchObject([{ kind: 'AUTHENTICATED', country: null }])
  })

  it('depends only on the countries that publish the field, in the domains that resolve it', () => {
    const denying = aPublisher('GT')
    const allowing = aPublisher('HN', { access: accessOf('HN', ALWAYS) })
    const silent: Publisher = { ...aPublisher('CR'), publishes: (_, fieldName) => fieldName === 'id' }
    const domains = [
      aDomain('cases', { GT: denying, HN: allowing, CR: silent }),
      { ...aDomain('persons', { SV: aPublisher('SV') }), has: () => false },
    ]
    expect(viewOf({ domains }).decide(operationOn('narrative'))).toMatchObject({
      denials: [],
      partialDenials: [{ country: 'GT' }],
    })
  })
})

describe('a domain’s view', () => {
  it('asks a policy that does not read the time only once for a field', () => {
    let [now, decisions] = [MORNING, 0]
    const set = createPolicySet('GT', ALWAYS)
    const policies: PolicySet = {
      ...set,
      decide(request) {
        decisions++
        return set.decide(request)
      },
    }
    const publisher = aPublisher('GT', { access: { ...accessOf('GT', ''), policies } })
    const view = viewOf({ domains: [aDomain('cases', { GT: publisher })], now: () => now }).domain('cases', 'GT')
    expect(view.denialOf('Case', 'narrative')).toBeNull()
    now += 3_600_000
    expect(view.denialOf('Case', 'narrative')).toBeNull()
    expect(decisions).toBe(1)
  })

  it('adds the rules of the country to those of the contract, once for each field', () => {
    const own = readRuleTable(
      parse(`${LINK} type Case {
        id: ID @requiresScopes(scopes: [["id:read"]])
        court: String @policy(policies: [["release"]])
      }`),
    )
    const view = viewOf({ domains: [aDomain('cases', { GT: aPublisher('GT', { own }) })] }).domain('cases', 'GT')
    expect(view.ruleOf('Case', 'id').scopes).toEqual([[['id:read']]])
    expect(view.ruleOf('Case', 'court')).toMatchObject({ scopes: [[['court:read']]], policies: [[['release']]] })
    expect(view.ruleOf('Case', 'court')).toBe(view.ruleOf('Case', 'court'))
  })

  it.each([
    ['of the contract', null, ['Case.court']],
    [
      'of the contract and of the country, each once',
      ['Case.court', 'Case.narrative'],
      ['Case.court', 'Case.narrative'],
    ],
  ])('lists the fields that an argument reveals by the rules %s', (_, ofCountry, expected) => {
    const floor = { ...FLOOR, revealedBy: () => ['Case.court'] }
    const own = ofCountry && { ...FLOOR, revealedBy: () => ofCountry }
    const view = viewOf({ floor, domains: [aDomain('cases', { GT: aPublisher('GT', { own }) })] })
    expect(view.domain('cases', 'GT').revealedBy('Query.case(court:)')).toEqual(expected)
  })
})

describe('the visibility of a field', () => {
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

  it('shows a caller whom no country recognises only the fields without a rule', () => {
    const view = authorizerOf(ALWAYS).viewFor({ caller: aCaller({ scopes: ['court:read'] }), grounds: GROUNDS })
    expect(view.isVisible('Case', 'court')).toBe(false)
    expect(view.isVisible('Case', 'id')).toBe(true)
  })

  it('shows a field that one of two countries lets the caller read', () => {
    const allowing = aPublisher('HN', { access: accessOf('HN', ALWAYS) })
    const view = viewOf({ domains: [aDomain('cases', { GT: aPublisher('GT'), HN: allowing })] })
    expect(view.isVisible('Case', 'narrative')).toBe(true)
  })

  it('shows a field that a plain subgraph lets the caller read, whatever the countries deny', () => {
    const domains = [aDomain('cases', { GT: aPublisher('GT') }), aDomain('plain', {})]
    const caller = aTaskForceCaller(COUNTRIES, { policies: ['release'] })
    const { viewFor } = createAuthorizer({ floor: FLOOR, domains, now: () => MORNING })
    expect(viewFor({ caller, grounds: GROUNDS }).isVisible('Case', 'narrative')).toBe(true)
  })

  it('follows the contract’s rules if no domain resolves the field', () => {
    const view = viewOf({ domains: [{ ...aDomain('cases', { GT: aPublisher('GT') }), has: () => false }] })
    expect(view.isVisible('Case', 'id')).toBe(true)
    expect(view.isVisible('Case', 'court')).toBe(false)
  })

  it.each([
    ['shows a scope of the token in a plain subgraph', aCaller({ scopes: ['court:read'] }), 'court', true],
    ['hides another scope in a plain subgraph', aCaller({ scopes: ['other'] }), 'court', false],
    ['shows a policy of the token in a plain subgraph', aCaller({ policies: ['release'] }), 'narrative', true],
    ['hides another policy in a plain subgraph', aCaller({ policies: ['other'] }), 'narrative', false],
    ['hides a policy if the token has none in a plain subgraph', aCaller(), 'narrative', false],
    ['hides fields with a rule from a caller without a token in a plain subgraph', null, 'court', false],
  ])('%s', (_, caller, fieldName, isVisible) => {
    const { viewFor } = createAuthorizer({ floor: FLOOR, domains: [aDomain('plain', {})] })
    expect(viewFor({ caller, grounds: GROUNDS }).isVisible('Case', fieldName)).toBe(isVisible)
  })

  it('ignores the rights in a plain subgraph that does not resolve the field', () => {
    const domains = [aDomain('cases', { GT: aPublisher('GT') }), { ...aDomain('plain', {}), has: () => false }]
    const { viewFor } = createAuthorizer({ floor: FLOOR, domains, now: () => MORNING })
    const caller = aTaskForceCaller(['GT'], { scopes: ['court:read'], policies: ['release'] })
    expect(viewFor({ caller, grounds: GROUNDS }).isVisible('Case', 'narrative')).toBe(false)
  })
})

describe('a plain subgraph', () => {
  it('denies authenticated fields only to callers without a token', () => {
    const floor = readRuleTable(
      parse(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated"])
        type Case { id: ID @authenticated }`),
    )
    const { viewFor } = createAuthorizer({ floor, domains: [aDomain('plain', {})] })
    const denialsOf = (caller: typeof CALLER | null) =>
      viewFor({ caller, grounds: GROUNDS }).decide(operationOn('id')).denials
    expect(denialsOf(CALLER)).toEqual([])
    expect(denialsOf(null)).toMatchObject([{ coordinate: 'Case.id', kind: 'AUTHENTICATED', country: null }])
  })

  it('denies an argument that reveals a denied field', () => {
    const floor = {
      ...FLOOR,
      revealedBy: (coordinate: string) => (coordinate === 'Case.id(court:)' ? ['Case.court'] : []),
    }
    const { viewFor } = createAuthorizer({ floor, domains: [aDomain('plain', {})] })
    const view = viewFor({ caller: aCaller(), grounds: GROUNDS })
    expect(view.revealDenials(operationOn('id', '(court: "one")'), {})).toEqual([
      { coordinate: 'Case.id(court:)', path: ['id'], kind: 'SCOPES', country: null },
    ])
  })
})

function authorizerOf(policies: string, now = () => MORNING, scopes = ['court:read']) {
  const access = { ...accessOf('GT', policies), taskForces: [aTaskForce({ scopes })] }
  return createAuthorizer({ floor: FLOOR, domains: [aDomain('cases', { GT: aPublisher('GT', { access }) })], now })
}

/** Returns the view of a caller with a mandate over {@link COUNTRIES}. */
function viewOf(over: Partial<AuthorizerOptions> = {}) {
  const domains = [aDomain('cases', { GT: aPublisher('GT') })]
  const { viewFor } = createAuthorizer({ floor: FLOOR, domains, now: () => MORNING, ...over })
  return viewFor({ caller: CALLER, grounds: GROUNDS })
}

function aDomain(name: string, publishers: Readonly<Record<string, Publisher>>): GuardedDomain {
  return { name, publishers: new Map(Object.entries(publishers)), has: () => true }
}

/** A country that recognises the task force, publishes each field, and has no policies. */
function aPublisher(country: string, over: Partial<Publisher> = {}): Publisher {
  return { access: accessOf(country, ''), own: null, publishes: () => true, ...over }
}

function accessOf(country: string, policies: string) {
  return { country, taskForces: [aTaskForce()], policies: createPolicySet(country, policies) }
}

const CASE = buildSchema(
  'type Query { case: Case } type Case { id(court: String): ID court: String narrative: String verdict: String }',
).getType('Case') as GraphQLObjectType

const KEYS = { prefix: '_i', typename: '_iT', id: '_iId' }
const OPERATION = { source: '{ court }', operationName: undefined, conditions: {} }
const LIFTED = { operation: OPERATION, names: null, values: {} }

function operationOn(fieldName: string, args = ''): PreparedOperation {
  const document = parse(`{ ${fieldName}${args} }`)
  const [operation] = document.definitions
  const node = operation?.kind === 'OperationDefinition' ? operation.selectionSet.selections[0] : undefined
  if (node?.kind !== 'Field') throw new Error('expected a field')
  const use: FieldUse = {
    typeName: 'Case',
    fieldName,
    path: [fieldName],
    node,
    definition: CASE.getFields()[fieldName],
    parent: null,
  }
  return { uses: [use], outKey: (key) => key, keys: KEYS, isIntrospection: false, lifted: LIFTED }
}

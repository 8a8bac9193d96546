import { buildSchema, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { Recognition } from '../../contract/access/country-access.ts'
import { readNationalRules } from '../../contract/access/national-rules.ts'
import { type RuleTable, readRuleTable } from '../../contract/access/rule-table.ts'
import { createGuard, type GuardedRequest, type LegRejection } from './guard.ts'

const LINK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@requiresScopes", "@policy"])
  @link(url: "https://istmo.example/rights/v1.0", import: ["@reveals"])`

/** A domain in which `Person` has a rule as a type, and arguments reveal the court and the name. */
const sdlOf = ({
  court = '@requiresScopes(scopes: [["court:read"]])',
  reveals = '@reveals(field: "Case.court")',
} = {}) => `
  type Query {
    case(id: ID, court: String ${reveals}, filter: Filter): Case
    _entities(representations: [_Any]): [_Entity]
  }
  input Filter { name: String @reveals(field: "Person.name"), size: Int }
  union _Entity = Case | Person
  scalar _Any
  interface Named { name: String }
  type Case { id: ID, court: String ${court}, person: Person, named: Named, _entities(representations: [_Any]): String }
  type Person implements Named @requiresScopes(scopes: [["person:read"]]) {
    name: String @policy(policies: [["name_release"]])
  }`
const SCHEMA = buildSchema(sdlOf({ court: '' }).replaceAll(/@\w+\([^)]*\)/g, ''))
const FLOOR = readRuleTable(parse(`${LINK} ${sdlOf()}`))

const COURT: LegRejection = { coordinate: 'Query.case(court:)', kind: 'SCOPES' }
const PERSON: LegRejection = { coordinate: 'Person', kind: 'SCOPES' }

describe('the guard of a node, by arguments', () => {
  it.each<[string, string, LegRejection | null]>([
    ['rejects an argument that reveals a denied field', '{ case(court: "one") { id } }', COURT],
    [
      'rejects an input field that reveals a denied field',
      '{ case(filter: { name: "one" }) { id } }',
      { coordinate: 'Filter.name', kind: 'SCOPES' },
    ],
    ['accepts an argument that reveals nothing', '{ case(id: "one", filter: { size: 1 }) { id } }', null],
    ['accepts an argument without a value', '{ case(court: null) { id } }', null],
    ['leaves an argument of the wrong type to the execution', '{ case(court: 5) { id } }', null],
    ['rejects an argument in a fragment', '{ ...F } fragment F on Query { case(court: "one") { id } }', COURT],
    [
      'rejects the second of two uses of a field',
      '{ one: case(id: "one") { id } two: case(court: "one") { id } }',
      COURT,
    ],
  ])('%s', (_, source, rejection) => {
    expect(decide(source)).toEqual(rejection)
  })

  it('accepts an argument that reveals a field that the caller may read', () => {
    expect(decide('{ case(court: "one") { id } }', {}, recognised(['court:read']))).toBeNull()
  })

  it('asks the policy about the field that an argument reveals', () => {
    const asked: string[] = []
    const recognition: Recognition = {
      kind: 'recognised',
      rights: {
        authenticated: true,
        scopes: new Set(['person:read']),
        grants: (policy, coordinate) => asked.push(`${policy} ${coordinate}`) > 0,
      },
    }
    expect(decide('{ case(filter: { name: "one" }) { id } }', {}, recognition)).toBeNull()
    expect(asked).toEqual(['name_release Person.name'])
  })

  it.each<[string, string, GuardedRequest['variables'], LegRejection | null]>([
    ['a value', 'query ($court: String) { case(court: $court) { id } }', { court: 'one' }, COURT],
    ['no value', 'query ($court: String) { case(court: $court) { id } }', {}, null],
    ['a default value', 'query ($court: String = "one") { case(court: $court) { id } }', undefined, COURT],
    [
      'a value of the wrong type, which the execution rejects',
      'query ($id: ID!) { case(id: $id) { id } two: case(court: "one") { id } }',
      {},
      null,
    ],
  ])('decides by variables with %s', (_, source, variables, rejection) => {
    expect(decide(source, { variables })).toEqual(rejection)
  })

  it('reads the variables of the operation that runs', () => {
    const source = `query One($court: String = "one") { case(court: $court) { id } }
      query Two($court: String) { case(court: $court) { id } }`
    expect(decide(source, { operationName: 'One' })).toEqual(COURT)
    expect(decide(source, { operationName: 'Two' })).toBeNull()
    expect(decide(source, { operationName: 'Three' })).toBeNull()
  })

  it('decides by the variables of each request, although it reads the document once', () => {
    let readings = 0
    const floor: RuleTable = {
      ...FLOOR,
      ofField(typeName, fieldName) {
        if (fieldName === 'id') readings++
        return FLOOR.ofField(typeName, fieldName)
      },
    }
    const guard = createGuard(SCHEMA, { floor, own: null })
    const document = parse('query ($court: String) { case(court: $court) { id } }')
    const decideFor = (variables: GuardedRequest['variables']) =>
      guard({ document, variables, operationName: undefined }, recognised([]))
    expect(decideFor({})).toBeNull()
    expect(decideFor({ court: 'one' })).toEqual(COURT)
    expect(readings).toBe(1)
  })
})

describe('the guard of a node, by a country’s own rules', () => {
  it('rejects an argument that reveals a field which the country left out', () => {
    const own = readNationalRules(parse(`${LINK} ${sdlOf().replace(/court: String @req[^,]*,/, '')}`))
    expect(decide('{ case(court: "one") { id } }', { own })).toEqual({ ...COURT, kind: 'NOT_PUBLISHED' })
  })

  it('rejects an argument that reveals a field which only the country guards', () => {
    const floor = readRuleTable(parse(`${LINK} ${sdlOf({ court: '' }).replaceAll(/@reveals\([^)]*\)/g, '')}`))
    const own = readNationalRules(parse(`${LINK} ${sdlOf()}`))
    expect(decide('{ case(court: "one") { id } }', { floor, own })).toEqual(COURT)
    expect(decide('{ case(court: "one") { id } }', { floor, own: floor })).toBeNull()
  })

  it('accepts an argument that reveals a field which neither the contract nor the country has', () => {
    const floor = readRuleTable(parse(`${LINK} ${sdlOf({ reveals: '@reveals(field: "Case.other")' })}`))
    expect(decide('{ case(court: "one") { id } }', { floor, own: floor })).toBeNull()
  })

  it('accepts `__typename`, which no SDL names', () => {
    expect(decide('{ case { __typename } }', { own: FLOOR })).toBeNull()
  })

  it('demands on a type what the country adds to the contract', () => {
    const floor = readRuleTable(parse(sdlOf().replaceAll(/@\w+\([^)]*\)/g, '')))
    expect(decide('{ case { named { ... on Person { __typename } } } }', { floor })).toBeNull()
    expect(decide('{ case { named { ... on Person { __typename } } } }', { floor, own: FLOOR })).toEqual(PERSON)
  })
})

describe('the guard of a node, by types', () => {
  it.each<[string, string, LegRejection | null]>([
    ['an inline fragment', '{ case { named { ... on Person { __typename } } } }', PERSON],
    ['a fragment', '{ case { named { ...F } } } fragment F on Person { __typename }', PERSON],
    ['a fragment on a type without a rule', '{ case { ...F } } fragment F on Case { id }', null],
    ['an inline fragment without a type', '{ case { ... { id } } }', null],
    ['a representation', '{ _entities(representations: [{ __typename: "Person" }]) { __typename } }', PERSON],
    [
      'the second representation',
      '{ _entities(representations: [{ __typename: "Case" }, { __typename: "Person" }]) { __typename } }',
      PERSON,
    ],
    [
      'a representation of another type',
      '{ _entities(representations: [{ __typename: "Case" }]) { __typename } }',
      null,
    ],
    [
      'representations that are not objects with a type',
      '{ _entities(representations: ["Person", 5, null, { id: "Person" }, { __typename: 5 }]) { __typename } }',
      null,
    ],
    ['no representations', '{ _entities { __typename } }', null],
    [
      'an argument of another field that has the same name',
      '{ case { _entities(representations: [{ __typename: "Person" }]) } }',
      null,
    ],
  ])('decides by %s', (_, source, rejection) => {
    expect(decide(source)).toEqual(rejection)
  })

  it('fails for a document that does not fit the schema', () => {
    expect(() => decide('{ nothing }')).toThrow('expected a document that fits the schema')
    expect(() => decide('subscription { nothing }')).toThrow('expected a document that fits the schema')
  })
})

interface Situation {
  readonly variables?: GuardedRequest['variables']
  readonly operationName?: string
  readonly floor?: RuleTable
  readonly own?: RuleTable
}

function decide(source: string, situation: Situation = {}, recognition = recognised([])): LegRejection | null {
  const { variables, operationName, floor = FLOOR, own = null } = situation
  return createGuard(SCHEMA, { floor, own })({ document: parse(source), variables, operationName }, recognition)
}

/** The recognition of a caller with these scopes, to whom each policy grants what it decides on. */
function recognised(scopes: readonly string[]): Recognition {
  return {
    kind: 'recognised',
    rights: { authenticated: true, scopes: new Set(scopes), grants: () => true },
  }
}

import { buildSchema, type FieldNode, type GraphQLObjectType, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { OPEN, type Rule } from '../../contract/access/rule.ts'
import { aDomainView } from '../testing.ts'
import type { SpreadFetch, TopField } from '../types/operation.ts'
import {
  findDeniedFields,
  isGuarded,
  listRevealedFields,
  mayReveal,
  type PruneContext,
  placeKey,
} from './find-denied-fields.ts'
import { listUses } from './list-uses.ts'
import { type Publication, readPublication } from './publication.ts'

const SCHEMA = buildSchema(`
  type Query { case(court: String = "none"): Case }
  interface Named { name: String }
  type Case { id: ID, court: String, person(name: String): Person, named: Named }
  type Person implements Named { id: ID, name: String, friend: Person }`)
const COMPLETE = readPublication(SCHEMA, '', undefined)
const RULED: Rule = { ...OPEN, scopes: [[['some:scope']]] }

describe('the denied fields of a leg', () => {
  it.each<[string, string, readonly string[], readonly [string, string][]]>([
    ['are none if no rule denies one', '{ id court }', [], []],
    [
      'are at their places',
      '{ id a: court b: court }',
      ['Case.court'],
      [
        ['Case.court', 'case.a'],
        ['Case.court', 'case.b'],
      ],
    ],
    ['are found below other fields', '{ person { name } }', ['Person.name'], [['Person.name', 'case.person.name']]],
    [
      'are found in fragments of a type',
      '{ named { ... on Person { name } } }',
      ['Person.name'],
      [['Person.name', 'case.named.name']],
    ],
    ['are found in fragments without a type', '{ ... { court } }', ['Case.court'], [['Case.court', 'case.court']]],
    ['are not those of another type', '{ named { name } }', ['Person.name'], []],
    [
      'are the field above a denied key of the gateway',
      '{ person { _iId: id name } }',
      ['Person.id'],
      [['Person.id', 'case.person']],
    ],
    [
      'are the client’s field above two keys of the gateway',
      '{ person { _iP: friend { _iId: id } } }',
      ['Person.id'],
      [['Person.id', 'case.person']],
    ],
    [
      'are the field of a client’s alias that the gateway renamed',
      '{ person { _iA_x: id } }',
      ['Person.id'],
      [['Person.id', 'case.person._iA_x']],
    ],
    ['are not the field above a key of the gateway that is not denied', '{ person { _iId: id } }', [], []],
  ])('%s', (_, selection, denied, expected) => {
    expect(deniedIn(selection, { denied })).toEqual(expected)
  })

  it('are the nearest field of the client above a denied key of the gateway', () => {
    const context = contextOf('{ x: id y: person { _iId: id } }', { denied: ['Person.id'] })
    const [denied, ...others] = [...findDeniedFields(listUses(context.field, COMPLETE), context)]
    expect(denied).toEqual([placeKey('Case', ['case', 'y']), { coordinate: 'Person.id', path: ['case', 'y'] }])
    expect(others).toEqual([])
  })

  it('are not those that the country does not publish', () => {
    const publication = readPublication(SCHEMA, 'HN', 'type Query { case: Case } type Case { id: ID }')
    expect(deniedIn('{ id court }', { denied: ['Case.court'], publication })).toEqual([])
  })

  it.each<[string, string, Partial<Situation>, readonly [string, string][]]>([
    [
      'an argument that reveals a denied field',
      '{ person(name: "x") { id } }',
      { denied: ['Person.name'] },
      [['Case.person(name:)', 'case.person']],
    ],
    [
      'a denied field rather than its argument',
      '{ person(name: "x") { id } }',
      { denied: ['Person.name', 'Case.person'] },
      [['Case.person', 'case.person']],
    ],
    ['no argument without a value', '{ person { id } }', { denied: ['Person.name'] }, []],
    ['no argument that reveals what the caller may read', '{ person(name: "x") { id } }', {}, []],
    [
      'an argument with a variable',
      '{ person(name: $name) { id } }',
      { denied: ['Person.name'], variables: { name: 'x' } },
      [['Case.person(name:)', 'case.person']],
    ],
    ['no argument with a variable without a value', '{ person(name: $name) { id } }', { denied: ['Person.name'] }, []],
    [
      'an argument that reveals a field which is not published',
      '{ person(name: "x") { id } }',
      {
        publication: readPublication(
          SCHEMA,
          'HN',
          'type Query { case: Case } type Case { person: Person } type Person { id: ID }',
        ),
      },
      [['Case.person(name:)', 'case.person']],
    ],
  ])('name %s', (_, selection, situation, expected) => {
    expect(deniedIn(selection, { ...situation, revealing: { 'Case.person(name:)': ['Person.name'] } })).toEqual(
      expected,
    )
  })

  it('name no argument that reveals a field which the domain does not have', () => {
    const revealing = { 'Case.person(name:)': ['Other.name'] }
    const publication = readPublication(SCHEMA, 'HN', 'type Query { case: Case } type Case { person: Person }')
    expect(deniedIn('{ person(name: "x") { _iId: id } }', { revealing, publication })).toEqual([])
  })

  it('name an argument if only the second of the fields that it reveals is denied', () => {
    const revealing = { 'Case.person(name:)': ['Person.id', 'Person.name'] }
    expect(deniedIn('{ person(name: "x") { _iA_y: __typename } }', { revealing, denied: ['Person.name'] })).toEqual([
      ['Case.person(name:)', 'case.person'],
    ])
  })
})

describe('the arguments of the top field', () => {
  const revealing = { 'Query.case(court:)': ['Case.court'] }

  it('are read as the client wrote them, because the gateway replaces some in the leg', () => {
    const context = contextOf('{ id }', { revealing })
    const written = topField('(court: "one") { id }')
    const definition = (SCHEMA.getType('Query') as GraphQLObjectType).getFields().case
    const spread = { node: written, definition } as TopField['spread']
    const [use] = listUses(context.field, COMPLETE)
    if (use === undefined || definition === undefined) throw new Error('expected a field')
    const withoutDefault = { ...definition, args: definition.args.map((one) => ({ ...one, defaultValue: undefined })) }
    const bare = { ...spread, node: topField('{ id }'), definition: withoutDefault } as TopField['spread']
    const fieldsOf = (one: TopField['spread']) =>
      listRevealedFields(use, { ...context, field: { ...context.field, spread: one } })
    expect(fieldsOf(spread)).toEqual([['Case', 'court']])
    expect(fieldsOf(bare)).toEqual([])
    expect(fieldsOf(null)).toEqual([['Case', 'court']])
  })
})

describe('the arguments of a field below the top field', () => {
  it('are its own', () => {
    const revealing = { 'Case.case(court:)': ['Case.court'], 'Case.person(name:)': ['Person.name'] }
    const context = contextOf('{ person { id } }', { revealing })
    const definition = (SCHEMA.getType('Query') as GraphQLObjectType).getFields().case
    const spread = { node: topField('(court: "one") { id }'), definition } as TopField['spread']
    const use = listUses(context.field, COMPLETE)[1]
    if (use === undefined) throw new Error('expected a use')
    expect(listRevealedFields(use, { ...context, field: { ...context.field, spread } })).toEqual([])
  })
})

it('the key of a place tells its path apart', () => {
  expect(placeKey('Case', ['a', 'bc'])).not.toBe(placeKey('Case', ['ab', 'c']))
})

describe('a field', () => {
  const revealing = { 'Case.person(name:)': ['Person.name'] }

  it.each<[string, string, readonly string[], boolean]>([
    ['is guarded by its own rule', '{ court }', ['Case.court'], true],
    [
      'is guarded by the rule of a field that its argument reveals',
      '{ person(name: "x") { id } }',
      ['Person.name'],
      true,
    ],
    [
      'is not guarded by the rule of a field that its argument does not reveal',
      '{ person { id } }',
      ['Person.name'],
      false,
    ],
    ['is not guarded without a rule', '{ court }', [], false],
  ])('%s', (_, selection, ruled, expected) => {
    const context = contextOf(selection, { revealing, denied: ruled })
    expect(listUses(context.field, COMPLETE).some((use) => isGuarded(use, context))).toBe(expected)
  })

  it('may reveal another one if one of its arguments does, whatever its value', () => {
    const context = contextOf('{ court person { id } }', { revealing })
    const revealingUses = listUses(context.field, COMPLETE).filter((use) => mayReveal(use, COMPLETE, context.view))
    expect(revealingUses.map(({ fieldName }) => fieldName)).toEqual(['person'])
  })

  it('without a definition reveals nothing', () => {
    const context = contextOf('{ __typename }', { revealing: { 'Case.__typename(name:)': ['Person.name'] } })
    const use = listUses(context.field, COMPLETE)[1]
    if (use === undefined) throw new Error('expected a use')
    expect(mayReveal(use, COMPLETE, context.view)).toBe(false)
    expect(listRevealedFields(use, context)).toEqual([])
  })
})

describe('the uses of a leg', () => {
  it('are the top field and each field below it, with their types and places', () => {
    const { field } = contextOf('{ a: court person { ... on Person { name } ...F } __typename { x } }', {})
    expect(
      listUses(field, COMPLETE).map(({ typeName, fieldName, path }) => [typeName, fieldName, path.join('.')]),
    ).toEqual([
      ['Query', 'case', 'case'],
      ['Case', 'court', 'case.a'],
      ['Case', 'person', 'case.person'],
      ['Person', 'name', 'case.person.name'],
      ['Case', '__typename', 'case.__typename'],
    ])
    expect(listUses(field, COMPLETE)).toBe(listUses(field, COMPLETE))
  })
})

interface Situation {
  readonly denied: readonly string[]
  readonly revealing: Readonly<Record<string, readonly string[]>>
  readonly publication: Publication
  readonly variables: Readonly<Record<string, unknown>>
}

/** Returns the coordinate and the place of each denied field, in the order of the selection. */
function deniedIn(selection: string, situation: Partial<Situation>): [string, string][] {
  const context = contextOf(selection, situation)
  const denied = findDeniedFields(listUses(context.field, context.publication), context)
  return [...denied.values()].map(({ coordinate, path }) => [coordinate, path.join('.')])
}

/** A field with a rule is a denied field here. */
function contextOf(selection: string, situation: Partial<Situation>): PruneContext {
  const { denied = [], revealing = {}, publication = COMPLETE, variables = {} } = situation
  const isDenied = (typeName: string, fieldName: string) => denied.includes(`${typeName}.${fieldName}`)
  const view = aDomainView({
    ruleOf: (typeName, fieldName) => (isDenied(typeName, fieldName) ? RULED : OPEN),
    denialOf: (typeName, fieldName) => (isDenied(typeName, fieldName) ? 'SCOPES' : null),
    revealedBy: (coordinate) => revealing[coordinate] ?? [],
  })
  const field = { node: topField(selection), typeName: 'Query', spread: null } as unknown as TopField
  const fetch = { keys: { prefix: '_i' } } as unknown as SpreadFetch
  return { fetch, field, publication, view, variables }
}

function topField(selection: string): FieldNode {
  const [operation] = parse(`query ($name: String) { case${selection} }`, { noLocation: true }).definitions
  const node = operation?.kind === 'OperationDefinition' ? operation.selectionSet.selections[0] : undefined
  if (node?.kind !== 'Field') throw new Error('expected a field')
  return node
}

import { buildSchema, type FieldNode, parse, print } from 'graphql'
import { describe, expect, it } from 'vitest'
import { placeKey } from './find-denied-fields.ts'
import { pruneSelection } from './prune-field.ts'
import { readPublication } from './publication.ts'

const SCHEMA = buildSchema(`
  type Query { case: Case }
  interface Named { name: String }
  type Case { id: ID, court: Court, judge: Court!, person: Named, people: [Person!]! }
  type Court implements Named { name: String, city: String! }
  type Person implements Named { name: String }`)
const COMPLETE = readPublication(SCHEMA, '', undefined)
const NOTHING_OF_COURTS = readPublication(
  SCHEMA,
  'HN',
  'type Query { case: Case } type Case { id: ID, court: Court, person: Named } type Person { name: String }',
)

describe('a top field', () => {
  it.each<[string, string, readonly [string, ...string[]][], string | null]>([
    ['without a denied field', '{ id court { name } }', [['Case', 'case', 'court']], '{ id }'],
    [
      'without a denied field below',
      '{ court { name city } }',
      [['Court', 'case', 'court', 'name']],
      '{ court { city } }',
    ],
    [
      'without the parent of a denied required field',
      '{ id court { city } }',
      [['Court', 'case', 'court', 'city']],
      '{ id }',
    ],
    [
      'without anything if a required field of it is denied',
      '{ id judge { name } }',
      [['Case', 'case', 'judge']],
      null,
    ],
    [
      'without anything if a chain of required fields is denied',
      '{ judge { city } }',
      [['Court', 'case', 'judge', 'city']],
      null,
    ],
    ['without anything if it is denied', '{ id }', [['Query', 'case']], null],
    [
      'with the gateway’s `__typename` in place of the last field',
      '{ court { name } }',
      [['Court', 'case', 'court', 'name']],
      '{ court { _iT: __typename } }',
    ],
    [
      'without the alias of a denied field, and with another',
      '{ a: court { name } b: court { name } }',
      [['Case', 'case', 'a']],
      '{ b: court { name } }',
    ],
    [
      'without a denied field in a fragment',
      '{ person { ... on Court { name city } ... on Person { name } } }',
      [['Court', 'case', 'person', 'name']],
      '{ person { ... on Court { city } ... on Person { name } } }',
    ],
    [
      'without the parent of a denied required field in a fragment',
      '{ id person { ... on Court { city } } }',
      [['Court', 'case', 'person', 'city']],
      '{ id }',
    ],
    [
      'without a denied field in a fragment without a type',
      '{ id ... { court { name } } }',
      [['Case', 'case', 'court']],
      '{ id ... { _iT: __typename } }',
    ],
  ])('goes %s', (_, selection, denied, expected) => {
    const { node, hasUnpublished } = prune(selection, denied)
    expect(node && print(node)).toBe(expected && print(topField(expected)))
    expect(hasUnpublished).toBe(false)
  })

  it('is the same node if nothing was taken out', () => {
    const node = topField('{ id court { name } ... on Case { person { ... on Court { name } } } }')
    const pruning = { publication: COMPLETE, denied: new Map(), typenameKey: '_iT' }
    expect(pruneSelection(node, 'Query', pruning)).toEqual({ node, hasUnpublished: false })
    expect(pruneSelection(node, 'Query', pruning).node).toBe(node)
  })

  it('keeps the parts that are not pruned', () => {
    const node = topField('{ id court { name } person { name } }')
    const pruned = prune('{ id court { name } person { name } }', [['Named', 'case', 'person', 'name']]).node
    expect(print(pruned ?? node)).toBe(print(topField('{ id court { name } person { _iT: __typename } }')))
  })

  it('keeps fragment spreads as they are', () => {
    expect(print(prune('{ id ...F }', [['Case', 'case', 'id']]).node ?? topField('{ id }'))).toBe(
      print(topField('{ ...F }')),
    )
  })

  it('keeps what has no definition, even if the country publishes only a part', () => {
    const pruning = { publication: NOTHING_OF_COURTS, denied: new Map(), typenameKey: '_iT' }
    const node = topField('{ ...F __typename { x } }')
    expect(pruneSelection(node, 'Query', pruning)).toEqual({ node, hasUnpublished: false })
  })

  it('goes without a field that the country does not publish', () => {
    const pruning = { publication: NOTHING_OF_COURTS, denied: new Map(), typenameKey: '_iT' }
    const { node, hasUnpublished } = pruneSelection(topField('{ id court { name } judge { name } }'), 'Query', pruning)
    expect(node && print(node)).toBe(print(topField('{ id court { _iT: __typename } }')))
    expect(hasUnpublished).toBe(true)
  })
})

function prune(selection: string, denied: readonly (readonly [string, ...string[]])[]) {
  const places = denied.map(([typeName, ...path]) => [placeKey(typeName, path), { coordinate: '', path }] as const)
  return pruneSelection(topField(selection), 'Query', {
    publication: COMPLETE,
    denied: new Map(places),
    typenameKey: '_iT',
  })
}

function topField(selection: string): FieldNode {
  const [operation] = parse(`{ case ${selection} }`, { noLocation: true }).definitions
  const node = operation?.kind === 'OperationDefinition' ? operation.selectionSet.selections[0] : undefined
  if (node?.kind !== 'Field') throw new Error('expected a field')
  return node
}

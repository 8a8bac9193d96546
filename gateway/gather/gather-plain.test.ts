import { Kind, type OperationDefinitionNode, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { Entity } from '../types/leg.ts'
import type { PlainFetch } from '../types/plan.ts'
import { gatherPlain } from './gather-plain.ts'

function fetchOf(query: string, more: Partial<PlainFetch> = {}): PlainFetch {
  const [definition] = parse(query).definitions
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error('expected an operation')
  return {
    mode: 'PLAIN',
    domain: 'goods',
    path: [],
    kind: 'query',
    query,
    variableNames: [],
    variableDefinitions: [],
    requires: null,
    inputRewrites: [],
    outputRewrites: [],
    contextRewrites: [],
    interfaceObjects: new Set(),
    selections: (definition as OperationDefinitionNode).selectionSet.selections,
    dependsOn: [],
    ...more,
  } as PlainFetch
}

describe('the path of a subgraph’s error', () => {
  it.each<[string, unknown, readonly unknown[]]>([
    ['stays if it names only what the fetch asked for', ['goods', 0, 'maker', 'name'], ['goods', 0, 'maker', 'name']],
    ['ends before a step that names something else', ['goods', 0, 'SECRET', 'name'], ['goods', 0]],
    ['is the path of the fetch if it names nothing that the fetch asked for', ['SECRET'], []],
    ['is the path of the fetch if it is not a list', { goods: 'SECRET' }, []],
  ])('%s', (_, path, expected) => {
    const fetch = fetchOf('{ goods { maker { ... on Maker { name } } } }')
    const answer = { kind: 'answered', data: { goods: null }, errors: [{ path }] } as const
    expect(gatherPlain(fetch, null, answer, {}).map((answerError) => answerError.path)).toEqual([expected])
  })
})

it('renames a key that the planner aliased back to its name, below each entity, in the data and in error paths', () => {
  const query =
    'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Good { any { ... on Pen { f__alias_0: f } } } } }'
  const goods = new Set(['Good'])
  const rename = { kind: 'KeyRenamer', path: [goods, 'any', new Set(['Pen']), 'f__alias_0'], renameKeyTo: 'f' } as const
  const object: Record<string, unknown> = {}
  const entity: Entity = { representation: {}, objects: [object], path: ['good'], context: {} }
  const data = { _entities: [{ any: { __typename: 'Pen', f__alias_0: 1 } }] }
  const errors = [{ path: ['_entities', 0, 'any', 'f__alias_0'] }]
  const fetch = fetchOf(query, { path: ['good'], requires: [], outputRewrites: [rename] })
  const answerErrors = gatherPlain(fetch, [entity], { kind: 'answered', data, errors }, {})
  expect(object).toEqual({ any: { __typename: 'Pen', f: 1 } })
  expect(answerErrors.map(({ path }) => path)).toEqual([['good', 'any', 'f']])
})

describe('the name of a type', () => {
  it('may be any value that a subgraph sends, and may come twice', () => {
    const name = { toString: 1, valueOf: null }
    const tree: Record<string, unknown> = { goods: { __typename: 'Good' } }
    const fetch = fetchOf('{ goods { __typename } }', { interfaceObjects: new Set(['Thing']) })
    const merge = (data: unknown): unknown => gatherPlain(fetch, null, { kind: 'answered', data, errors: [] }, tree)
    expect(merge({ goods: { __typename: name } })).toEqual([])
    expect(merge({ goods: { __typename: 'Good' } })).toEqual([])
    expect(merge({ goods: { __typename: 'Thing' } })).toEqual([])
    expect(tree).toEqual({ goods: { __typename: 'Good' } })
  })
})

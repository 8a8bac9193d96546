import { Kind, type OperationDefinitionNode, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { LegAnswer } from '../types/flow.ts'
import type { Entity } from '../types/leg.ts'
import type { PlainFetch, Rewrite } from '../types/plan.ts'
import { applyRewrite, gatherPlain } from './gather-plain.ts'

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
  const entity: Entity = { representation: {}, objects: [object], paths: [['good']], context: {} }
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

describe('the name of an interface object', () => {
  it.each<[string, Record<string, unknown>, object, object]>([
    ['replaces no name of a type', { __typename: 'Good' }, { __typename: 'Thing' }, { __typename: 'Good' }],
    ['is set if there is no name yet', {}, { __typename: 'Thing' }, { __typename: 'Thing' }],
    ['may be the value of another field', { name: 'x' }, { name: 'Thing' }, { name: 'Thing' }],
    ['may be the first value of another field', {}, { name: 'Thing' }, { name: 'Thing' }],
    ['is replaced by the name of a type', { __typename: 'Thing' }, { __typename: 'Good' }, { __typename: 'Good' }],
  ])('%s', (_, tree, data, expected) => {
    const fetch = fetchOf('{ __typename }', { interfaceObjects: new Set(['Thing']) })
    gatherPlain(fetch, null, { kind: 'answered', data, errors: [] } as LegAnswer, tree)
    expect(tree).toEqual(expected)
  })
})

describe('the answer of a plain subgraph', () => {
  it.each<[string, Record<string, unknown>, unknown, object]>([
    ['adds what is missing', { goods: { a: 1 } }, { goods: { b: 2 } }, { goods: { a: 1, b: 2 } }],
    ['replaces a value', { a: 1 }, { a: 2 }, { a: 2 }],
    ['adds a null', {}, { a: null }, { a: null }],
    ['replaces nothing by a null', { a: { b: 1 }, c: [1] }, { a: null, c: null }, { a: { b: 1 }, c: [1] }],
    [
      'merges lists of equal length',
      { a: [{ b: 1 }, null] },
      { a: [{ c: 1 }, { c: 2 }] },
      { a: [{ b: 1, c: 1 }, { c: 2 }] },
    ],
    ['replaces a list of another length', { a: [{ b: 1 }] }, { a: [] }, { a: [] }],
    ['replaces a list by a longer one', { a: [{ b: 1 }] }, { a: [{ c: 1 }, {}] }, { a: [{ c: 1 }, {}] }],
    ['replaces a list by an object', { a: [1] }, { a: { 0: 2 } }, { a: { 0: 2 } }],
    ['replaces an object by a list', { a: { 0: 2 } }, { a: [1] }, { a: [1] }],
    ['is ignored if it is not an object', { a: 1 }, [2], { a: 1 }],
    ['is ignored if it is null', { a: 1 }, null, { a: 1 }],
    ['does not change a prototype', {}, JSON.parse('{ "__proto__": { "a": 1 }, "b": 1 }'), { b: 1 }],
    ['adds members that a prototype has', {}, { constructor: 1 }, { constructor: 1 }],
  ])('%s', (_, tree, data, expected) => {
    expect(gatherPlain(fetchOf('{ a }'), null, { kind: 'answered', data, errors: [] }, tree)).toEqual([])
    expect(tree).toEqual(expected)
    expect(Object.getPrototypeOf(tree)).toBe(Object.prototype)
  })

  it('is copied, so that later changes do not reach other objects', () => {
    const [one, two]: [Record<string, unknown>, Record<string, unknown>] = [{}, {}]
    const entity: Entity = { representation: {}, objects: [one, two], paths: [[]], context: {} }
    const data = { _entities: [{ a: { b: 1 }, c: [{ d: 1 }] }] }
    gatherPlain(fetchOf('{ a }'), [entity], { kind: 'answered', data, errors: [] }, {})
    expect([one, two]).toEqual([data._entities[0], data._entities[0]])
    expect(one.a).not.toBe(two.a)
    expect(one.c).not.toBe(two.c)
  })

  it.each<[string, unknown]>([
    ['no list', {}],
    ['a list that a prototype has', Object.create({ _entities: [{ a: 1 }] })],
    ['another value', { _entities: { 0: { a: 1 }, length: 1 } }],
    ['a list of another length', { _entities: [{ a: 1 }, { a: 2 }] }],
  ])('with %s in place of entities is a bad answer at each of them', (_, data) => {
    const object = {}
    const entity: Entity = { representation: {}, objects: [object], paths: [['goods', 0]], context: {} }
    expect(gatherPlain(fetchOf('{ a }'), [entity], { kind: 'answered', data, errors: [] }, {})).toEqual([
      { code: 'BAD_ANSWER', country: null, coordinate: null, path: ['goods', 0] },
    ])
    expect(object).toEqual({})
  })

  it('with errors and no entities has only its own errors', () => {
    const entity: Entity = { representation: {}, objects: [{}], paths: [['goods', 0]], context: {} }
    const answer = { kind: 'answered', data: null, errors: [{ path: ['_entities', 0] }] } as const
    const fetch = fetchOf('{ _entities { a } }')
    expect(gatherPlain(fetch, [entity], answer, {})).toEqual([
      { code: 'SUBGRAPH_ERROR', country: null, coordinate: null, path: ['goods', 0] },
    ])
  })

  it('leaves an entity unchanged if its item is not an object', () => {
    const [one, two]: [object, object] = [{ a: 0 }, {}]
    const entities = [one, two].map(
      (object): Entity => ({
        representation: {},
        objects: [object as Record<string, unknown>],
        paths: [[]],
        context: {},
      }),
    )
    gatherPlain(fetchOf('{ a }'), entities, { kind: 'answered', data: { _entities: [null, { a: 1 }] }, errors: [] }, {})
    expect([one, two]).toEqual([{ a: 0 }, { a: 1 }])
  })

  it('that failed is an error at each top field', () => {
    const failed = { kind: 'failed', outcome: { reach: 'TIMED_OUT', code: null } } as const
    const errors = gatherPlain(fetchOf('{ a other: b ... on Query { c } }'), null, failed, {})
    expect(errors).toEqual(
      ['a', 'other'].map((key) => ({ code: 'TIMED_OUT', country: null, coordinate: null, path: [key] })),
    )
  })

  it('that failed is an error at each entity', () => {
    const failed = { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'CONNECTION' } } as const
    const entities = [0, 1].map(
      (i): Entity => ({ representation: {}, objects: [], paths: [['goods', i]], context: {} }),
    )
    expect(gatherPlain(fetchOf('{ a }'), entities, failed, {}).map(({ code, path }) => [code, path])).toEqual([
      ['UNAVAILABLE', ['goods', 0]],
      ['UNAVAILABLE', ['goods', 1]],
    ])
  })
})

describe('a rewrite of an answer', () => {
  const goods = new Set(['Good'])
  const set = (path: Rewrite['path']): Rewrite => ({ kind: 'ValueSetter', path, value: 9 })
  const rename = (path: Rewrite['path']): Rewrite => ({ kind: 'KeyRenamer', path, renameKeyTo: 'z' })

  it.each<[string, unknown, Rewrite, unknown]>([
    ['sets a value', { a: 1 }, set(['a']), { a: 9 }],
    ['sets a value that is missing', {}, set(['a']), { a: 9 }],
    ['renames a key', { a: 1 }, rename(['a']), { z: 1 }],
    ['renames no key that is missing', {}, rename(['a']), {}],
    ['renames no member of a prototype', {}, rename(['constructor']), {}],
    ['goes down', { a: { b: 1 } }, set(['a', 'b']), { a: { b: 9 } }],
    ['goes down to no member of a prototype', {}, set(['constructor', 'b']), {}],
    ['goes into each item of a list', { a: [{ b: 1 }, { b: 2 }] }, set(['a', 'b']), { a: [{ b: 9 }, { b: 9 }] }],
    ['ignores what is not an object', { a: 1 }, set(['a', 'b']), { a: 1 }],
    ['ignores null', { a: null }, set(['a', 'b']), { a: null }],
    ['changes an object of its type', { __typename: 'Good' }, set([goods, 'a']), { __typename: 'Good', a: 9 }],
    ['changes no object of another type', { __typename: 'Pen' }, set([goods, 'a']), { __typename: 'Pen' }],
    ['changes an object without a type', {}, set([goods, 'a']), { a: 9 }],
    ['changes nothing without a path', { a: 1 }, set([]), { a: 1 }],
    ['changes nothing if its path ends with a type', { a: 1 }, set([goods]), { a: 1 }],
  ])('%s', (_, target, rewrite, expected) => {
    applyRewrite(target, rewrite, rewrite.path)
    expect(target).toEqual(expected)
    expect(Object.hasOwn(Object, 'b')).toBe(false)
  })

  it('goes down to no object that a prototype has', () => {
    const inherited = {}
    applyRewrite(Object.create({ a: inherited }), set(['a', 'b']), ['a', 'b'])
    expect(inherited).toEqual({})
  })

  it('that renames a key renames it in the place of an error too, even if another rewrite sets its value', () => {
    const fetch = fetchOf('{ a }', { outputRewrites: [set(['a']), rename(['a'])] })
    const answer = { kind: 'answered', data: null, errors: [{ path: ['a'] }] } as const
    expect(gatherPlain(fetch, null, answer, {}).map(({ path }) => path)).toEqual([['z']])
  })

  it('begins at the root of the answer in a root fetch', () => {
    const tree = {}
    const fetch = fetchOf('{ a }', { outputRewrites: [rename(['a'])] })
    gatherPlain(fetch, null, { kind: 'answered', data: { a: 1 }, errors: [] }, tree)
    expect(tree).toEqual({ z: 1 })
  })
})

describe('the place of a subgraph’s error', () => {
  it.each<[string, unknown, ...(readonly unknown[])[]]>([
    ['is that of the entity', ['_entities', 1, 'maker'], ['goods', 1, 'maker']],
    ['keeps the indices of lists', ['_entities', 0, 'tags', 3], ['goods', 0, 'tags', 3]],
    ['ends before an index below 0', ['_entities', 0, 'tags', -1], ['goods', 0, 'tags']],
    ['ends before a number with a fraction', ['_entities', 0, 'tags', 0.5], ['goods', 0, 'tags']],
    ['is that of each entity if there is no such entity', ['_entities', 2, 'maker'], ['goods', 0], ['goods', 1]],
    ['is that of each entity if it begins with an index', [0, '_entities'], ['goods', 0], ['goods', 1]],
    ['is that of each entity if it is missing', undefined, ['goods', 0], ['goods', 1]],
    ['has the alias of a field', ['_entities', 0, 'other'], ['goods', 0, 'other']],
    ['does not have the name of a field with an alias', ['_entities', 0, 'price'], ['goods', 0]],
  ])('%s', (_, path, ...expected) => {
    const fetch = fetchOf('{ _entities { ... on Good { maker tags other: price } } }', { path: ['goods', '@'] })
    const entities = [0, 1].map(
      (i): Entity => ({ representation: {}, objects: [{}], paths: [['goods', i]], context: {} }),
    )
    const answer = { kind: 'answered', data: { _entities: [{}, {}] }, errors: [{ path }] } as const
    expect(gatherPlain(fetch, entities, answer, {})).toEqual(
      expected.map((at) => ({ code: 'SUBGRAPH_ERROR', country: null, coordinate: null, path: at })),
    )
  })
})

describe('the place of an error of a root fetch', () => {
  it.each<[string, string, unknown, readonly unknown[]]>([
    ['is below the entities if it names one', '{ _entities { a } }', ['_entities', 0, 'a'], ['a']],
    [
      'ends before a field of a named fragment',
      '{ goods { ...F } } fragment F on Good { a }',
      ['goods', 'a'],
      ['goods'],
    ],
    ['ends at a field without selections', '{ goods }', ['goods', 'a'], ['goods']],
  ])('%s', (_, query, path, expected) => {
    const answer = { kind: 'answered', data: null, errors: [{ path }] } as const
    expect(gatherPlain(fetchOf(query), null, answer, {}).map((one) => one.path)).toEqual([expected])
  })
})

import { buildSchema, type DocumentNode, Kind, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { bindObject } from '../plan/bind/bind-operation.ts'
import { createSchemaBinder } from '../plan/bind/schema-binder.ts'
import { compileObject } from '../plan/shapes/compile-shape.ts'
import type { ObjectShape } from '../types/shape.ts'
import { formatErrors } from './errors.ts'
import { shapeAnswer } from './shape.ts'

const schema = buildSchema(`
  type Query { a: A list: [A!] holes: [A] must: A! any: U ids: [ID!]! some: Some }
  interface Some { n: Int }
  type A implements Some { n: Int s: String! deep: A deeper: A! }
  type B { t: String }
  union U = A | B
`)

function shapeOf(source: string): ObjectShape {
  const document: DocumentNode = parse(source)
  const [operation] = document.definitions
  const type = schema.getQueryType()
  if (operation?.kind !== Kind.OPERATION_DEFINITION || !type) throw new Error('expected an operation')
  const planned = compileObject(type, [operation.selectionSet], {
    schema,
    fragments: new Map(),
    outKey: (key) => (key.startsWith('_i') ? null : key),
    interfaceObjects: new Set(['Some']),
  })
  return bindObject(planned, createSchemaBinder(schema, false))
}

describe('the answer', () => {
  it.each([
    [
      'has the keys in the order of the operation',
      '{ b: a { s n } a { n } }',
      { a: { n: 1 }, b: { n: 2, s: 'x' } },
      { b: { s: 'x', n: 2 }, a: { n: 1 } },
    ],
    ['has null if no value came', '{ a { n } }', {}, { a: null }],
    ['answers __typename at the root', '{ t: __typename a { n } }', { a: null }, { t: 'Query', a: null }],
    [
      'has nothing that the operation did not ask for',
      '{ a { n } }',
      { a: { n: 1, s: 'x' }, list: [] },
      { a: { n: 1 } },
    ],
    ['has no gateway keys', '{ a { _iT: __typename n } }', { a: { _iT: 'A', n: 1 } }, { a: { n: 1 } }],
    [
      'keeps holes in a list that may have them',
      '{ holes { n } }',
      { holes: [null, { n: 1 }] },
      { holes: [null, { n: 1 }] },
    ],
    [
      'takes a union by its type',
      '{ any { __typename ... on B { t } ... on A { n } } }',
      { any: { __typename: 'B', t: 'x', n: 1 } },
      { any: { __typename: 'B', t: 'x' } },
    ],
  ])('%s', (_, source, tree, data) => {
    const shaped = shapeAnswer(shapeOf(source), tree)
    expect(JSON.stringify(shaped.data)).toBe(JSON.stringify(data))
    expect(shaped.missing).toEqual([])
  })

  it('does not name an interface as a runtime type if no subgraph answered the runtime type', () => {
    const withType = { some: { __typename: 'A', n: 1 } }
    const withoutType = { some: { __typename: 'Some', n: 1 } }
    const source = '{ some { __typename n } }'
    expect(shapeAnswer(shapeOf(source), withType)).toEqual({
      data: { some: { __typename: 'A', n: 1 } },
      missing: [],
      denied: [],
    })
    const { data, missing } = shapeAnswer(shapeOf(source), withoutType)
    expect([data, missing.map(({ path }) => path.join('.'))]).toEqual([{ some: null }, ['some.__typename']])
    expect(shapeAnswer(shapeOf('{ some { n } }'), withoutType)).toEqual({
      data: { some: { n: 1 } },
      missing: [],
      denied: [],
    })
  })

  it.each([
    [
      'to the nearest nullable parent',
      '{ a { deep { s } n } }',
      { a: { deep: { s: null }, n: 1 } },
      { a: { deep: null, n: 1 } },
      ['a.deep.s'],
    ],
    ['through a list of required items', '{ list { s } }', { list: [{ s: 'x' }, {}] }, { list: null }, ['list.1.s']],
    [
      'to a hole in a list',
      '{ holes { s } }',
      { holes: [{ s: 'x' }, {}] },
      { holes: [{ s: 'x' }, null] },
      ['holes.1.s'],
    ],
    ['to the root', '{ must { s } }', { must: {} }, null, ['must.s']],
    ['from a number that is not an Int', '{ a { n } }', { a: { n: 1.5 } }, { a: { n: null } }, ['a.n']],
    ['from an object in place of a scalar', '{ a { s } }', { a: { s: {} } }, { a: null }, ['a.s']],
  ])('propagates a null %s', (_, source, tree, data, places) => {
    const shaped = shapeAnswer(shapeOf(source), tree)
    expect(shaped.data).toEqual(data)
    expect(shaped.missing.map(({ path }) => path.join('.'))).toEqual(places)
  })
})

describe('errors', () => {
  const answerError = (country: string, path: string[]) =>
    ({ code: 'UNAVAILABLE', country, coordinate: 'Person.names', path }) as const

  it('are one per country, coordinate and position', () => {
    const errors = formatErrors(
      [answerError('HN', ['a']), answerError('HN', ['a']), answerError('SV', ['a']), answerError('HN', ['b'])],
      (key) => key,
    )
    expect(errors.map((error) => [error.path, error.extensions?.country])).toEqual([
      [['a'], 'HN'],
      [['a'], 'SV'],
      [['b'], 'HN'],
    ])
  })

  it('name the client’s keys and never a gateway key', () => {
    const errors = formatErrors([answerError('HN', ['_iA_id']), answerError('HN', ['_iId'])], (key) =>
      key.startsWith('_iA_') ? key.slice(4) : key.startsWith('_i') ? null : key,
    )
    expect(errors.map((error) => error.path)).toEqual([['id']])
  })

  it('are in the order of their paths, with indices as numbers', () => {
    const paths = [['a', 10], ['a', 2], ['a'], ['a', 2, 'b'], ['B']]
    const errors = formatErrors(
      paths.map((path) => ({ code: 'UNAVAILABLE', country: 'HN', coordinate: 'A.b', path })),
      (key) => key,
    )
    expect(errors.map(({ path }) => path?.join('.'))).toEqual(['B', 'a', 'a.2', 'a.2.b', 'a.10'])
  })

  it('say how many rows were dropped', () => {
    const dropped = { code: 'ROWS_DROPPED', country: 'HN', coordinate: 'A.b', path: ['a'], count: 3 } as const
    expect(formatErrors([dropped], (key) => key)[0]?.extensions).toEqual({
      code: 'ROWS_DROPPED',
      country: 'HN',
      coordinate: 'A.b',
      count: 3,
    })
  })

  it('end with ERRORS_CUT if a step before has left some out', () => {
    const cut = { code: 'ERRORS_CUT', country: null, coordinate: null, path: [] } as const
    const errors = formatErrors([answerError('HN', ['a']), cut, cut], (key) => key)
    expect(errors.map(({ path, extensions }) => [path, extensions?.code])).toEqual([
      [['a'], 'UNAVAILABLE'],
      [undefined, 'ERRORS_CUT'],
    ])
  })

  it('are at most 100, and one more that says so', () => {
    const many = Array.from({ length: 150 }, (_, i) => answerError('HN', [`p${i}`]))
    const errors = formatErrors(many, (key) => key)
    expect(errors).toHaveLength(101)
    expect(errors.at(-1)?.extensions?.code).toBe('ERRORS_CUT')
  })
})

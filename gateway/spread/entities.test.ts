import { describe, expect, it } from 'vitest'
import type { RequiredSelection } from '../types/plan.ts'
import { entitiesAt } from './entities.ts'

const field = (key: string, selections: readonly RequiredSelection[] | null = null, name = key): RequiredSelection => ({
  kind: 'field',
  key,
  name,
  selections,
})
const on = (types: readonly string[] | null, ...selections: RequiredSelection[]): RequiredSelection => ({
  kind: 'fragment',
  types: types && new Set(types),
  selections,
})
const TYPENAME = field('_iT', null, '__typename')

describe('the entities of a fetch', () => {
  it.each<[string, unknown, readonly string[]]>([
    ['are at the end of a path of keys', { a: { b: { _iT: 'Case', id: '1' } } }, ['a', 'b']],
    ['are in each item of a list', { a: [null, { _iT: 'Case', id: '1' }] }, ['a', '@']],
    ['are in lists of lists', { a: [[{ _iT: 'Case', id: '1' }], null, []] }, ['a', '@', '@']],
  ])('%s', (_, tree, path) => {
    const found = listAt(tree, path)
    expect(found.map(({ representation }) => representation)).toEqual([{ __typename: 'Case', id: '1' }])
  })

  it.each<[string, unknown, readonly string[]]>([
    ['below a key that is missing', {}, ['a']],
    ['below a member of a prototype', {}, ['constructor']],
    ['below null', { a: null }, ['a', 'b']],
    ['below a text', { a: 'text' }, ['a', 'length']],
    ['in a list that the path does not enter', { a: [{ _iT: 'Case', id: '1' }] }, ['a']],
    ['below a key of a list', { a: [{ _iT: 'Case', id: '1' }] }, ['a', '0']],
    ['in the items of an object', { a: { 0: { _iT: 'Case', id: '1' } } }, ['a', '@']],
    ['without a type', { a: { id: '1' } }, ['a']],
    ['without a type that is a text', { a: { _iT: 5, id: '1' } }, ['a']],
    ['without a part that they need', { a: { _iT: 'Case' } }, ['a']],
  ])('are not %s', (_, tree, path) => {
    expect(listAt(tree, path)).toEqual([])
  })

  it('are at their place, with list indices', () => {
    const tree = { a: [{ b: { _iT: 'Case', id: '1' } }, { b: { _iT: 'Case', id: '2' } }] }
    expect(listAt(tree, ['a', '@', 'b']).flatMap(({ paths }) => paths)).toEqual([
      ['a', 0, 'b'],
      ['a', 1, 'b'],
    ])
  })

  it('are listed twice if they take different values from the objects above them', () => {
    const tree = {
      a: [
        { c: 1, b: { _iT: 'Case', id: '1' } },
        { c: 2, b: { _iT: 'Case', id: '1' } },
      ],
    }
    const rewrites = [{ kind: 'KeyRenamer', path: ['..', 'c'], renameKeyTo: 'v' }] as const
    const entities = entitiesAt(tree, ['a', '@', 'b'], [TYPENAME, field('id')], '_iT', rewrites)
    expect(entities.map(({ context }) => context)).toEqual([{ v: 1 }, { v: 2 }])
  })
})

describe('a representation', () => {
  it.each<[string, object, readonly RequiredSelection[], object | undefined]>([
    ['keeps null and other values', { a: null, b: [1] }, [field('a'), field('b')], { a: null, b: [1] }],
    ['has a nested part', { a: { b: 1, c: 2 } }, [field('a', [field('b')])], { a: { b: 1 } }],
    [
      'has a nested part of each item',
      { a: [{ b: 1, c: 2 }, null] },
      [field('a', [field('b')])],
      { a: [{ b: 1 }, null] },
    ],
    ['has null in place of an incomplete nested part', { a: {} }, [field('a', [field('b')])], { a: null }],
    ['keeps a nested value that is not an object', { a: 'x' }, [field('a', [field('b')])], { a: 'x' }],
    [
      'has null in place of a nested part of another type',
      { a: { _iT: 'Person', b: 1 } },
      [field('a', [on(['Case'], field('b'))])],
      { a: null },
    ],
    ['has a part of its type', { b: 1 }, [on(['Case'], field('b'))], { b: 1 }],
    ['has no part of another type', { b: 1 }, [on(['Person'], field('b'))], {}],
    ['has a part of each type', { b: 1 }, [on(null, field('b'))], { b: 1 }],
    ['is not made if a part of its type is incomplete', {}, [on(['Case'], field('b'))], undefined],
  ])('%s', (_, object, requires, expected) => {
    const [entity] = entitiesAt({ a: { _iT: 'Case', ...object } }, ['a'], [TYPENAME, ...requires], '_iT')
    expect(entity?.representation).toEqual(expected && { __typename: 'Case', ...expected })
  })

  it.each([
    ['`__typename` if the gateway’s key is missing', { __typename: 'Person', b: 1 }, {}],
    ['the gateway’s key', { _iT: 'Case', __typename: 'Person', b: 1 }, { b: 1 }],
    ['no type, and so has the parts of all types', { b: 1 }, { b: 1 }],
  ])('is of the type in %s', (_, object, part) => {
    const requires = [field('t', null, '__typename'), on(['Case'], field('b'))]
    const [entity] = entitiesAt({ a: { t: 'Case', ...object } }, ['a'], requires, '_iT')
    expect(entity?.representation).toEqual({ __typename: 'Case', ...part })
  })
})

function listAt(tree: unknown, path: readonly string[]) {
  return entitiesAt(tree as Record<string, unknown>, path, [TYPENAME, field('id')], '_iT')
}

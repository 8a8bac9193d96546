import { expect, it } from 'vitest'
import { MAX_ISSUES } from './findings.ts'
import { listDeniedPlaces } from './read-leg.ts'

const at = (value: unknown, ...path: string[]) =>
  listDeniedPlaces([{ coordinate: 'Case.court', path: ['cases', ...path] }], value).map((issue) => issue.path)

it.each<[string, unknown, string[], unknown[]]>([
  ['in the object itself', { court: null }, ['court'], [['court']]],
  [
    'in each row of a list',
    { edges: [{ node: { court: null } }, { node: { court: null } }] },
    ['edges', 'node', 'court'],
    [
      ['edges', 0, 'node', 'court'],
      ['edges', 1, 'node', 'court'],
    ],
  ],
  ['in each item of a list at the top', [{ court: null }, null], ['court'], [[0, 'court']]],
  ['not in a row that is null', { edges: [null, { node: null }] }, ['edges', 'node', 'court'], []],
  ['not in an object of another type', { court: null }, ['narrative'], []],
  ['in no row of an empty list', { edges: [] }, ['edges', 'node', 'court'], []],
  ['not in a part that is null', null, ['court'], []],
])('a denied field leaves a place without a value %s', (_, value, path, expected) => {
  expect(at(value, ...path)).toEqual(expected)
})

it('has not many more places than an answer has errors', () => {
  const edges = Array.from({ length: 500 }, () => ({ court: null }))
  expect(at({ edges }, 'edges', 'court')).toHaveLength(MAX_ISSUES)
})

import { describe, expect, it } from 'vitest'
import type { AnswerError } from '../types/flow.ts'
import { placeDenials } from './place-denials.ts'
import { explainMissing } from './shape.ts'

const denial = (...path: (string | number)[]): AnswerError => {
  return { code: 'UNAUTHORIZED_FIELD_OR_TYPE', country: null, coordinate: 'Case.court', path }
}
const outKey = (key: string): string | null => (key.startsWith('_iA_') ? key.slice(4) : key)

describe('an error about a field that the caller may not read', () => {
  const COURT = ['cases', 'edges', 'node', 'court']

  it.each<[string, unknown, string[], unknown[]]>([
    ['at the field', { case: { court: null } }, ['case', 'court'], [['case', 'court']]],
    [
      'at the field in each row',
      { cases: { edges: [{ node: { court: null } }, { node: { court: null } }] } },
      COURT,
      [0, 1].map((i) => ['cases', 'edges', i, 'node', 'court']),
    ],
    [
      'only in rows of the type that has the field',
      { cases: { edges: [{ node: { court: null } }, { node: { title: 'x' } }] } },
      COURT,
      [['cases', 'edges', 0, 'node', 'court']],
    ],
    ['at the list if the list is empty', { cases: { edges: [] } }, COURT, [['cases', 'edges']]],
    [
      'at the field whose null propagated to the object above',
      { cases: { edges: [{ node: null }, { node: null }] } },
      COURT,
      [0, 1].map((i) => ['cases', 'edges', i, 'node', 'court']),
    ],
    ['at the field, without indices of a list that is null', { cases: null }, COURT, [COURT]],
    [
      'only where the object above is there, if it is in one row and null in another',
      { cases: { edges: [{ node: null }, { node: { court: null } }] } },
      COURT,
      [['cases', 'edges', 1, 'node', 'court']],
    ],
    ['at its alias', { case: { id: null } }, ['case', '_iA_id'], [['case', 'id']]],
    ['at the field without indices if there is no data', null, COURT, [COURT]],
  ])('is %s', (_, data, path, expected) => {
    expect(
      placeDenials([denial(...path)], { data: data as never, denied: [] }, outKey).map((error) => error.path),
    ).toEqual(expected)
  })

  it('is where the shape of the answer says, by the type that has the field', () => {
    const data = { cases: { edges: [{ node: { court: 'x' } }, { node: { court: null } }] } }
    const path = ['cases', 'edges', 1, 'node', 'court']
    const placed = placeDenials([denial(...COURT)], { data, denied: [{ path, coordinate: 'Case.court' }] }, outKey)
    expect(placed.map((error) => error.path)).toEqual([path])
  })

  it('is listed not much more often than an answer reports', () => {
    const edges = Array.from({ length: 1_000 }, () => ({ node: { court: null } }))
    const many = Array.from({ length: 50 }, () => denial(...COURT))
    expect(placeDenials(many, { data: { cases: { edges } }, denied: [] }, outKey)).toHaveLength(101)
  })
})

describe('a required value that is missing', () => {
  const missing = [{ path: ['list', 1, 's'], coordinate: 'A.s' }]

  it.each<[string, AnswerError[], AnswerError[], number]>([
    ['has an error', [], [], 1],
    ['has no second error if one is at it', [denial('list', 1, 's')], [], 0],
    ['has no second error if one is below it', [denial('list', 1, 's', 't', 0)], [], 0],
    ['has an error if another row has one', [denial('list', 0, 's')], [], 1],
    ['has an error if the list has one', [denial('list')], [], 1],
    ['has no second error if the caller may not read the field in any row', [], [denial('list', 's')], 0],
  ])('%s', (_, errors, denials, count) => {
    expect(explainMissing(missing, errors, denials, outKey)).toHaveLength(count)
  })
})

import { describe, expect, it } from 'vitest'
import { listOperations } from './list-operations.ts'

const listed = (source: string) =>
  listOperations(source).map(({ asked, planned, removedFields }) => {
    expect([asked?.source, planned, removedFields.size]).toEqual([source, null, 0])
    return [asked?.operationName, asked?.conditions]
  })

describe('a trusted document', () => {
  it.each<[string, string, unknown]>([
    ['without a name is asked without one', '{ a }', [[undefined, {}]]],
    [
      'with one operation is asked with its name and without',
      'query A { a }',
      [
        [undefined, {}],
        ['A', {}],
      ],
    ],
    [
      'with two operations is asked with a name',
      'query A { a } query B { b }',
      [
        ['A', {}],
        ['B', {}],
      ],
    ],
    [
      'with a condition is asked with each value',
      'query ($x: Boolean!) { a @include(if: $x) }',
      [
        [undefined, { x: false }],
        [undefined, { x: true }],
      ],
    ],
    [
      'with two conditions is asked with each pair, whose names are sorted',
      'query ($y: Boolean!, $x: Boolean!) { a @skip(if: $y) ...F } fragment F on Query { b @include(if: $x) }',
      [false, true].flatMap((x) => [false, true].map((y) => [undefined, { x, y }])),
    ],
    [
      'with many conditions is left to the hot list',
      'query ($x: Boolean!, $y: Boolean!, $z: Boolean!) { a @skip(if: $x) b @skip(if: $y) c @skip(if: $z) }',
      [],
    ],
    ['with a condition that is no variable has none', '{ a @include(if: true) }', [[undefined, {}]]],
  ])('%s', (_, source, expected) => {
    expect(listed(source)).toEqual(expected)
  })
})

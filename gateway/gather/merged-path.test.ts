import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Outcome } from '../../contract/outcome.ts'
import type { Page } from '../types/leg.ts'
import type { ConnectionMerge, ObjectMerge } from '../types/merge.ts'
import type { CountryPart } from './merge-connection.ts'
import { mapPaths } from './merged-path.ts'
import { mergeParts } from './place-fields.ts'

const ANSWERED: Outcome = { reach: 'ANSWERED', code: null }
const DOWN: Outcome = { reach: 'UNAVAILABLE', code: 'CONNECTION' }
const CONNECTION: ConnectionMerge = {
  kind: 'CONNECTION',
  typeName: 'CaseConnection',
  typename: [],
  edges: [
    { key: 'edges', cursors: ['cursor'] },
    { key: 'again', cursors: [] },
  ],
  pageInfo: [],
  outcomes: [],
  gatewayKeys: { edges: 'edges', cursor: '_c', page: '_p', hasNext: '_n', hasPrevious: '_b' },
}
const LISTS = {
  kind: 'OBJECT',
  typeName: 'Counts',
  typename: [],
  fields: [
    { key: 'rows', coordinate: 'Counts.rows', rule: 'JOIN' },
    { key: 'sum', coordinate: 'Counts.sum', rule: 'SUM' },
    {
      key: 'below',
      coordinate: 'Counts.below',
      rule: {
        kind: 'OBJECT',
        typeName: 'Below',
        typename: [],
        fields: [{ key: 'rows', coordinate: 'Below.rows', rule: 'JOIN' }],
        outcomes: [],
      },
    },
  ],
  outcomes: [],
} as unknown as ObjectMerge

/** What each country answers: the keys of its rows, whether it has a next page, whether it is down. */
const answers = fc.dictionary(
  fc.constantFrom('GT', 'HN', 'PA', 'SV'),
  fc.record({
    keys: fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { maxLength: 5 }),
    hasNext: fc.boolean(),
    isDown: fc.boolean(),
  }),
  { noNullPrototype: true },
)

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((object, step) => (object as Record<string | number, unknown>)?.[step], value)
}

describe('a place in a country’s part', () => {
  it('of a connection is the place of the same row on the merged page, or of none if the row is not on it', () => {
    fc.assert(
      fc.property(answers, fc.integer({ min: 0, max: 6 }), (answered, first) => {
        const page: Page = { order: 'ID_ASC', first, after: null, base: null, silent: {} }
        const parts = Object.entries(answered)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([country, { keys, hasNext, isDown }]): CountryPart => {
            if (isDown) return { country, outcome: DOWN, value: null }
            const edges = keys
              .toSorted()
              .map((key) => ({ _c: { key: String(key), id: `${country}:${key}` }, node: `${country}:${key}` }))
            const info = { _n: hasNext, _b: false }
            return {
              country,
              outcome: ANSWERED,
              value: { edges, again: edges, _c: edges.at(-1)?._c ?? null, _p: info },
            }
          })
        const { value } = mergeParts(CONNECTION, parts, page)
        const mapPath = mapPaths(CONNECTION, parts, page)
        const shown = (value.edges as { node: string }[]).map(({ node }) => node)
        for (const part of parts) {
          expect(mapPath(['edges'], part)).toEqual(['edges'])
          expect(mapPath([], part)).toEqual([])
          const edges = (part.value?.again ?? []) as { node: string }[]
          for (const [i, { node }] of edges.entries()) {
            const mapped = mapPath(['again', i, 'node'], part)
            if (shown.includes(node)) expect(valueAt(value, mapped ?? [])).toBe(node)
            else expect(mapped).toBeNull()
          }
        }
      }),
    )
  })

  it('of a joined list is the place of the same item in the merged list, at any depth', () => {
    fc.assert(
      fc.property(answers, (answered) => {
        const parts = Object.entries(answered)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([country, { keys, hasNext, isDown }]): CountryPart => {
            if (isDown) return { country, outcome: DOWN, value: null }
            const rows = keys.map((key) => ({ node: `${country}:${key}` }))
            return { country, outcome: ANSWERED, value: { rows, sum: 1, below: hasNext ? { rows } : null } }
          })
        const { value } = mergeParts(LISTS, parts, null)
        const mapPath = mapPaths(LISTS, parts, null)
        for (const part of parts) {
          expect(mapPath(['sum'], part)).toEqual(['sum'])
          expect(mapPath(['rows'], part)).toEqual(['rows'])
          for (const above of [[], ['below']]) {
            const rows = (valueAt(part.value, [...above, 'rows']) ?? []) as { node: string }[]
            for (const [i, { node }] of rows.entries()) {
              expect(valueAt(value, mapPath([...above, 'rows', i, 'node'], part) ?? [])).toBe(node)
            }
          }
        }
      }),
    )
  })
})

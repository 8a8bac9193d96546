import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparePlaces, type Place } from '../../contract/cursor.ts'
import { ANSWERED } from '../../contract/outcome.ts'
import type { FieldTarget, Page } from '../types/leg.ts'
import type { ConnectionMerge } from '../types/merge.ts'
import { type FirstRows, keepFirstRows } from './first-rows.ts'
import { type CountryPart, mergeConnection } from './merge-connection.ts'

const SPEC: ConnectionMerge = {
  kind: 'CONNECTION',
  typeName: 'CaseConnection',
  typename: [],
  edges: [
    { key: 'edges', cursors: ['cursor'] },
    { key: 'again', cursors: [] },
  ],
  pageInfo: [
    {
      key: 'info',
      fields: new Map(['hasNextPage', 'hasPreviousPage', 'startCursor', 'endCursor'].map((name) => [name, name])),
    },
  ],
  outcomes: [],
  gatewayKeys: { edges: '_e', cursor: '_c', page: '_p', hasNext: '_n', hasPrevious: '_b' },
}
const BIT = 3
const COUNTRIES = ['GT', 'HN', 'PA', 'SV']

/** What a country answers about one entity: the places of its rows in order, and whether it has a next page. Null if it fails. */
type NationalPage = { readonly places: readonly Place[]; readonly hasNext: boolean; readonly isCut: boolean } | null

const national: fc.Arbitrary<NationalPage> = fc.option(
  fc.record({
    // The ids have no country, so that countries that lie have rows at one place.
    places: fc
      .uniqueArray(fc.tuple(fc.nat(2), fc.nat(2)), { selector: ([key, id]) => `${key} ${id}`, maxLength: 7 })
      .map((rows) => rows.map(([key, id]): Place => ({ key: String(key), id: String(id) })).sort(comparePlaces)),
    hasNext: fc.boolean(),
    isCut: fc.boolean(),
  }),
  { nil: null, freq: 8 },
)

function partOf(country: string, page: NationalPage): CountryPart {
  if (page === null) return { country, outcome: { reach: 'UNAVAILABLE', code: 'CONNECTION' }, value: null }
  const { places, hasNext, isCut } = page
  const edges = (key: string) =>
    places.map((place) => ({ _c: place, node: `${country} ${key} ${place.key} ${place.id}` }))
  const value = { _e: edges('_e'), edges: edges('edges'), again: edges('again'), _c: places.at(-1) ?? null }
  return { country, outcome: ANSWERED, value: { ...value, _p: { _n: hasNext, _b: false } }, isQuotaReached: isCut }
}

function begin(first: number): { readonly rows: FirstRows; readonly page: Page } {
  const page: Page = { order: 'ID_ASC', first, after: null, base: null, silent: {} }
  const field = { bit: BIT, merge: SPEC }
  return { rows: keepFirstRows([{ field, countries: COUNTRIES, page } as unknown as FieldTarget]), page }
}

/** Takes the answer of a country about some entities, by their indices; null is the root. */
function take(
  rows: FirstRows,
  country: string,
  entities: readonly number[] | null,
  parts: readonly CountryPart[],
): void {
  rows.take({ country, entities }, new Map([[BIT, parts]]))
}

const countRows = (parts: readonly CountryPart[], key: string): number =>
  parts.reduce((count, { value }) => count + ((value?.[key] as readonly unknown[] | undefined)?.length ?? 0), 0)

describe('pages from which rows were taken away', () => {
  it('are merged as if all rows were there, in whatever order the answers come', () => {
    const pages = fc.tuple(...COUNTRIES.map(() => national))
    const order = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 })
    fc.assert(
      fc.property(pages, order, fc.nat(5), (all, arrivals, first) => {
        const partsOf = () => all.map((page, at) => partOf(COUNTRIES[at] as string, page))
        const { rows, page } = begin(first)
        const expected = mergeConnection(SPEC, partsOf(), page)

        const parts = partsOf()
        for (const at of arrivals) take(rows, COUNTRIES[at] as string, null, [parts[at] as CountryPart])

        expect(mergeConnection(SPEC, parts, page, rows.hasTaken(BIT, null))).toEqual(expected)
        const left = Math.min(first, countRows(partsOf(), '_e'))
        expect([...['_e', 'edges', 'again'].map((key) => countRows(parts, key))]).toEqual([left, left, left])
        expect(rows.hasTaken(BIT, null)).toBe(countRows(partsOf(), '_e') > first)
      }),
      { numRuns: 500 },
    )
  })

  it('are those of one entity: the rows of another one count for themselves', () => {
    const { rows } = begin(1)
    const page = (key: string): NationalPage => ({ places: [{ key, id: key }], hasNext: false, isCut: false })
    const [one, two, other] = [partOf('GT', page('1')), partOf('GT', page('2')), partOf('HN', page('3'))]
    take(rows, 'GT', [5, 7], [one, two])
    take(rows, 'HN', [7], [other])
    expect([one, two, other].map((part) => countRows([part], 'edges'))).toEqual([1, 1, 0])
    expect([5, 7].map((entity) => rows.hasTaken(BIT, entity))).toEqual([false, true])
  })
})

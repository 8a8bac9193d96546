import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCursor } from '../../../contract/cursor.ts'
import { mergeRows, placeRows, type RowOfList, readPlace, type Stream } from './streams.ts'

/** A row as the gateway gives it. */
function rowOf(key: string, id: string): RowOfList {
  return { cursor: encodeCursor({ order: 'FILED_ON_DESC', key, id }), node: { id } }
}

const COUNTRIES = ['GT', 'HN', 'PA', 'SV'] as const

/** Each country's whole list, in the order of the connection, with keys that several rows share. */
const arbitraryLists = fc
  .array(fc.tuple(fc.constantFrom(...COUNTRIES), fc.constantFrom('0', '1', '12', '~', 'é', '😀', '￿')), {
    maxLength: 24,
  })
  .map((pairs) => {
    const rows = pairs.map(([country, key], index) => ({ country, key, id: `${country}:C-${index % 7}${index}` }))
    // The oracle's order: bytes of UTF-8, as PostgreSQL sorts them.
    const sorted = rows.toSorted(
      (a, b) =>
        Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)) || Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)),
    )
    return { sorted, byCountry: COUNTRIES.map((country) => sorted.filter((row) => row.country === country)) }
  })

type Row = { readonly key: string; readonly id: string }

/** The first pages of a country's list: `count` rows, and whether there are more. */
function cut(list: readonly Row[], count: number): Stream<RowOfList> {
  const rows = list.slice(0, count).map(({ key, id }) => rowOf(key, id))
  return { rows, end: count < list.length ? (rows.at(-1)?.cursor ?? null) : null }
}

const idsOf = (rows: readonly RowOfList[]): readonly string[] => rows.map(({ node }) => node.id)

describe('mergeRows', () => {
  it('is the whole answer when no list has more', () => {
    fc.assert(
      fc.property(arbitraryLists, ({ sorted, byCountry }) => {
        expect(idsOf(mergeRows(byCountry.map((list) => cut(list, list.length))))).toEqual(sorted.map(({ id }) => id))
      }),
    )
  })

  it('is a beginning of the whole answer, however much of each list is there', () => {
    const sizes = fc.tuple(...COUNTRIES.map(() => fc.integer({ min: 1, max: 24 })))
    fc.assert(
      fc.property(arbitraryLists, sizes, ({ sorted, byCountry }, counts) => {
        const merged = idsOf(mergeRows(byCountry.map((list, index) => cut(list, counts[index] ?? 1))))
        expect(merged).toEqual(sorted.slice(0, merged.length).map(({ id }) => id))
        // It holds nothing back that is certain: the first row of all is there as soon as each list has its first.
        expect(merged.length > 0).toBe(sorted.length > 0)
      }),
    )
  })

  it('gives a record once that two lists have', () => {
    const row = rowOf('1', 'GT:C-1')
    expect(
      mergeRows([
        { rows: [row], end: null },
        { rows: [row, rowOf('2', 'GT:C-2')], end: null },
      ]),
    ).toHaveLength(2)
  })
})

describe('placeRows', () => {
  it('never moves a row that is shown, and ends with the whole answer after the last click', () => {
    const orders = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 })
    fc.assert(
      fc.property(
        arbitraryLists,
        orders,
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        (lists, order, clicks) => {
          let shown: readonly string[] = []
          order.forEach((_, step) => {
            const arrived = order.slice(0, step + 1).map((index) => lists.byCountry[index] ?? [])
            const next = idsOf(mergeRows(arrived.map((list) => cut(list, list.length))))
            const placed = placeRows(shown, next)
            expect(placed.ids.slice(0, shown.length)).toEqual(shown)
            expect(placed.isHeld).toBe(placed.ids !== next)
            shown = clicks[step] === true || step === 3 ? next : placed.ids
          })
          expect(shown).toEqual(lists.sorted.map(({ id }) => id))
        },
      ),
    )
  })
})

describe('readPlace', () => {
  it('reads the place of any cursor of the contract', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (key, id) => {
        const cursor = encodeCursor({ order: 'ID_ASC', key, id, silent: { HN: 0 } })
        expect(readPlace(cursor)).toEqual({ key, id })
      }),
    )
  })

  it.each(['', '!', 'bm8', 'WzFd', '////'])('puts a row with the cursor %j behind all others', (cursor) => {
    const rows = mergeRows([
      { rows: [{ cursor, node: { id: 'XX:1' } }], end: null },
      { rows: [rowOf('~', 'GT:C-1')], end: null },
    ])
    expect(idsOf(rows)).toEqual(['GT:C-1', 'XX:1'])
  })
})

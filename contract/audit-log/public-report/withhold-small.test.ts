import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type PublishedCounts, withholdSmall } from './withhold-small.ts'

const THRESHOLD = 4
const toCounts = (counts: readonly number[]) => counts.map((count, at) => ({ key: `k${at}`, count }))
const publish = (counts: readonly number[], hasTotal = true): PublishedCounts =>
  withholdSmall(toCounts(counts), THRESHOLD, { hasTotal })

/** Lists all tables with so many rows and counts up to `most`. */
function* allTables(rows: number, most: number): Generator<readonly number[]> {
  if (rows === 0) yield []
  else for (const rest of allTables(rows - 1, most)) for (let count = 0; count <= most; count++) yield [count, ...rest]
}

describe('a published table of counts', () => {
  it.each<[string, readonly number[], readonly (number | null)[], number | null]>([
    ['shows what is large', [9, 4, 20], [9, 4, 20], 33],
    ['shows 0', [0, 9, 4], [0, 9, 4], 13],
    ['withholds a small count, and the next one with it', [1, 9, 5], [null, 9, null], 15],
    ['withholds two small counts that are enough together', [2, 2, 9], [null, null, 9], 13],
    ['withholds more if they are not enough together', [1, 1, 9, 7], [null, null, 9, null], 18],
    ['withholds more if all are as large as they can be', [3, 3, 4], [null, null, null], 10],
    ['withholds a much larger one if there is no other', [1, 20], [null, null], 21],
    ['withholds all of the only row', [1], [], null],
    ['withholds all of few entries', [1, 1, 1], [], null],
  ])('%s', (_, counts, rows, total) => {
    const { rows: shown, total: sum } = publish(counts)
    expect([shown.map(({ count }) => count), sum]).toEqual([rows, total])
  })

  it('has no sum where an entry counts under several keys', () => {
    expect(publish([1, 9, 9], false)).toMatchObject({ total: null, withheld: 1 })
  })

  it('lets nobody who knows these rules compute a count that is withheld', () => {
    // Every table of up to four rows: those that look the same to a reader must differ in each count that is withheld.
    for (const rows of [1, 2, 3, 4]) {
      const alike = new Map<string, (readonly number[])[]>()
      for (const table of allTables(rows, rows === 4 ? THRESHOLD + 4 : 2 * THRESHOLD + 6)) {
        const { rows: shown, total } = publish(table)
        const looks = JSON.stringify([shown.map(({ count }) => count), total])
        alike.set(looks, [...(alike.get(looks) ?? []), table])
      }
      for (const [looks, tables] of alike) {
        const [shown] = JSON.parse(looks) as [readonly (number | null)[]]
        for (const [at, count] of shown.entries()) {
          if (count !== null) continue
          expect(new Set(tables.map((table) => table[at])).size, looks).toBeGreaterThan(1)
        }
      }
    }
  })

  it('withholds the same rows whatever their order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(12), { maxLength: 8 }), fc.nat(1_000), (counts, seed) => {
        const rows = toCounts(counts)
        const shuffled = rows.toSorted((one, other) => ((one.count * 7 + seed) % 5) - ((other.count * 7 + seed) % 5))
        const shown = (given: typeof rows) =>
          withholdSmall(given, THRESHOLD, { hasTotal: true }).rows.toSorted((one, other) =>
            String(one.key) < String(other.key) ? -1 : 1,
          )
        expect(shown(shuffled)).toEqual(shown(rows))
      }),
    )
  })

  it('has a threshold with which withholding can hide anything', () => {
    expect(() => withholdSmall([], 2, { hasTotal: true })).toThrow('expected a threshold of 3 or more; came 2')
  })
})

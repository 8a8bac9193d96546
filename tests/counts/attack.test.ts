import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { selectCounts } from '../../subgraphs/cases/case-counts.ts'
import type { TallyRow } from '../../subgraphs/cases/counts/tally.ts'
import { allCells, attack, type Cell } from './attacker.ts'

/**
 * No combination of answers gives a count that a country withholds. The attacker asks each question that there is and solves the system
 * of linear conditions that the answers make.
 */

const YEAR = 2024
const CODES = ['01', '0101', '0102', '01021', '01022', '02', '0201', '020111', '020112', '03'] as const
const MONTHS = [1, 2, 5, 12] as const

interface World {
  readonly rows: readonly TallyRow[]
  readonly threshold: number
}

const row = (codes: fc.Arbitrary<string[]>): fc.Arbitrary<TallyRow> =>
  fc.record({
    year: fc.constant(YEAR),
    month: fc.constantFrom(...MONTHS),
    codes,
    cases: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 7, max: 40 })),
  })
const worlds = (codes: fc.Arbitrary<string[]>): fc.Arbitrary<World> =>
  fc.record({ rows: fc.array(row(codes), { minLength: 1, maxLength: 24 }), threshold: fc.integer({ min: 2, max: 7 }) })

const ONE_CODE = worlds(fc.constantFrom(...CODES).map((code) => [code]))
const SEVERAL_CODES = worlds(fc.uniqueArray(fc.constantFrom<string>(...CODES), { minLength: 1, maxLength: 3 }))

/** Counts the cases of a cell, by its definition. */
function truthOf(rows: readonly TallyRow[], { code, isOwn, month }: Cell): number {
  return rows
    .filter((one) => month === null || one.month === month)
    .filter(({ codes }) => codes.some((other) => (isOwn ? other === code : other.startsWith(code))))
    .reduce((sum, { cases }) => sum + cases, 0)
}

async function expectSafe({ rows, threshold }: World, isOneCodeEach: boolean): Promise<void> {
  const knowledge = { year: YEAR, codes: CODES, months: MONTHS, isOneCodeEach }
  const found = await attack(knowledge, (args) => selectCounts(rows, threshold, args))
  for (const cell of allCells(knowledge)) {
    const cases = truthOf(rows, cell)
    const shown = found.shown(cell)
    if (shown !== undefined) {
      expect({ ...cell, cases: shown }).toEqual({ ...cell, cases })
      expect(shown, JSON.stringify(cell)).toBeGreaterThanOrEqual(threshold)
    } else if (cases > 0) {
      const { least, greatest } = found.bounds(cell)
      const range = (greatest?.value ?? Number.POSITIVE_INFINITY) - (least?.value ?? 0)
      expect(range, `${JSON.stringify(cell)} has ${cases}`).toBeGreaterThanOrEqual(1)
    }
  }
}

describe('a count that a country withholds', () => {
  it('cannot be computed from all its other answers by one who knows that each case has one code', async () => {
    await fc.assert(
      fc.asyncProperty(ONE_CODE, (world) => expectSafe(world, true)),
      { numRuns: 60 },
    )
  }, 120_000)

  it('cannot be computed from all its other answers where cases have several codes', async () => {
    await fc.assert(
      fc.asyncProperty(SEVERAL_CODES, (world) => expectSafe(world, false)),
      { numRuns: 30 },
    )
  }, 120_000)
})

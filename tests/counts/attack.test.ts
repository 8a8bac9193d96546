import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CaseCountArguments,
  type CaseCountRow,
  selectCounts,
  type TallyRow,
} from '../../subgraphs/cases/case-counts.ts'
import { randomCases } from '../share.ts'
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

const row = (codes: fc.Arbitrary<string[]>, cases: fc.Arbitrary<number>): fc.Arbitrary<TallyRow> =>
  fc.record({ year: fc.constant(YEAR), month: fc.constantFrom(...MONTHS), codes, cases })
const worlds = (codes: fc.Arbitrary<string[]>): fc.Arbitrary<World> =>
  fc.record({
    rows: fc.array(row(codes, fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 7, max: 40 }))), {
      minLength: 1,
      maxLength: 24,
    }),
    threshold: fc.integer({ min: 2, max: 7 }),
  })

const ONE_CODE = worlds(fc.constantFrom(...CODES).map((code) => [code]))
/** Worlds in which most counts are 1: each code that has a case then has exactly one. */
const SINGLE_CASES = fc.record({
  rows: fc.array(
    row(
      fc.constantFrom(...CODES).map((code) => [code]),
      fc.constantFrom(1, 1, 1, 2),
    ),
    {
      minLength: 1,
      maxLength: 12,
    },
  ),
  threshold: fc.integer({ min: 2, max: 4 }),
})
const SEVERAL_CODES = worlds(fc.uniqueArray(fc.constantFrom<string>(...CODES), { minLength: 1, maxLength: 3 }))

/** Counts the cases of a cell, by its definition. */
function truthOf(rows: readonly TallyRow[], { code, isOwn, month }: Cell): number {
  return rows
    .filter((one) => month === null || one.month === month)
    .filter(({ codes }) => codes.some((other) => (isOwn ? other === code : other.startsWith(code))))
    .reduce((sum, { cases }) => sum + cases, 0)
}

async function expectSafe({ rows, threshold }: World, isOneCodeEach: boolean): Promise<void> {
  const knowledge = { year: YEAR, codes: CODES, months: MONTHS, isOneCodeEach, under: null }
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

/** Checks that a shown count minus the shown parts of it is never a small count, where each case has one code. */
function expectNoSmallRest({ rows, threshold }: World): void {
  const ask = (args: CaseCountArguments) => selectCounts(rows, threshold, args).counts
  for (const by of ['YEAR', 'MONTH'] as const) {
    for (const level of [1, 2, 3]) {
      const finer = ask({ level: level + 1, by })
      for (const whole of ask({ level, by })) {
        const parts = finer.filter(({ iccs, month }) => iccs.startsWith(whole.iccs) && month === whole.month)
        // A code that is coarser than the level is shown with its own cases at both levels.
        if (whole.iccs.length === [2, 4, 5][level - 1]) expectLargeRest(whole, parts, threshold)
      }
    }
  }
  for (const level of [1, 2, 3, 4]) {
    const months = ask({ level, by: 'MONTH' })
    for (const year of ask({ level }))
      expectLargeRest(
        year,
        months.filter(({ iccs }) => iccs === year.iccs),
        threshold,
      )
  }
}

function expectLargeRest(whole: CaseCountRow, parts: readonly CaseCountRow[], threshold: number): void {
  const rest = parts.reduce((left, { cases }) => left - cases, whole.cases)
  if (rest !== 0) expect(rest, JSON.stringify(whole)).toBeGreaterThanOrEqual(threshold)
}

describe('a count that a country withholds', () => {
  it('cannot be computed from all its other answers by one who knows that each case has one code', async () => {
    await fc.assert(
      fc.asyncProperty(ONE_CODE, (world) => expectSafe(world, true)),
      { numRuns: randomCases(60) },
    )
  })

  it('cannot be computed where nearly each code has a single case', async () => {
    await fc.assert(
      fc.asyncProperty(SINGLE_CASES, (world) => expectSafe(world, true)),
      { numRuns: randomCases(150) },
    )
  })

  it('is not the rest of a shown count without its shown parts, and neither is another small count', () => {
    fc.assert(fc.property(ONE_CODE, expectNoSmallRest), { numRuns: randomCases(300) })
  })

  it('cannot be computed from all its other answers where cases have several codes', async () => {
    await fc.assert(
      fc.asyncProperty(SEVERAL_CODES, (world) => expectSafe(world, false)),
      { numRuns: randomCases(30) },
    )
  })
})

describe('the years of a country’s data', () => {
  const rows = fc.array(
    fc.record({
      year: fc.integer({ min: 2020, max: 2026 }),
      month: fc.constantFrom(...MONTHS),
      codes: fc.uniqueArray(fc.constantFrom<string>(...CODES, 'P-12'), { minLength: 1, maxLength: 2 }),
      cases: fc.integer({ min: 1, max: 9 }),
    }),
    { maxLength: 12 },
  )
  const someYear = fc.option(fc.integer({ min: 2018, max: 2028 }))

  it('are told only to whom the counts and `withheldBy` of each year tell them already', () => {
    const args = fc.record({
      iccs: fc.option(fc.constantFrom(...CODES)),
      level: fc.option(fc.integer({ min: 1, max: 4 })),
      by: fc.constantFrom('YEAR', 'MONTH', null),
      fromYear: someYear,
      toYear: someYear,
    })
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 9 }), args, (tally, threshold, asked) => {
        // What the attacker knows: for each year by itself, whether there is a count or something is withheld.
        const years = Array.from({ length: 11 }, (_, i) => 2018 + i).filter((year) => {
          const { counts, withheld } = selectCounts(tally, threshold, { fromYear: year, toYear: year })
          return counts.length > 0 || withheld
        })
        const [first = Number.POSITIVE_INFINITY, last = Number.NEGATIVE_INFINITY] = [years[0], years.at(-1)]
        const isBeyond = [asked.fromYear, asked.toYear].some((year) => year !== null && (year < first || year > last))
        expect(selectCounts(tally, threshold, asked).reachesBeyond).toBe(isBeyond)
      }),
      { numRuns: randomCases(300) },
    )
  })
})

import type { CaseCount } from '../../documents/types.ts'

/** What a cell of the table of counts says: a number, or why there is none. */
export type CountCell =
  | { readonly kind: 'count'; readonly cases: number }
  /** The country withholds counts, so that a missing one is not zero. */
  | { readonly kind: 'withheld' }
  /** The country gave no answer. */
  | { readonly kind: 'missing' }

/** A row of the table: one period. */
export interface CountRow {
  /** `2024`, or `2024-03`. */
  readonly period: string
  /** By country, in the order of the columns. */
  readonly cells: readonly CountCell[]
  /** The sum of the numbers in the row. */
  readonly known: number
  /** Whether each cell of the row is a number, so that the sum is the total. */
  readonly isTotal: boolean
}

/** A table of counts. */
export interface CountTable {
  readonly countries: readonly string[]
  readonly rows: readonly CountRow[]
}

/** The longest span that is shown without gaps, in periods. */
const MOST_PERIODS = 600

/**
 * Makes a table of periods and countries. A period between the first and the last that no country counts is a row too: nothing in it is said to be
 * zero unless the country answered and withholds nothing.
 * @param answered the countries that answered completely.
 * @param asked each country that was asked.
 */
export function tabulateCounts(
  counts: readonly CaseCount[],
  {
    withheldBy,
    answered,
    asked,
  }: {
    readonly withheldBy: readonly string[]
    readonly answered: readonly string[]
    readonly asked: readonly string[]
  },
): CountTable {
  const countries = [...new Set([...asked, ...counts.map(({ country }) => country)])].sort()
  const sums = new Map<string, number>()
  for (const { country, year, month, cases } of counts) {
    const key = `${writePeriod(year, month)} ${country}`
    sums.set(key, (sums.get(key) ?? 0) + cases)
  }
  const rows = listPeriods(counts).map((period): CountRow => {
    const cells = countries.map((country): CountCell => {
      const cases = sums.get(`${period} ${country}`)
      if (cases !== undefined) return { kind: 'count', cases }
      if (withheldBy.includes(country)) return { kind: 'withheld' }
      return answered.includes(country) ? { kind: 'count', cases: 0 } : { kind: 'missing' }
    })
    const known = cells.reduce((sum, cell) => sum + (cell.kind === 'count' ? cell.cases : 0), 0)
    // Where a country withholds, a number may be a part of what there is: classes are summed.
    const isTotal = cells.every(({ kind }) => kind === 'count') && withheldBy.length === 0
    return { period, cells, known, isTotal }
  })
  return { countries, rows }
}

function writePeriod(year: number, month: number | null): string {
  return month === null ? String(year) : `${year}-${String(month).padStart(2, '0')}`
}

function listPeriods(counts: readonly CaseCount[]): readonly string[] {
  const found = [...new Set(counts.map(({ year, month }) => writePeriod(year, month)))].sort()
  const numbers = counts.map(({ year, month }) => (month === null ? year : year * 12 + month - 1))
  const [first, last] = [Math.min(...numbers), Math.max(...numbers)]
  if (numbers.length === 0 || last - first >= MOST_PERIODS) return found
  const isMonthly = counts[0]?.month !== null
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const at = first + index
    return isMonthly ? writePeriod(Math.floor(at / 12), (at % 12) + 1) : String(at)
  })
}

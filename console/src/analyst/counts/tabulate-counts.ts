import type { CaseCount } from '../../documents/types.ts'

/** What a cell of the table of counts says: a number, or why there is none. */
export type CountCell =
  /** `isPart`: the country withholds counts, and the number is a sum in which a withheld one may be missing. */
  | { readonly kind: 'count'; readonly cases: number; readonly isPart: boolean }
  /** The country withholds counts, so that a missing one is not zero. */
  | { readonly kind: 'withheld' }
  /** The country gave no answer. */
  | { readonly kind: 'missing' }

/** A row of the table: one period, or one class of offences in one period. */
export interface CountRow {
  /** `2024`, or `2024-03`. */
  readonly period: string
  /** The code of the class; null if the row is for all classes of the period. */
  readonly iccs: string | null
  /** By country, in the order of the columns. */
  readonly cells: readonly CountCell[]
  /** The sum of the numbers in the row. */
  readonly known: number
  /** Whether each cell of the row is a number and no part, so that the sum is the total. */
  readonly isTotal: boolean
}

/** A table of counts. */
export interface CountTable {
  readonly countries: readonly string[]
  readonly rows: readonly CountRow[]
  readonly isByClass: boolean
}

/** Who was asked, and what came of it. */
export interface CountSources {
  readonly withheldBy: readonly string[]
  /** The countries that answered completely. */
  readonly answered: readonly string[]
  /** Each country that was asked. */
  readonly asked: readonly string[]
  /** Whether each class of a period has a row. */
  readonly isByClass: boolean
  /** Whether only one class was asked for, so that no sum hides a class that is withheld. */
  readonly isOneClass: boolean
}

/** The longest span that is shown without gaps, in periods. */
const MOST_PERIODS = 600

/**
 * Makes a table of periods and countries. A period between the first and the last that no country counts is a row too: nothing in it is said to be
 * zero unless the country answered and withholds nothing. Of classes, only those that a country counts in the period have a row.
 */
export function tabulateCounts(counts: readonly CaseCount[], sources: CountSources): CountTable {
  const { asked, isByClass } = sources
  const countries = [...new Set([...asked, ...counts.map(({ country }) => country)])].sort()
  const sums = new Map<string, number>()
  for (const count of counts) {
    const key = `${nameRow(count, isByClass)} ${count.country}`
    sums.set(key, (sums.get(key) ?? 0) + count.cases)
  }
  const names = isByClass ? [...new Set(counts.map((count) => nameRow(count, true)))].sort() : listPeriods(counts)
  const rows = names.map((name): CountRow => {
    const cells = countries.map((country) => toCell(sums.get(`${name} ${country}`), country, sources))
    const known = cells.reduce((sum, cell) => sum + (cell.kind === 'count' ? cell.cases : 0), 0)
    const isTotal = cells.every((cell) => cell.kind === 'count' && !cell.isPart)
    const [period = '', iccs = null] = name.split(' ')
    return { period, iccs, cells, known, isTotal }
  })
  return { countries, rows, isByClass }
}

function toCell(
  cases: number | undefined,
  country: string,
  { withheldBy, answered, isByClass, isOneClass }: CountSources,
): CountCell {
  const isWithholding = withheldBy.includes(country)
  if (cases !== undefined) return { kind: 'count', cases, isPart: isWithholding && !isByClass && !isOneClass }
  if (isWithholding) return { kind: 'withheld' }
  return answered.includes(country) ? { kind: 'count', cases: 0, isPart: false } : { kind: 'missing' }
}

/** The periods in which something is not shown: a cell that is withheld, is missing, or may be a part. */
export function listPartlyShown({ rows }: CountTable): ReadonlySet<string> {
  return new Set(rows.filter(({ isTotal }) => !isTotal).map(({ period }) => period))
}

function nameRow({ year, month, iccs }: CaseCount, isByClass: boolean): string {
  const period = writePeriod(year, month)
  return isByClass ? `${period} ${iccs}` : period
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

import type { CaseCount, CountRange } from '../../documents/types.ts'

/** What a cell of the table of counts says: a number, or why there is none. */
export type CountCell =
  /** `isPart`: the country withholds counts, and the number is a sum in which a withheld one may be missing. */
  | { readonly kind: 'count'; readonly cases: number; readonly isPart: boolean }
  /** Why there is none: zero or withheld, the country's records do not reach so far, it publishes no counts, or it gave no answer. */
  | { readonly kind: 'withheld' | 'outside' | 'not-published' | 'missing' }

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
  /** Whether each cell of the row is a number and no part, or a country has no records of that time, so that the sum is the total. */
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
  readonly notPublished: readonly string[]
  /** Between which days each country has records. A country with an older contract does not say it. */
  readonly ranges: readonly CountRange[]
  /** Whether rows are months; else they are years. */
  readonly isMonthly: boolean
  /** The years that were asked for; null where nothing was said. */
  readonly years: readonly [from: number | null, to: number | null]
  /** Whether each class of a period has a row. */
  readonly isByClass: boolean
  /** Whether only one class was asked for, so that no sum hides a class that is withheld. */
  readonly isOneClass: boolean
}

/** The longest span that is shown without gaps, in periods. */
const MOST_PERIODS = 600

/**
 * Makes a table of periods and countries. Each period of what was asked has a row, also if no country counts anything in it: nothing in it is said to be zero
 * unless the country answered, has records of that time and withholds nothing. Of classes, those that some country counts have rows.
 */
export function tabulateCounts(counts: readonly CaseCount[], sources: CountSources): CountTable {
  const { asked, isByClass } = sources
  const countries = [...new Set([...asked, ...counts.map(({ country }) => country)])].sort()
  const sums = new Map<string, number>()
  for (const count of counts) {
    const key = `${nameRow(count, isByClass)} ${count.country}`
    sums.set(key, (sums.get(key) ?? 0) + count.cases)
  }
  const classes = isByClass ? [...new Set(counts.map(({ iccs }) => iccs))].sort() : []
  const names = listPeriods(counts, sources).flatMap((period) =>
    isByClass ? classes.map((iccs) => `${period} ${iccs}`) : [period],
  )
  const rows = names.map((name): CountRow => {
    const [period = '', iccs = null] = name.split(' ')
    const cells = countries.map((country) => toCell(sums.get(`${name} ${country}`), country, period, sources))
    const known = cells.reduce((sum, cell) => sum + (cell.kind === 'count' ? cell.cases : 0), 0)
    const isTotal = cells.every((cell) => cell.kind === 'outside' || (cell.kind === 'count' && !cell.isPart))
    return { period, iccs, cells, known, isTotal }
  })
  return { countries, rows, isByClass }
}

function toCell(cases: number | undefined, country: string, period: string, sources: CountSources): CountCell {
  const { withheldBy, answered, notPublished, ranges, isByClass, isOneClass } = sources
  const isWithholding = withheldBy.includes(country)
  if (cases !== undefined) return { kind: 'count', cases, isPart: isWithholding && !isByClass && !isOneClass }
  if (notPublished.includes(country)) return { kind: 'not-published' }
  const range = ranges.filter(isSpan).find((each) => each.country === country)
  if (range !== undefined && !reaches(range, period)) return { kind: 'outside' }
  if (isWithholding) return { kind: 'withheld' }
  return answered.includes(country) ? { kind: 'count', cases: 0, isPart: false } : { kind: 'missing' }
}

/** Whether a country wrote days. What is anything else bounds nothing. */
function isSpan({ from, until }: CountRange): boolean {
  return [from, until].every((day) => day === null || /^\d{4}-\d{2}-\d{2}$/.test(day))
}

/** Whether a part of a period lies within a country's records. One without any has none of it. */
function reaches({ from, until }: CountRange, period: string): boolean {
  const cut = (day: string): string => day.slice(0, period.length)
  return from !== null && until !== null && cut(from) <= period && period <= cut(until)
}

function nameRow({ year, month, iccs }: CaseCount, isByClass: boolean): string {
  const period = writePeriod(year, month)
  return isByClass ? `${period} ${iccs}` : period
}

function writePeriod(year: number, month: number | null): string {
  return month === null ? String(year) : `${year}-${String(month).padStart(2, '0')}`
}

/** Lists the periods from the first year to the last one that was asked for. Where nothing was said, the records of the countries begin and end them. */
export function listPeriods(
  counts: readonly CaseCount[],
  { ranges, isMonthly, years: [from, to] }: Pick<CountSources, 'ranges' | 'isMonthly' | 'years'>,
): readonly string[] {
  const found = [...new Set(counts.map(({ year, month }) => writePeriod(year, month)))].sort()
  const ends = [
    ...found,
    ...ranges.filter(isSpan).flatMap((range) => [range.from ?? [], range.until ?? []].flat()),
  ].sort()
  if (ends.length === 0 && (from === null || to === null)) return found
  const numberOf = (text: string, month: number): number =>
    isMonthly ? Number(text.slice(0, 4)) * 12 + (Number(text.slice(5, 7)) || month) - 1 : Number(text.slice(0, 4))
  const first = numberOf(from === null ? (ends[0] ?? '') : String(from).padStart(4, '0'), 1)
  const last = numberOf(to === null ? (ends.at(-1) ?? '') : String(to).padStart(4, '0'), 12)
  // A country's wrong year would make the span endless.
  if (last - first >= MOST_PERIODS) return found
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const at = first + index
    return isMonthly ? writePeriod(Math.floor(at / 12), (at % 12) + 1) : String(at)
  })
}

import { compareBytes } from '../../contract/cursor.ts'
import type { CaseRow, StatuteRow } from './rows.ts'

/** `CaseFilter` of the contract; a member that is null or absent filters nothing. */
export interface CaseFilter {
  readonly iccs?: readonly string[] | null
  readonly status?: readonly string[] | null
  readonly category?: readonly string[] | null
  readonly subdivision?: readonly string[] | null
  readonly filedFrom?: string | null
  readonly filedTo?: string | null
  readonly organisedCrime?: boolean | null
  readonly participant?: string | null
}

/** Whether a case matches each field of a filter. A filter never finds victims and witnesses. */
export function caseMatches(row: CaseRow, filter: CaseFilter | null | undefined): boolean {
  const { iccs, status, category, subdivision, filedFrom, filedTo, organisedCrime, participant } = filter ?? {}
  const isAmong = (list: readonly string[] | null | undefined, value: string | null): boolean =>
    list == null || (value !== null && list.includes(value))
  return (
    (iccs == null || row.offences.some((offence) => iccs.some((code) => offence.iccs.startsWith(code)))) &&
    isAmong(status, row.status) &&
    isAmong(category, row.category) &&
    isAmong(subdivision, row.subdivision) &&
    (filedFrom == null || (row.filedOn !== null && row.filedOn >= filedFrom)) &&
    (filedTo == null || (row.filedOn !== null && row.filedOn <= filedTo)) &&
    (organisedCrime == null || row.offences.some((offence) => offence.organisedCrime === organisedCrime)) &&
    (participant == null ||
      row.participants.some((one) => one.personId === participant && !['WITNESS', 'VICTIM'].includes(one.role)))
  )
}

/** The arguments of a count. Years are inclusive. */
export interface CountArguments {
  readonly iccs?: string | null
  readonly fromYear?: number | null
  readonly toYear?: number | null
}

/** Counts the cases of one country per level-1 code and year, sorted by (iccs, year), without a threshold. */
export function countsOf(
  rows: readonly CaseRow[],
  args: CountArguments,
): { iccs: string; year: number; cases: number }[] {
  const counts = new Map<string, number>()
  for (const row of rows) {
    const day = row.filedOn ?? row.offences.flatMap(({ committedFrom }) => committedFrom ?? []).toSorted()[0]
    if (day === undefined) continue
    for (const code of new Set(row.offences.map(({ iccs }) => iccs.slice(0, 2)))) {
      const cell = `${code} ${day.slice(0, 4)}`
      counts.set(cell, (counts.get(cell) ?? 0) + 1)
    }
  }
  return [...counts]
    .toSorted(([a], [b]) => compareBytes(a, b))
    .map(([cell, cases]) => ({ iccs: cell.slice(0, 2), year: Number(cell.slice(3)), cases }))
    .filter(
      ({ iccs, year }) =>
        (args.iccs == null || args.iccs.slice(0, 2) === iccs) &&
        (args.fromYear == null || year >= args.fromYear) &&
        (args.toYear == null || year <= args.toYear),
    )
}

/** Whether a statute is in force for a code or one below it. All days of a world are past, so a statute with a repeal date is repealed. */
export function isInForceFor(row: StatuteRow, code: string): boolean {
  return row.repealedOn === null && (row.iccs?.some((own) => own.startsWith(code)) ?? false)
}

import { compareBytes } from '../../contract/cursor.ts'
import { iccsLevel } from '../../contract/iccs.ts'
import type { CaseRow, IccsRow, StatuteRow, WarrantRow } from './rows.ts'

/** `CaseFilter` of the contract; a member that is null or absent filters nothing. */
export interface CaseFilter {
  readonly iccs?: readonly string[] | null
  readonly status?: readonly string[] | null
  readonly category?: readonly string[] | null
  readonly subdivision?: readonly string[] | null
  readonly filedFrom?: string | null
  readonly filedTo?: string | null
  readonly recordedSince?: string | null
  readonly organisedCrime?: boolean | null
  readonly participant?: string | null
}

/** Whether a case matches each field of a filter. A filter never finds victims and witnesses. */
export function caseMatches(row: CaseRow, filter: CaseFilter | null | undefined): boolean {
  const { iccs, status, category, subdivision, filedFrom, filedTo, recordedSince, organisedCrime, participant } =
    filter ?? {}
  const isAmong = (list: readonly string[] | null | undefined, value: string | null): boolean =>
    list == null || (value !== null && list.includes(value))
  return (
    (iccs == null || row.offences.some((offence) => iccs.some((code) => offence.iccs.startsWith(code)))) &&
    isAmong(status, row.status) &&
    isAmong(category, row.category) &&
    isAmong(subdivision, row.subdivision) &&
    (filedFrom == null || (row.filedOn !== null && row.filedOn >= filedFrom)) &&
    (filedTo == null || (row.filedOn !== null && row.filedOn <= filedTo)) &&
    (recordedSince == null || Date.parse(row.provenance.recordedAt) >= Date.parse(recordedSince)) &&
    (organisedCrime == null || row.offences.some((offence) => offence.organisedCrime === organisedCrime)) &&
    (participant == null ||
      row.participants.some((one) => one.personId === participant && !['WITNESS', 'VICTIM'].includes(one.role)))
  )
}

/** `WarrantFilter` of the contract; a member that is null or absent filters nothing. */
export interface WarrantFilter {
  readonly status?: readonly string[] | null
  readonly category?: readonly string[] | null
  readonly extraditionRequested?: boolean | null
  readonly issuedFrom?: string | null
  readonly issuedTo?: string | null
}

/** Whether a warrant matches each field of a filter. */
export function warrantMatches(row: WarrantRow, filter: WarrantFilter | null | undefined): boolean {
  const { status, category, extraditionRequested, issuedFrom, issuedTo } = filter ?? {}
  return (
    (status == null || status.includes(row.status)) &&
    (category == null || category.includes(row.category)) &&
    (extraditionRequested == null || row.extraditionRequested === extraditionRequested) &&
    (issuedFrom == null || row.issuedOn >= issuedFrom) &&
    (issuedTo == null || row.issuedOn <= issuedTo)
  )
}

/** The arguments of a count. Years are inclusive. */
export interface CountArguments {
  readonly iccs?: string | null
  readonly level?: number | null
  readonly by?: string | null
  readonly fromYear?: number | null
  readonly toYear?: number | null
}

/** A count of the contract, without its country. */
export interface Count {
  readonly iccs: string
  readonly year: number
  readonly month: number | null
  readonly cases: number
}

/** Counts the cases of one country by code and period, sorted by (iccs, year, month), without a threshold. */
export function countsOf(rows: readonly CaseRow[], args: CountArguments): Count[] {
  const level = Math.max(args.level ?? 1, args.iccs == null ? 1 : (iccsLevel(args.iccs) ?? 1))
  const digits = [2, 4, 5, 6][level - 1] ?? 0
  const counts = new Map<string, number>()
  for (const row of rows) {
    const day = row.filedOn ?? row.offences.flatMap(({ committedFrom }) => committedFrom ?? []).toSorted()[0]
    if (day === undefined) continue
    const period = args.by === 'MONTH' ? day.slice(0, 7) : day.slice(0, 4)
    for (const code of new Set(row.offences.map(({ iccs }) => iccs.slice(0, digits)))) {
      const cell = `${code} ${period}`
      counts.set(cell, (counts.get(cell) ?? 0) + 1)
    }
  }
  return [...counts]
    .toSorted(([a], [b]) => compareBytes(a, b))
    .map(([cell, cases]): Count => {
      const [iccs = '', year, month] = cell.split(/[ -]/)
      return { iccs, year: Number(year), month: month === undefined ? null : Number(month), cases }
    })
    .filter(
      ({ iccs, year }) =>
        iccs.startsWith(args.iccs ?? '') &&
        (args.fromYear == null || year >= args.fromYear) &&
        (args.toYear == null || year <= args.toYear),
    )
}

/** Which classes of the ICCS a question asks for. */
export interface ClassArguments {
  readonly codes?: readonly string[] | null
  readonly under?: string | null
  readonly search?: string | null
}

/** Whether a class meets each argument. The titles of a world have no accents in words that are searched for. */
export function classMatches(row: IccsRow, { codes, under, search }: ClassArguments): boolean {
  const words = search?.toLowerCase().split(' ') ?? []
  const has = (title: string): boolean => words.every((word) => ` ${title.toLowerCase()}`.includes(` ${word}`))
  return (
    (codes == null || codes.includes(row.code)) &&
    (under == null || (row.code.startsWith(under) && row.code !== under)) &&
    (search == null || has(row.titleEn) || has(row.titleEs))
  )
}

/** Whether a statute is in force for a code or one below it. All days of a world are past, so a statute with a repeal date is repealed. */
export function isInForceFor(row: StatuteRow, code: string): boolean {
  return row.repealedOn === null && (row.iccs?.some((own) => own.startsWith(code)) ?? false)
}

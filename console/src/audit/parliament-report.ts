import {
  type PublishedTables,
  publishTables,
  type ReportTable,
} from '../../../contract/audit-log/public-report/tables.ts'
import type { EntryCount } from '../../../contract/audit-log/public-report/withhold-small.ts'
import type { ProvenState } from './check-bundle.ts'

/**
 * A report for a parliament: how often countries asked one another, for what and with which result. It has counts and no entry, withholds small counts,
 * and names the state of each log so that anybody can check later that the log still begins with what was counted (`istmo audit check-report`).
 */

/** The state of a log in a report, or why there is none. `counted`: how many of its entries were counted. */
export type ReportedState = { readonly counted: number } & (
  | { readonly kind: 'PROVEN' | 'UNWITNESSED'; readonly state: ProvenState }
  | { readonly kind: 'NOT_PROVEN'; readonly origin: string; readonly reason: string }
)

/** A report. */
export interface ParliamentReport {
  /** The days of the period in UTC, both included. */
  readonly from: string
  readonly until: string
  /** Counts from 1 to below this number are withheld. */
  readonly threshold: number
  /** The country whose entries were counted; null for all. */
  readonly country: string | null
  readonly tables: PublishedTables
  readonly states: readonly ReportedState[]
  /** RFC 3339. */
  readonly madeAt: string
}

/** Makes a report. @throws {RangeError} if the threshold is too small to hide anything. */
export function makeReport({
  counts,
  ...rest
}: Omit<ParliamentReport, 'tables'> & {
  readonly counts: Readonly<Record<ReportTable, readonly EntryCount[]>>
}): ParliamentReport {
  return { ...rest, tables: publishTables(counts, rest.threshold) }
}

/** Whether the last day of a report was over when it was made. If not, the same report made later may have larger counts. */
export function isPeriodOver({ until, madeAt }: Pick<ParliamentReport, 'until' | 'madeAt'>): boolean {
  return until < madeAt.slice(0, 10)
}

/** Writes a report for programs: JSON in which a withheld count is null. */
export function toReportFile({ tables, states, ...rest }: ParliamentReport): string {
  const written = states.map((each) => {
    if (each.kind === 'NOT_PROVEN') return each
    return { kind: each.kind, ...each.state, counted: each.counted }
  })
  return `${JSON.stringify({ version: 1, ...rest, tables, logs: written }, null, 2)}\n`
}

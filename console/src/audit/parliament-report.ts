import type { ProvenState } from './check-bundle.ts'
import { type EntryCount, SEVERAL_KEYS } from './counted.ts'
import { type PublishedCounts, withholdSmall } from './withhold-small.ts'

/**
 * A report for a parliament: how often countries asked one another, for what and with which result. It has counts and no entry, withholds small counts,
 * and names the state of each log so that anybody can check later that the log still begins with what was counted.
 */

/** The tables of a report. `month` is over time; the others are dimensions of oversight's counts. */
export const REPORT_TABLES = ['month', 'purpose', 'outcome', 'actorCountry', 'country'] as const
/** One of {@link REPORT_TABLES}. */
export type ReportTable = (typeof REPORT_TABLES)[number]

/** The state of a log in a report, or why there is none. */
export type ReportedState =
  | { readonly kind: 'PROVEN' | 'UNWITNESSED'; readonly state: ProvenState }
  | { readonly kind: 'NOT_PROVEN'; readonly origin: string; readonly reason: string }

/** A report. */
export interface ParliamentReport {
  /** The days of the period in UTC, both included. */
  readonly from: string
  readonly until: string
  /** Counts from 1 to below this number are withheld. */
  readonly threshold: number
  /** The country whose entries were counted; null for all. */
  readonly country: string | null
  readonly tables: Readonly<Record<ReportTable, PublishedCounts>>
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
  const publish = (table: ReportTable): PublishedCounts =>
    withholdSmall(counts[table], rest.threshold, { hasTotal: !SEVERAL_KEYS.has(table) })
  const tables = Object.fromEntries(REPORT_TABLES.map((table) => [table, publish(table)]))
  return { ...rest, tables: tables as ParliamentReport['tables'] }
}

/** Writes a report for programs: JSON in which a withheld count is null. */
export function toReportFile({ tables, states, ...rest }: ParliamentReport): string {
  const written = states.map((each) => (each.kind === 'NOT_PROVEN' ? each : { kind: each.kind, ...each.state }))
  return `${JSON.stringify({ version: 1, ...rest, tables, logs: written }, null, 2)}\n`
}

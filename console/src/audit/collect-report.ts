import {
  type PublishedTables,
  publishTables,
  REPORT_TABLES,
  type ReportTable,
} from '../../../contract/audit-log/public-report/tables.ts'
import type { EntryCount } from '../../../contract/audit-log/public-report/withhold-small.ts'
import type { AskOversight } from './ask-oversight.ts'
import { MAX_KEYS } from './counted.ts'
import type { ViewerData } from './shown-entry.ts'

/**
 * A report for a parliament: how often countries asked one another, for what and with which result. It has counts and no entry, and withholds small counts.
 * Whoever has the gateways’ logs can make the counts again (`istmo audit check-report`).
 */
export interface ParliamentReport {
  /** The days of the period in UTC, both included. */
  readonly from: string
  readonly until: string
  /** Counts from 1 to below this number are withheld. */
  readonly threshold: number
  /** The country whose entries were counted; null for all. */
  readonly country: string | null
  readonly tables: PublishedTables
  /** RFC 3339. */
  readonly madeAt: string
}

/** What somebody asks a report for. The days are in UTC, both included. */
export interface ReportRequest {
  readonly from: string
  readonly until: string
  readonly threshold: number
  /** The filter of the days, as oversight takes it. */
  readonly filter: Readonly<Record<string, string>>
}

/** A table has more keys than oversight gives in one answer, so its sum would be wrong. */
export class TooManyKeysError extends Error {
  override readonly name = 'TooManyKeysError'
}

type CountedData = Readonly<Record<ReportTable, readonly EntryCount[]>> & Pick<ViewerData, 'viewer'>

/**
 * Counts for a report.
 * @throws {TooManyKeysError} if a table does not fit into one answer.
 * @throws {RangeError} if the threshold is too small to hide anything.
 */
export async function collectReport(
  ask: AskOversight,
  { from, until, threshold, filter }: ReportRequest,
  nowMs: number,
): Promise<ParliamentReport> {
  // One answer for all tables: they are counts of the same entries.
  const { data } = await ask<CountedData>('reportCounts', { filter: { ...filter, kind: 'request' }, first: MAX_KEYS })
  const cut = REPORT_TABLES.find((by) => data[by].length >= MAX_KEYS)
  if (cut !== undefined) throw new TooManyKeysError(`expected fewer than ${MAX_KEYS} rows of ${cut}`)
  const madeAt = new Date(nowMs).toISOString()
  return { from, until, threshold, country: data.viewer.country, madeAt, tables: publishTables(data, threshold) }
}

/** Whether the last day of a report was over when it was made. If not, the same report made later may have larger counts. */
export function isPeriodOver({ until, madeAt }: Pick<ParliamentReport, 'until' | 'madeAt'>): boolean {
  return until < madeAt.slice(0, 10)
}

/** Writes a report for programs: JSON in which a withheld count is null. */
export function toReportFile(report: ParliamentReport): string {
  return `${JSON.stringify({ version: 2, ...report }, null, 2)}\n`
}

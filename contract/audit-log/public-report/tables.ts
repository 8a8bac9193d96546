import { type EntryCount, type PublishedCounts, withholdSmall } from './withhold-small.ts'

/** The tables of a report for a parliament. The console makes them, and `istmo audit check-report` makes them again out of the logs. */

/** The tables. `month` is over time; the others are members of a request's row. */
export const REPORT_TABLES = ['month', 'purpose', 'outcome', 'actorCountry', 'country'] as const
/** One of {@link REPORT_TABLES}. */
export type ReportTable = (typeof REPORT_TABLES)[number]

/** The tables in which one request counts under several keys, so that the counts have no sum. */
const WITHOUT_SUM: ReadonlySet<ReportTable> = new Set(['country'])

/** The published tables, by name. */
export type PublishedTables = Readonly<Record<ReportTable, PublishedCounts>>

/**
 * Withholds the small counts of each table.
 * @param counts the counts of each table, each key once
 * @param threshold counts from 1 to below this number are withheld
 * @throws {RangeError} if the threshold is too small to hide anything.
 */
export function publishTables(
  counts: Readonly<Record<ReportTable, readonly EntryCount[]>>,
  threshold: number,
): PublishedTables {
  const publish = (table: ReportTable): PublishedCounts =>
    withholdSmall(counts[table], threshold, { hasTotal: !WITHOUT_SUM.has(table) })
  return {
    month: publish('month'),
    purpose: publish('purpose'),
    outcome: publish('outcome'),
    actorCountry: publish('actorCountry'),
    country: publish('country'),
  }
}

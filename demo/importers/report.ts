/** A line of a file that was rejected. */
export interface Rejection {
  readonly line: number
  /** What was expected and what came. */
  readonly reason: string
}

/** How many rejections a report lists. It only counts the rest. */
export const MAX_LISTED_REJECTIONS = 20

/** The result of the import of one file. */
export interface ImportReport {
  readonly importer: string
  readonly path: string
  readonly country: string
  /** Whether the same bytes were imported before. If so, this run did nothing, and the counts are those of the earlier import. */
  readonly alreadyTaken: boolean
  /** The number of the file's records that are now in the database. */
  readonly taken: number
  readonly rejected: number
  /** The numbers of rows that this run inserted, changed and removed in the database. */
  readonly inserted: number
  readonly updated: number
  readonly removed: number
  /** The first {@link MAX_LISTED_REJECTIONS} rejections; empty if the file was imported before. */
  readonly rejections: readonly Rejection[]
  /** A sentence that must be shown wherever these records are shown. */
  readonly note: string | null
}

/** Describes a report for the entry of the import in the country's audit log: counts, and no row. */
export function describeReport({ importer, country, taken, rejected, inserted, updated, removed }: ImportReport) {
  const counts = { read: taken + rejected, created: inserted, changed: updated, deleted: removed, rejected }
  return { country, source: importer, rows: [{ type: importer, ...counts }] }
}

/** Writes the report as a few words for a list, with the first reason for a rejection. */
export function summarizeReport({ importer, taken, rejected, rejections: [first] }: ImportReport): string {
  const reason = first === undefined ? '' : ` (the first is line ${first.line}: ${first.reason})`
  return `${importer}: ${taken} imported, ${rejected} rejected${reason}`
}

/** Writes the report as lines of text for a person. */
export function formatReport(report: ImportReport): string {
  const head = `${report.importer} → ${report.country}: ${report.path}`
  if (report.alreadyTaken) {
    return `${head}\n  imported before, nothing to do (${count(report.taken)} records, ${count(report.rejected)} rejected then)`
  }
  const rest = report.rejected - report.rejections.length
  return [
    head,
    `  ${count(report.taken)} imported, ${count(report.rejected)} rejected` +
      ` (rows: ${count(report.inserted)} new, ${count(report.updated)} changed, ${count(report.removed)} removed)`,
    ...report.rejections.map(({ line, reason }) => `  line ${line}: ${reason}`),
    ...(rest > 0 ? [`  and ${count(rest)} more`] : []),
    ...(report.note === null ? [] : [`  ${report.note}`]),
  ].join('\n')
}

function count(value: number): string {
  return value.toLocaleString('en-GB')
}

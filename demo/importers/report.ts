/** A line of a file that was not taken. */
export interface Rejection {
  readonly line: number
  /** What was expected and what came. */
  readonly reason: string
}

/** How many refusals a report lists; the rest is counted. */
export const MAX_LISTED_REFUSALS = 20

/** What became of one file. */
export interface ImportReport {
  readonly importer: string
  readonly path: string
  readonly country: string
  /** The same bytes were taken before: nothing was done, the counts are those of that time. */
  readonly alreadyTaken: boolean
  /** Records of the file that are now in the database. */
  readonly taken: number
  readonly refused: number
  /** Rows made, changed and taken away in the database by this run. */
  readonly inserted: number
  readonly updated: number
  readonly removed: number
  /** The first {@link MAX_LISTED_REFUSALS}; empty where the file was already taken. */
  readonly refusals: readonly Rejection[]
  /** What has to be said wherever these records are shown. */
  readonly note: string | null
}

/** The report as lines of text for a person. */
export function formatReport(report: ImportReport): string {
  const head = `${report.importer} → ${report.country}: ${report.path}`
  if (report.alreadyTaken) {
    return `${head}\n  taken before, nothing to do (${count(report.taken)} records, ${count(report.refused)} refused then)`
  }
  const rest = report.refused - report.refusals.length
  return [
    head,
    `  ${count(report.taken)} taken, ${count(report.refused)} refused` +
      ` (rows: ${count(report.inserted)} new, ${count(report.updated)} changed, ${count(report.removed)} removed)`,
    ...report.refusals.map(({ line, reason }) => `  line ${line}: ${reason}`),
    ...(rest > 0 ? [`  and ${count(rest)} more`] : []),
    ...(report.note === null ? [] : [`  ${report.note}`]),
  ].join('\n')
}

function count(value: number): string {
  return value.toLocaleString('en-GB')
}

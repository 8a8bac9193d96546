/** Where a long task reports its progress. */
export interface Progress {
  /** Reports the rows that are done, and their share of all rows, 0 to 1, if the task knows it. */
  report(label: string, done: number, share?: number): void
  /** Removes the line. */
  clear(): void
}

/** The part of a terminal that is used, so that a test can pass its own. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined
  write(text: string): unknown
}

/** The shortest time between two writes, in milliseconds: a terminal is slow. */
const INTERVAL_MS = 100

/** Reports nothing. */
export const SILENT: Progress = { report: () => undefined, clear: () => undefined }

/**
 * Creates a progress report that overwrites one line of a terminal. It writes nothing if `stream` is not a terminal, because it
 * would fill a log.
 * @param now the clock, in milliseconds.
 */
export function createProgress(stream: ProgressStream, now: () => number = Date.now): Progress {
  if (stream.isTTY !== true) return SILENT
  let last = Number.NEGATIVE_INFINITY
  return {
    report(label, done, share) {
      if (now() - last < INTERVAL_MS) return
      last = now()
      const percent = share === undefined ? '' : ` (${Math.floor(Math.min(share, 1) * 100)} %)`
      stream.write(`\r\u001b[2K${label}: ${done.toLocaleString('en-GB')} rows${percent}`)
    },
    clear() {
      stream.write('\r\u001b[2K')
      last = Number.NEGATIVE_INFINITY
    },
  }
}

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

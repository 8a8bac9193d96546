import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { RecordKindName } from '../../contract/records/record-kind.ts'
import { columnsOf, kindOf } from '../../contract/records/records.ts'
import { SourceError } from '../../joining/sources/source.ts'
import type { BarStream } from '../../service/progress-bar.ts'
import { UsageError } from '../../service/usage-error.ts'
import { refreshStatistics } from '../../subgraphs/kit/statistics.ts'
import type { Database } from '../../subgraphs/kit/types.ts'

/** What every importer is given. */
export interface ImportOptions {
  /** A migrated database, all three domains. */
  readonly db: Database
  /** Path of the publisher's file. */
  readonly source: string
  readonly progress: Progress
  /** The country of the database `db`. The report names it. */
  readonly country: string
}

/** What a run did. */
export type ImportCounts = Omit<ImportReport, 'importer' | 'path' | 'country' | 'alreadyTaken' | 'note'>

interface Run {
  readonly sha256: string
  readonly rows_taken: number
  readonly rows_refused: number
}

/**
 * Imports a file, unless it is the one that the importer took last.
 * @param sha256 of the file, and of what decides how it is read.
 * @param work writes the rows, all or nothing.
 * @throws {UsageError} when the file does not have the form that the importer expects.
 */
export async function importOnce(
  { importer, note, sha256 }: Pick<ImportReport, 'importer' | 'note'> & { readonly sha256: string },
  { db, source: path, country, progress }: ImportOptions,
  work: () => Promise<ImportCounts>,
): Promise<ImportReport> {
  const before = await lastRun(db, importer)
  const common = { importer, path, country, note }
  if (before?.sha256 === sha256) {
    const { rows_taken: taken, rows_refused: rejected } = before
    return { ...common, alreadyTaken: true, taken, rejected, inserted: 0, updated: 0, removed: 0, rejections: [] }
  }
  try {
    const counts = await work()
    // A file that is imported again after another one already has its row. It becomes the last one again.
    await db.query(
      `insert into istmo.import_run (importer, sha256, finished_at, rows_taken, rows_refused)
       values ($1, $2, clock_timestamp(), $3, $4)
       on conflict (importer, sha256) do update set finished_at = excluded.finished_at,
         rows_taken = excluded.rows_taken, rows_refused = excluded.rows_refused`,
      [importer, sha256, counts.taken, counts.rejected],
    )
    await refreshStatistics(db)
    return { ...common, alreadyTaken: false, ...counts }
  } catch (error) {
    throw error instanceof SourceError ? new UsageError(error.message, { cause: error }) : error
  } finally {
    progress.clear()
  }
}

/** Whether a file was taken by the importer of this name, ever. */
export async function hasImported(db: Database, importer: string): Promise<boolean> {
  return (await lastRun(db, importer)) !== undefined
}

async function lastRun(db: Database, importer: string): Promise<Run | undefined> {
  const sql = `select sha256, rows_taken, rows_refused from istmo.import_run where importer = $1
    order by finished_at desc limit 1`
  return (await db.query<Run>(sql, [importer]))[0]
}

/** One record of a file as a row, or why it is rejected. `key` names the record within the file. */
export type Entry =
  | { readonly line: number; readonly key: string; readonly row: Row }
  | { readonly line: number; readonly rejected: string }

/** What is specific to an importer of a small file. */
export interface Importer {
  /** Its name in `istmo.import_run`. */
  readonly name: string
  readonly table: Table
  /** Deletes the rows of an earlier file that this file no longer holds, and returns them. `$1`: the keys of this file, as a list in JSON. */
  readonly removeStale: string
  /** Writes the rows that must exist before the first row of the table. */
  prepare(db: Database): Promise<unknown>
  read(file: { readonly path: string; readonly bytes: Uint8Array }): Promise<readonly Entry[]>
}

/**
 * Imports a small file: changes the rows that differ, and removes the rows that the file no longer holds.
 * @throws {UsageError} when the file does not have the form that the importer expects.
 */
export async function importSmallFile(importer: Importer, options: ImportOptions): Promise<ImportReport> {
  const { db, source: path } = options
  const bytes = await readSource(path)
  return importOnce({ importer: importer.name, note: null, sha256: hash('sha256', bytes) }, options, async () => {
    const { rows, rejections } = sift(await importer.read({ path, bytes }))
    return db.transaction(async (tx) => {
      await importer.prepare(tx)
      const written = await upsertRows(tx, importer.table, [...rows.values()])
      // A file without a single valid record must not remove the rows that exist.
      const removed = rows.size === 0 ? [] : await tx.query(importer.removeStale, [JSON.stringify([...rows.keys()])])
      const counts = { taken: rows.size, rejected: rejections.length, ...written, removed: removed.length }
      return { ...counts, rejections: rejections.slice(0, MAX_LISTED_REJECTIONS) }
    })
  })
}

/** Reads a publisher's file. @throws {UsageError} when there is none. */
export function readSource(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause) => {
    throw new UsageError(`${path}: expected a file; none can be read there`, { cause })
  })
}

/** Separates the rows to import from the rejected records. A record is rejected by its reader, or because its key came before. */
function sift(entries: readonly Entry[]) {
  const rows = new Map<string, Row>()
  const rejections: Rejection[] = []
  for (const entry of entries) {
    if ('rejected' in entry) rejections.push({ line: entry.line, reason: entry.rejected })
    else if (!rows.has(entry.key)) rows.set(entry.key, entry.row)
    else rejections.push({ line: entry.line, reason: `${entry.key} is in the file twice; the first is imported` })
  }
  return { rows, rejections: rejections.toSorted((one, other) => one.line - other.line) }
}

/**
 * Writes rows in bulk: one statement for each table and batch. The batch is one JSON parameter, and PostgreSQL takes the types from
 * the table itself (`json_populate_recordset`). This works the same on a server and in process.
 */

/** One row by column name. Dates are `YYYY-MM-DD`, timestamps are ISO 8601 strings, arrays of text are arrays. */
export type Row = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

/** A table as the importers and the generator write it. Names come from the code, never from a file. */
export interface Table {
  /** The name of the table with its schema: `cases.case_file`. */
  readonly name: string
  readonly key: readonly string[]
  /** All columns that are written, including the key's columns. */
  readonly columns: readonly string[]
  /** Columns that say when a row was written. They change together with others; a difference only in them changes nothing. */
  readonly stamps?: readonly string[]
}

/** How many rows a statement inserted and changed. Rows that were already the same count in neither. */
export interface Written {
  readonly inserted: number
  readonly updated: number
}

/** Inserts rows that are known to be new. */
export async function insertRows(db: Database, table: Table, rows: readonly Row[]): Promise<void> {
  if (rows.length > 0) await db.query(insertion(table), [JSON.stringify(rows)])
}

/** Inserts rows, and does not change rows whose key exists. Returns the number of new rows. */
export async function insertMissingRows(db: Database, table: Table, rows: readonly Row[]): Promise<number> {
  if (rows.length === 0) return 0
  const sql = `${insertion(table)} on conflict do nothing returning 1 as made`
  return (await db.query(sql, [JSON.stringify(rows)])).length
}

/** Inserts rows, and changes rows whose key exists if they differ. If two rows have the same key, the last one counts. */
export async function upsertRows(db: Database, table: Table, rows: readonly Row[]): Promise<Written> {
  if (rows.length === 0) return { inserted: 0, updated: 0 }
  const unique = [...new Map(rows.map((row) => [JSON.stringify(table.key.map((column) => row[column])), row])).values()]
  const answer = await db.query<{ inserted: boolean }>(upsertion(table), [JSON.stringify(unique)])
  const inserted = answer.filter((row) => row.inserted).length
  return { inserted, updated: answer.length - inserted }
}

function insertion({ name, columns }: Table): string {
  const list = columns.join(', ')
  return `insert into ${name} as held (${list}) select ${list} from json_populate_recordset(null::${name}, $1::text::json)`
}

function upsertion(table: Table): string {
  const rest = table.columns.filter((column) => !table.key.includes(column))
  if (rest.length === 0) return `${insertion(table)} on conflict do nothing returning true as inserted`
  const compared = rest.filter((column) => !table.stamps?.includes(column))
  const list = (prefix: string): string => compared.map((column) => `${prefix}.${column}`).join(', ')
  return (
    `${insertion(table)} on conflict (${table.key.join(', ')}) do update ` +
    `set ${rest.map((column) => `${column} = excluded.${column}`).join(', ')} ` +
    `where (${list('held')}) is distinct from (${list('excluded')}) ` +
    // A row that this statement inserted has no earlier version.
    'returning (xmax = 0) as inserted'
  )
}

/** The tables that the importers and the generator write. Those of records follow from contract/records. */

/** `shared_with` of a record that every recognised task force may see. */
export const EVERY_TASK_FORCE: readonly string[] = ['*']

function tableOf(name: RecordKindName): Table {
  const kind = kindOf(name)
  const columns = columnsOf(kind)
  const stamps = columns.filter((column) => column === 'recorded_at')
  return { name: kind.table, key: kind.primaryKey, columns, stamps }
}

/** Codes of the crime classification, in every database. */
export const ICCS_CODE: Table = {
  name: 'reference.iccs_code',
  key: ['code'],
  columns: ['code', 'level', 'parent', 'title_en', 'title_es'],
}

/** Cases. */
export const CASE_FILE = tableOf('cases')
/** The offences of a case. They are deleted with their case. */
export const OFFENCE = tableOf('cases.offences')
/** Warrants; `subject_id` may be a person of any country. */
export const WARRANT = tableOf('warrants')
/** Who takes part in a case; `person_id` may be a person of any country. */
export const PARTICIPANT = tableOf('cases.participants')
/** Links from a case to one of any country. */
export const LINKED_CASE = tableOf('cases.linkedCases')

/** Persons. */
export const PERSON = tableOf('persons')
/** Names of persons. The database computes `folded`. */
export const PERSON_NAME = tableOf('persons.names')
/** Numbers of documents. The database computes `folded`. */
export const IDENTIFIER = tableOf('persons.identifiers')
/** Addresses. */
export const ADDRESS = tableOf('persons.addresses')
/** Associates: persons of any country with whom a person is seen. */
export const ASSOCIATE = tableOf('persons.associates')
/** Memberships in groups. */
export const MEMBERSHIP = tableOf('persons.memberships')
/** Records of other countries that are considered the same person. */
export const SAME_AS = tableOf('persons.sameAs')

/** Sections of national law. */
export const STATUTE = tableOf('statutes')
/** Treaties. */
export const INSTRUMENT = tableOf('instruments')
/** Articles of a treaty. They are deleted with their treaty. */
export const ARTICLE = tableOf('instruments.articles')
/** Participations: which state signed a treaty, and when it became bound. */
export const PARTICIPATION = tableOf('instruments.participations')
/** Requests for mutual legal assistance. */
export const MLA_REQUEST = tableOf('mlaRequests')
/** Cases of other countries that a request is about. */
export const MLA_CONCERN = tableOf('mlaRequests.concerns')
/** What the data is complete for (subgraphs/legal/migrations/004-coverage.sql). */
export const COVERAGE: Table = { name: 'legal.coverage', key: ['subject', 'key'], columns: ['subject', 'key'] }

/** Where a long task reports its progress. */
export interface Progress {
  /** Reports the rows that are done, and their share of all rows, 0 to 1, if the task knows it. */
  report(label: string, done: number, share?: number): void
  /** Removes the line. */
  clear(): void
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
export function createProgress(stream: BarStream, now: () => number = Date.now): Progress {
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

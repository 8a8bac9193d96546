import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { SourceError } from '../../joining/sources/source.ts'
import { UsageError } from '../../service/usage-error.ts'
import { refreshStatistics } from '../../subgraphs/kit/statistics.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { type ImportReport, MAX_LISTED_REJECTIONS, type Progress, type Rejection } from './progress.ts'
import { type Row, type Table, upsertRows } from './table.ts'

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

import { UsageError } from '../../service/usage-error.ts'
import { refreshStatistics } from '../../subgraphs/kit/statistics.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import type { Progress } from './progress.ts'
import { type ImportReport, MAX_LISTED_REJECTIONS, type Rejection } from './report.ts'
import { type Row, type Table, upsertRows } from './table.ts'
import { hashFile, openTextFile, type TextFile } from './text-file.ts'

/** One record of a file as rows of the importer's tables, or why it is rejected. */
export type Entry =
  /** `key` names the record within the file; `rows` are in the order of the importer's tables. */
  | { readonly line: number; readonly key: string; readonly rows: readonly (readonly Row[])[] }
  | { readonly line: number; readonly rejected: string }

/** What is specific to one importer. The work that all importers share is in {@link runImport}. */
export interface Importer {
  /** Its name in `istmo.import_run`. */
  readonly name: string
  /** Tables in the order in which they are written. */
  readonly tables: readonly Table[]
  /**
   * Deletes the rows of an earlier file that this file no longer holds. The keys of this file are in `import_seen (key text)`.
   * The statement returns the rows that it deletes.
   */
  readonly removeStale: string
  readonly note: string | null
  /** Rows that must exist before the first row is written. */
  prepare?(db: Database): Promise<void>
  read(file: TextFile): AsyncIterable<Entry>
}

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

/** How many rows are in memory at once. */
const BATCH_SIZE = 500

/**
 * Imports a file into a database as a stream, all or nothing. No more than one batch is in memory. If the file is the one that was
 * imported last, nothing changes. Another file changes the rows that differ, and removes the rows that it no longer holds.
 * @throws {UsageError} when the file does not have the form that the importer expects.
 */
export async function runImport(importer: Importer, options: ImportOptions): Promise<ImportReport> {
  const { db, source, country, progress } = options
  const sha256 = await hashFile(source)
  const before = await lastRun(db, importer.name)
  const common = { importer: importer.name, path: source, country, note: importer.note }
  if (before?.sha256 === sha256) {
    const { rows_taken: taken, rows_refused: rejected } = before
    return { ...common, alreadyTaken: true, taken, rejected, inserted: 0, updated: 0, removed: 0, rejections: [] }
  }
  try {
    const result = await db.transaction(async (tx) => {
      const counts = await takeFile(tx, importer, source, progress, sha256)
      await journal(tx, importer.name, sha256, counts)
      return counts
    })
    await refreshStatistics(db)
    return { ...common, alreadyTaken: false, ...result }
  } finally {
    progress.clear()
  }
}

/** Whether a file was taken by the importer of this name, ever. */
export async function hasImported(db: Database, importer: string): Promise<boolean> {
  return (await lastRun(db, importer)) !== undefined
}

type Counts = Omit<ImportReport, 'importer' | 'path' | 'country' | 'alreadyTaken' | 'note'>

async function takeFile(
  tx: Database,
  importer: Importer,
  source: string,
  progress: Progress,
  sha256: string,
): Promise<Counts> {
  await tx.execute('create temporary table import_seen (key text collate "C" primary key) on commit drop')
  await importer.prepare?.(tx)
  const file = await openTextFile(source)
  const tally = { taken: 0, rejected: 0, inserted: 0, updated: 0 }
  const rejections: Rejection[] = []
  for await (const batch of batches(importer.read(file))) {
    const { fresh, rejected } = await sift(tx, batch)
    rejections.push(...rejected.slice(0, MAX_LISTED_REJECTIONS - rejections.length))
    tally.rejected += rejected.length
    tally.taken += fresh.length
    for (const [index, table] of importer.tables.entries()) {
      const written = await upsertRows(
        tx,
        table,
        fresh.flatMap(({ rows }) => rows[index] ?? []),
      )
      tally.inserted += written.inserted
      tally.updated += written.updated
    }
    progress.report(importer.name, tally.taken + tally.rejected, file.share())
  }
  if (file.sha256() !== sha256)
    throw new UsageError(`${source}: the file changed while it was read; run the import again`)
  // A file without a single valid record must not remove the rows that exist.
  const removed = tally.taken === 0 ? [] : await tx.query(importer.removeStale)
  return { ...tally, removed: removed.length, rejections: rejections.toSorted((a, b) => a.line - b.line) }
}

async function* batches(entries: AsyncIterable<Entry>): AsyncGenerator<readonly Entry[]> {
  let batch: Entry[] = []
  for await (const entry of entries) {
    batch.push(entry)
    if (batch.length === BATCH_SIZE) {
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}

type Accepted = Extract<Entry, { key: string }>

/** Separates the records to import from the rejected ones. A record is rejected by its reader, or because its key came before. */
async function sift(tx: Database, batch: readonly Entry[]): Promise<{ fresh: Accepted[]; rejected: Rejection[] }> {
  const keys = batch.flatMap((entry) => ('key' in entry ? [entry.key] : []))
  const rows = await tx.query<{ key: string }>(
    `insert into import_seen select distinct value from json_array_elements_text($1::text::json) on conflict do nothing returning key`,
    [JSON.stringify(keys)],
  )
  const unused = new Set(rows.map(({ key }) => key))
  const fresh: Accepted[] = []
  const rejected: Rejection[] = []
  for (const entry of batch) {
    if (!('key' in entry)) rejected.push({ line: entry.line, reason: entry.rejected })
    else if (unused.delete(entry.key)) fresh.push(entry)
    else rejected.push({ line: entry.line, reason: `${entry.key} is in the file twice; the first is imported` })
  }
  return { fresh, rejected }
}

interface Run {
  readonly sha256: string
  readonly rows_taken: number
  readonly rows_refused: number
}

/** Finds what an importer took last; undefined if it took nothing yet. */
export async function lastRun(db: Database, importer: string): Promise<Run | undefined> {
  const sql = `select sha256, rows_taken, rows_refused from istmo.import_run where importer = $1
    order by finished_at desc limit 1`
  return (await db.query<Run>(sql, [importer]))[0]
}

/** Writes down that an importer took a file. */
export async function journal(
  tx: Database,
  importer: string,
  sha256: string,
  counts: Pick<Counts, 'taken' | 'rejected'>,
): Promise<void> {
  // A file that is imported again after another one already has its row in the journal. It becomes the last one again.
  await tx.query(
    `insert into istmo.import_run (importer, sha256, finished_at, rows_taken, rows_refused)
     values ($1, $2, clock_timestamp(), $3, $4)
     on conflict (importer, sha256) do update set finished_at = excluded.finished_at,
       rows_taken = excluded.rows_taken, rows_refused = excluded.rows_refused`,
    [importer, sha256, counts.taken, counts.rejected],
  )
}

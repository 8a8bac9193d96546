import { UsageError } from '../../service/usage-error.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import type { Progress } from './progress.ts'
import { type ImportReport, MAX_LISTED_REFUSALS, type Rejection } from './report.ts'
import { type Row, type Table, upsertRows } from './table.ts'
import { hashFile, openTextFile, type TextFile } from './text-file.ts'

/** One record of a file as rows of the importer's tables, or why it is not taken. */
export type Entry =
  /** `key` names the record within the file; `rows` stand in the order of the importer's tables. */
  | { readonly line: number; readonly key: string; readonly rows: readonly (readonly Row[])[] }
  | { readonly line: number; readonly refused: string }

/** What an importer is, beside the work that is common to all. */
export interface Importer {
  /** Its name in `istmo.import_run`. */
  readonly name: string
  /** Tables in the order in which they are written. */
  readonly tables: readonly Table[]
  /**
   * Deletes what an earlier file held and this one does not, where the keys of this one are in `import_seen (key text)`.
   * The statement returns the rows that it deletes.
   */
  readonly removeStale: string
  readonly note: string | null
  /** Made sure of before the first row. */
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
  /** The country whose database `db` is: named in the report. */
  readonly country: string
}

/** Rows in memory at once. */
const BATCH_SIZE = 500

/**
 * Takes a file into a database, all or nothing, as a stream: no more than one batch is in memory. The file that was taken last
 * changes nothing; another one changes what differs and takes away what it no longer holds.
 * @throws {UsageError} when the file cannot be read as what the importer expects.
 */
export async function runImport(importer: Importer, options: ImportOptions): Promise<ImportReport> {
  const { db, source, country, progress } = options
  const sha256 = await hashFile(source)
  const before = await lastRun(db, importer.name)
  const common = { importer: importer.name, path: source, country, note: importer.note }
  if (before?.sha256 === sha256) {
    const { rows_taken: taken, rows_refused: refused } = before
    return { ...common, alreadyTaken: true, taken, refused, inserted: 0, updated: 0, removed: 0, refusals: [] }
  }
  try {
    const result = await db.transaction(async (tx) => {
      const counts = await takeFile(tx, importer, source, progress, sha256)
      await journal(tx, importer.name, sha256, counts)
      return counts
    })
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
  const tally = { taken: 0, refused: 0, inserted: 0, updated: 0 }
  const refusals: Rejection[] = []
  for await (const batch of batches(importer.read(file))) {
    const { fresh, refused } = await sift(tx, batch)
    refusals.push(...refused.slice(0, MAX_LISTED_REFUSALS - refusals.length))
    tally.refused += refused.length
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
    progress.report(importer.name, tally.taken + tally.refused, file.share())
  }
  if (file.sha256() !== sha256)
    throw new UsageError(`${source}: the file changed while it was read; run the import again`)
  // A file of which nothing can be taken says nothing about what is there.
  const removed = tally.taken === 0 ? [] : await tx.query(importer.removeStale)
  return { ...tally, removed: removed.length, refusals: refusals.toSorted((a, b) => a.line - b.line) }
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

/** Tells the records that are new in this file from those that are refused: by their reader, or for a key that came before. */
async function sift(tx: Database, batch: readonly Entry[]): Promise<{ fresh: Accepted[]; refused: Rejection[] }> {
  const keys = batch.flatMap((entry) => ('key' in entry ? [entry.key] : []))
  const rows = await tx.query<{ key: string }>(
    `insert into import_seen select distinct value from json_array_elements_text($1::text::json) on conflict do nothing returning key`,
    [JSON.stringify(keys)],
  )
  const unused = new Set(rows.map(({ key }) => key))
  const fresh: Accepted[] = []
  const refused: Rejection[] = []
  for (const entry of batch) {
    if (!('key' in entry)) refused.push({ line: entry.line, reason: entry.refused })
    else if (unused.delete(entry.key)) fresh.push(entry)
    else refused.push({ line: entry.line, reason: `${entry.key} stands in the file twice; the first is taken` })
  }
  return { fresh, refused }
}

interface Run {
  readonly sha256: string
  readonly rows_taken: number
  readonly rows_refused: number
}

async function lastRun(db: Database, importer: string): Promise<Run | undefined> {
  const sql = `select sha256, rows_taken, rows_refused from istmo.import_run where importer = $1
    order by finished_at desc limit 1`
  return (await db.query<Run>(sql, [importer]))[0]
}

async function journal(tx: Database, importer: string, sha256: string, counts: Counts): Promise<void> {
  // A file that comes back after another one was taken has its row already: it is the last one again.
  await tx.query(
    `insert into istmo.import_run (importer, sha256, finished_at, rows_taken, rows_refused)
     values ($1, $2, clock_timestamp(), $3, $4)
     on conflict (importer, sha256) do update set finished_at = excluded.finished_at,
       rows_taken = excluded.rows_taken, rows_refused = excluded.rows_refused`,
    [importer, sha256, counts.taken, counts.refused],
  )
}

import { hashLeaf } from '../merkle/hash.ts'
import { formatBase64 } from '../note/base64.ts'
import type { LogReader } from '../reader/log-reader.ts'
import type { IndexDatabase } from './database.ts'
import { createAssembler, type EntryRow } from './entry-row.ts'
import { insertRows } from './insert-rows.ts'

/**
 * The tables of the index, which are filled from logs. They contain nothing that is not in a log, can be deleted at any time, and
 * prove nothing: `verify` and `prove` never read them.
 */

const TABLES = [
  `create table if not exists followed (
    log text primary key, next bigint not null, last_leaf text not null)`,
  `create table if not exists entries (
    log text not null, position bigint not null, id text not null, time text not null, at timestamptz not null, kind text not null,
    actor_country text, agency text, role text, actor_ref text, client text, token_id text,
    task_force text, purpose text, case_ref text, operation text,
    countries text[] not null, domains text[] not null, coordinates text[] not null, denied text[] not null,
    outcome text not null, codes text[] not null, status int, duration_ms bigint, records bigint not null, persons bigint not null,
    primary key (log, position))`,
]

/** Created after the first entries are in the table: this is faster than updating them during the first load. */
const INDEXES = [
  'create index if not exists entries_at on entries (at desc, log, position desc)',
  'create index if not exists entries_id on entries (id)',
  'create index if not exists entries_actor on entries (actor_ref, at)',
  'create index if not exists entries_countries on entries using gin (countries)',
  'create index if not exists entries_coordinates on entries using gin (coordinates)',
]

/** How many rows one statement inserts. */
const BATCH_ROWS = 2_000

/** The options of `followLog`. */
export interface FollowOptions {
  /** Deletes the log's rows, and begins with its first entry. */
  readonly rebuild?: boolean
  /** Called from time to time with the progress, in entries. */
  readonly onProgress?: (done: number, total: number) => void
}

/** The index has entries that are not in the log. It belongs to another log, or the log was rolled back. */
export class IndexAheadError extends Error {
  override readonly name = 'IndexAheadError'
}

/** Creates the tables that do not exist. */
export async function prepareIndex({ query }: IndexDatabase): Promise<void> {
  for (const statement of TABLES) await query(statement)
}

/**
 * Adds a log's new entries to the index, up to the log's checkpoint. The reader checks each entry against its leaf. Rejects with an
 * IndexAheadError if the log does not have the entries that the index has, and with the errors of the reader.
 * @returns how many entries it read.
 */
export async function followLog(db: IndexDatabase, reader: LogReader, options: FollowOptions = {}): Promise<number> {
  await prepareIndex(db)
  const log = reader.log.name
  const { size } = reader.head.checkpoint
  if (options.rebuild) await deleteLog(db, log)
  const { next: from, lastLeaf: leafBefore } = await findStart(db, reader)
  const assembler = createAssembler(log)
  let [rows, read, lastLeaf]: [EntryRow[], number, string] = [[], from, leafBefore]
  let writing: Promise<void> = Promise.resolve()
  /** Waits for the write before it, and begins one. The next entries are read while the database works. */
  const write = async (): Promise<void> => {
    const all = [...rows, ...assembler.waiting()]
    const [next, leaf] = [assembler.since() ?? read, lastLeaf]
    rows = []
    await writing
    writing = db.transaction(async (query) => {
      await insertRows(query, all)
      await query(
        `insert into followed values ($1, $2, $3)
         on conflict (log) do update set next = excluded.next, last_leaf = excluded.last_leaf`,
        [log, next, leaf],
      )
    })
    // The next write, or the end, throws its error.
    writing.catch(() => undefined)
  }
  for await (const entry of reader.entries(from)) {
    rows.push(...assembler.push(entry))
    read = entry.index + 1
    // If an entry waits for its parts, the next run begins earlier, and the leaf before that place is not in memory.
    lastLeaf = assembler.since() === undefined ? formatBase64(hashLeaf(entry.bytes)) : ''
    if (rows.length < BATCH_ROWS) continue
    await write()
    options.onProgress?.(read, size)
  }
  await write()
  await writing
  for (const statement of INDEXES) await db.query(statement)
  return read - from
}

async function deleteLog({ query }: IndexDatabase, log: string): Promise<void> {
  await query('delete from entries where log = $1', [log])
  await query('delete from followed where log = $1', [log])
}

/** Finds the first entry to read. Checks that the log still has the entry that was read last. */
async function findStart(
  { query }: IndexDatabase,
  reader: LogReader,
): Promise<{ readonly next: number; readonly lastLeaf: string }> {
  const [followed] = await query<{ next: number; last_leaf: string }>(
    'select next, last_leaf from followed where log = $1',
    [reader.log.name],
  )
  if (followed === undefined) return { next: 0, lastLeaf: '' }
  const { size } = reader.head.checkpoint
  if (followed.next > size) {
    throw new IndexAheadError(`the index has ${followed.next} entries of ${reader.log.name}, but the log has ${size}`)
  }
  const start = { next: followed.next, lastLeaf: followed.last_leaf }
  if (followed.next === 0 || followed.last_leaf === '') return start
  const { bytes } = await reader.entry(followed.next - 1)
  if (formatBase64(hashLeaf(bytes)) === followed.last_leaf) return start
  throw new IndexAheadError(`entry ${followed.next - 1} of ${reader.log.name} is not the entry that the index has`)
}

import { hashLeaf } from '../merkle/hash.ts'
import { formatBase64 } from '../note/base64.ts'
import type { LogReader } from '../reader/log-reader.ts'
import type { UnreadableEntry } from '../reader/read-parsed.ts'
import type { IndexDatabase } from './database.ts'
import type { EntryRow } from './entry-row.ts'
import { createTolerantAssembler } from './tolerant-assembler.ts'

/**
 * The tables of the index, which are filled from logs. They contain nothing that is not in a log, can be deleted at any time, and
 * prove nothing: `verify` and `prove` never read them.
 */

const TABLES = [
  `create table if not exists followed (
    log text primary key, next bigint not null, last_leaf text not null)`,
  // The number of entries of the log that the index knows. `next` may be smaller, because it waits for the parts of an entry.
  'alter table followed add column if not exists size bigint not null default 0',
  `create table if not exists unreadable (
    log text not null, position bigint not null, reason text not null, primary key (log, position))`,
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

/** The columns of `entries` that correspond to the members of a row, with their types. */
const COLUMNS = {
  log: 'text',
  position: 'bigint',
  id: 'text',
  time: 'text',
  kind: 'text',
  actor_country: 'text',
  agency: 'text',
  role: 'text',
  actor_ref: 'text',
  client: 'text',
  token_id: 'text',
  task_force: 'text',
  purpose: 'text',
  case_ref: 'text',
  operation: 'text',
  countries: 'text[]',
  domains: 'text[]',
  coordinates: 'text[]',
  denied: 'text[]',
  outcome: 'text',
  codes: 'text[]',
  status: 'int',
  duration_ms: 'bigint',
  records: 'bigint',
  persons: 'bigint',
} as const

/** The columns of a row, for a `select`. */
export const ROW_COLUMNS: string = Object.keys(COLUMNS).join(', ')

const names = Object.keys(COLUMNS)
const INSERT = `
  insert into entries (at, ${names.join(', ')})
  select x.time::timestamptz, ${names.map((name) => `x.${name}`).join(', ')}
  from jsonb_to_recordset($1::jsonb) as x(${Object.entries(COLUMNS)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')})
  on conflict (log, position) do update set
    ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`

/** How many rows one statement inserts. */
const BATCH_ROWS = 1_000

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
  let unreadable: UnreadableEntry[] = []
  const assembler = createTolerantAssembler(log, (entry) => void unreadable.push(entry))
  let [rows, read, lastLeaf]: [EntryRow[], number, string] = [[], from, leafBefore]
  const write = async (): Promise<void> => {
    const batch = { log, rows: [...rows, ...assembler.waiting()], unreadable }
    rows = []
    unreadable = []
    await db.transaction((query) => writeBatch(query, batch, { next: assembler.since() ?? read, size: read, lastLeaf }))
  }
  for await (const entry of reader.entries(from)) {
    rows.push(...assembler.push(entry))
    read = entry.index + 1
    // If an entry waits for its parts, the next run begins earlier, and the leaf before that place is not in memory.
    lastLeaf = assembler.since() === undefined ? formatBase64(hashLeaf(entry.bytes)) : ''
    if (rows.length + unreadable.length < BATCH_ROWS) continue
    await write()
    options.onProgress?.(read, size)
  }
  await write()
  for (const statement of INDEXES) await db.query(statement)
  return read - from
}

/** Inserts rows, or replaces those of the same places. */
export async function insertRows(query: IndexDatabase['query'], rows: readonly EntryRow[]): Promise<void> {
  if (rows.length > 0) await query(INSERT, [JSON.stringify(rows.map(columnsOf))])
}

interface Batch {
  readonly log: string
  readonly rows: readonly EntryRow[]
  readonly unreadable: readonly UnreadableEntry[]
}

async function writeBatch(
  query: IndexDatabase['query'],
  { log, rows, unreadable }: Batch,
  { next, size, lastLeaf }: { readonly next: number; readonly size: number; readonly lastLeaf: string },
): Promise<void> {
  await insertRows(query, rows)
  for (const { index, reason } of unreadable) {
    await query('insert into unreadable values ($1, $2, $3) on conflict do nothing', [log, index, reason])
  }
  await query(
    `insert into followed (log, next, last_leaf, size) values ($1, $2, $3, $4)
     on conflict (log) do update set next = excluded.next, last_leaf = excluded.last_leaf, size = excluded.size`,
    [log, next, lastLeaf, size],
  )
}

/** What the index knows of one log. */
export interface IndexedLog {
  readonly log: string
  /** The number of entries of the log that the index has read. */
  readonly size: number
  /** How many of them it could not read. It has no rows for these. */
  readonly unreadable: number
  /** The indexes of the first of them, at most ten. */
  readonly firstUnreadable: readonly number[]
}

/** Returns what the index knows of each log, by name. An answer of the index is an answer about so many entries. */
export async function listIndexedLogs({ query }: IndexDatabase): Promise<readonly IndexedLog[]> {
  const logs = await query<{ log: string; size: number; unreadable: number }>(
    `select log, size, (select count(*)::int from unreadable as u where u.log = f.log) as unreadable
     from followed as f order by log`,
  )
  const named = async ({ log }: { readonly log: string }): Promise<readonly number[]> => {
    const rows = await query<{ position: number }>(
      'select position from unreadable where log = $1 order by position limit 10',
      [log],
    )
    return rows.map(({ position }) => position)
  }
  return Promise.all(logs.map(async (each) => ({ ...each, firstUnreadable: await named(each) })))
}

async function deleteLog({ query }: IndexDatabase, log: string): Promise<void> {
  await query('delete from entries where log = $1', [log])
  await query('delete from unreadable where log = $1', [log])
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

/** Converts a row into columns for the statement. PostgreSQL cannot store NUL or a lone surrogate, so it replaces them. */
export function columnsOf(row: EntryRow): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      storable(value),
    ]),
  )
}

function storable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(storable)
  return typeof value === 'string' ? value.replaceAll('\u0000', '\ufffd').toWellFormed() : value
}

/**
 * The tables of the index, which are filled from logs. They contain nothing that is not in a log, can be deleted at any time, and
 * prove nothing: `verify` and `prove` never read them.
 */
import { hashLeaf } from '../merkle/hash.ts'
import { TILE_WIDTH } from '../merkle/tile.ts'
import { formatBase64 } from '../note/base64.ts'
import { findWitnessedPart, type LogReader, type UnreadableEntry, type WitnessedPart } from '../reader/log-reader.ts'
import type { PlacedEntry } from '../verify/read-log.ts'
import { createTolerantAssembler, createViewAssembler, findAuthorityCountry, type SeenRow } from './assembler.ts'
import type { IndexDatabase, IndexTransaction } from './database.ts'
import { ALL, COLUMNS, columnOf } from './entry-row.ts'

const TABLES = [
  `create table if not exists followed (
    log text primary key, next bigint not null, last_leaf text not null)`,
  // The number of entries of the log that the index knows. `next` may be smaller, because it waits for the parts of an entry.
  'alter table followed add column if not exists size bigint not null default 0',
  // How much of it a quorum of witnesses has cosigned. All three are null if an earlier version filled the index.
  'alter table followed add column if not exists needs_quorum boolean',
  'alter table followed add column if not exists witnessed bigint',
  'alter table followed add column if not exists witnessed_ms bigint',
  // The root of the tree of these entries, in Base 64. Null if an earlier version filled the index, which kept only the last leaf.
  'alter table followed add column if not exists root text',
  `create table if not exists unreadable (
    log text not null, position bigint not null, reason text not null, primary key (log, position))`,
  `create table if not exists entries (${Object.entries(COLUMNS).map(([member, type]) => `${columnOf(member)} ${type}`)},
    viewer text not null, at timestamptz not null, leg text, refs text[], primary key (log, position, viewer))`,
]

/** Created after the first entries are in the table: this is faster than updating them during the first load. */
const INDEXES = [
  'create index if not exists entries_at on entries (viewer, at desc, log, position desc)',
  'create index if not exists entries_id on entries (id)',
  'create index if not exists entries_actor on entries (actor_ref, at)',
  'create index if not exists entries_countries on entries using gin (countries)',
  'create index if not exists entries_coordinates on entries using gin (coordinates)',
  // Only entries of an authority's log have one.
  'create index if not exists entries_mandate on entries (mandate) where mandate is not null',
  // Who has received a record: only the details of legs in the countries' own logs have refs of records.
  `create index if not exists entries_refs on entries using gin (refs) where kind = 'leg-detail'`,
]

/** How many rows one statement inserts. */
const BATCH_ROWS = 2_000

/** The options of `followLog`. */
interface FollowOptions {
  /** Deletes the log's rows, and begins with its first entry. */
  readonly rebuild?: boolean
  /** Called from time to time with the progress, in entries. */
  readonly onProgress?: (done: number, total: number) => void
}

/** The index has entries that are not in the log. It belongs to another log, or the log was rolled back. */
export class IndexAheadError extends Error {
  override readonly name = 'IndexAheadError'
}

/** Creates the tables that do not exist. An index of an older form is deleted, and the next `followLog` fills it again. */
export async function prepareIndex({ query }: IndexDatabase): Promise<void> {
  // PostgreSQL's own catalogue answers ten times faster than information_schema, and oversight asks each few seconds for each log.
  const columns = await query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = to_regclass(quote_ident(current_schema()) || '.entries') and not attisdropped`,
  )
  const isOld =
    columns.length > 0 && !['viewer', 'refs', 'mandate'].every((column) => columns.some(({ name }) => name === column))
  if (isOld) for (const table of ['entries', 'followed']) await query(`drop table if exists ${table}`)
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
  await deletePruned(db, reader)
  const { next: from, lastLeaf: leafBefore } = await findStart(db, reader)
  let unreadable: UnreadableEntry[] = []
  const witnessed = await findWitnessedPart(reader)
  const viewed = createViewAssembler(log, await findAuthorityCountry(reader))
  const assembler = createTolerantAssembler(viewed, (entry) => void unreadable.push(entry))
  let [rows, read]: [SeenRow[], number] = [[], from]
  let last: PlacedEntry | undefined
  let writing: Promise<void> = Promise.resolve()
  /** Waits for the write before it, and begins one. The next entries are read while the database works. */
  const write = async (): Promise<void> => {
    const batch = { log, rows: [...rows, ...assembler.waiting()], unreadable }
    const since = assembler.since()
    // That of the last entry that was read, although the next run begins earlier if an entry waits for its parts.
    const lastLeaf = last === undefined ? leafBefore : formatBase64(hashLeaf(last.bytes))
    const place = { next: since ?? read, size: read, lastLeaf, witnessed }
    rows = []
    unreadable = []
    const root = formatBase64(await reader.root(place.size))
    await writing
    writing = db.transaction((within) => writeBatch(within, batch, { ...place, root }))
    // The next write, or the end, throws its error.
    writing.catch(() => undefined)
  }
  for await (const entry of reader.entries(from)) {
    rows.push(...assembler.push(entry))
    read = entry.index + 1
    last = entry
    if (rows.length + unreadable.length < BATCH_ROWS) continue
    await write()
    options.onProgress?.(read, size)
  }
  await write()
  await writing
  for (const statement of INDEXES) await db.query(statement)
  return read - from
}

interface Batch {
  readonly log: string
  readonly rows: readonly SeenRow[]
  readonly unreadable: readonly UnreadableEntry[]
}

/** How far the index is, and what is known of the log up to there. */
interface FollowedTo {
  readonly next: number
  readonly size: number
  readonly lastLeaf: string
  readonly root: string
  readonly witnessed: WitnessedPart
}

async function writeBatch(
  within: IndexTransaction,
  { log, rows, unreadable }: Batch,
  { next, size, lastLeaf, root, witnessed }: FollowedTo,
): Promise<void> {
  const { query } = within
  // Comes first: it locks the log for everybody else who follows it, until the rows are there too.
  await query(
    `insert into followed (log, next, last_leaf, root, size, needs_quorum, witnessed, witnessed_ms) values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (log) do update set next = excluded.next, last_leaf = excluded.last_leaf, root = excluded.root, size = excluded.size,
       needs_quorum = excluded.needs_quorum, witnessed = excluded.witnessed, witnessed_ms = excluded.witnessed_ms`,
    [log, next, lastLeaf, root, size, witnessed.isDemanded, witnessed.size, witnessed.timeMs],
  )
  await insertRows(within, rows)
  for (const { index, reason } of unreadable) {
    await query('insert into unreadable values ($1, $2, $3) on conflict do nothing', [log, index, reason])
  }
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
  /** How much of the log a quorum of witnesses had cosigned; null if an earlier version filled the index, which did not look. */
  readonly witnessed: WitnessedPart | null
}

/** Returns what the index knows of each log, by name. An answer of the index is an answer about so many entries. */
export async function listIndexedLogs({ query }: IndexDatabase): Promise<readonly IndexedLog[]> {
  const logs = await query<FollowedRow>(
    `select log, size, needs_quorum, witnessed, witnessed_ms, (select count(*)::int from unreadable as u where u.log = f.log) as unreadable
     from followed as f order by log`,
  )
  const named = async ({ log }: { readonly log: string }): Promise<readonly number[]> => {
    const rows = await query<{ position: number }>(
      'select position from unreadable where log = $1 order by position limit 10',
      [log],
    )
    return rows.map(({ position }) => position)
  }
  return Promise.all(
    logs.map(async (each) => {
      const { log, size, unreadable } = each
      return { log, size, unreadable, firstUnreadable: await named(each), witnessed: witnessedIn(each) }
    }),
  )
}

interface FollowedRow {
  readonly log: string
  readonly size: number
  readonly unreadable: number
  readonly needs_quorum: boolean | null
  readonly witnessed: number | null
  readonly witnessed_ms: number | null
}

function witnessedIn({ needs_quorum: isDemanded, witnessed: size, witnessed_ms: timeMs }: FollowedRow) {
  return isDemanded === null || size === null ? null : { isDemanded, size, timeMs }
}

/** Lists the names under which the index has rows although it does not follow a log of this name. It looks up one row for each name, and not all rows. */
export async function listUnfollowedLogs({ query }: IndexDatabase): Promise<readonly string[]> {
  const rows = await query<{ log: string }>(
    `with recursive names as (
       (select log from entries order by log limit 1)
       union all
       select (select e.log from entries as e where e.log > names.log order by e.log limit 1) from names where names.log is not null)
     select log from names where log is not null and log not in (select log from followed) order by log`,
  )
  return rows.map(({ log }) => log)
}

/** Returns the time of the last entry of a log that the index has, in milliseconds since the epoch; undefined if it has none. */
export async function findLastTime({ query }: IndexDatabase, log: string): Promise<number | undefined> {
  const [row] = await query<{ last: string | null }>('select max(at) as last from entries where log = $1', [log])
  return row?.last == null ? undefined : Date.parse(row.last)
}

async function deleteLog({ query }: IndexDatabase, log: string): Promise<void> {
  await query('delete from entries where log = $1', [log])
  await query('delete from unreadable where log = $1', [log])
  await query('delete from followed where log = $1', [log])
}

/** Deletes the rows of entries that the log no longer has: the index would otherwise keep what had to go. */
async function deletePruned({ query }: IndexDatabase, { log, prunings }: LogReader): Promise<void> {
  for (const { minimumIndex, held } of prunings.all) {
    const [from, until] = [held.map((range) => range.from), held.map((range) => range.until)]
    await query(
      `delete from entries where log = $1 and position < $2 and not exists (
         select from unnest($3::bigint[], $4::bigint[]) as held (since, until) where position >= since and position < until)`,
      [log.name, minimumIndex, from, until],
    )
  }
}

/** Finds the first entry to read. Checks that the log still has the tree that the index was made of, or, of an index of an earlier version, the entry that was read last. */
async function findStart(
  { query }: IndexDatabase,
  reader: LogReader,
): Promise<{ readonly next: number; readonly lastLeaf: string }> {
  const [followed] = await query<{ next: number; size: number; last_leaf: string; root: string | null }>(
    'select next, size, last_leaf, root from followed where log = $1',
    [reader.log.name],
  )
  if (followed === undefined) return { next: 0, lastLeaf: '' }
  const { size } = reader.head.checkpoint
  // An index of an earlier version may lack the size.
  const known = Math.max(followed.next, followed.size)
  if (known > size) {
    throw new IndexAheadError(`the index has ${known} entries of ${reader.log.name}, but the log has ${size}`)
  }
  const start = { next: followed.next, lastLeaf: followed.last_leaf }
  const isLastGone = known === 0 || reader.prunings.isPruned(Math.floor((known - 1) / TILE_WIDTH))
  if (followed.last_leaf !== '' && !isLastGone) {
    const { bytes } = await reader.entry(known - 1)
    if (formatBase64(hashLeaf(bytes)) !== followed.last_leaf) {
      throw new IndexAheadError(`entry ${known - 1} of ${reader.log.name} is not the entry that the index has`)
    }
  }
  if (followed.root !== null && formatBase64(await reader.root(followed.size)) !== followed.root) {
    const what = `the index was made of another log of this name: the tree of its ${followed.size} entries is not that of ${reader.log.name}`
    throw new IndexAheadError(`${what}. Use --rebuild`)
  }
  return start
}

/** The columns of a row, for a `select`. */
export const ROW_COLUMNS: string = Object.keys(COLUMNS).map(columnOf).join(', ')

/** Those columns, the viewer's, and those of the refs of records, by which a search finds legs and which it does not show. */
export const STORED_COLUMNS: string = `${ROW_COLUMNS}, viewer, leg, refs`

const REPLACE = [...STORED_COLUMNS.split(', '), 'at'].map((column) => `${column} = excluded.${column}`).join(', ')

/** Inserts rows, many with one statement, or replaces those of the same log, position and viewer. */
export async function insertRows({ query }: IndexTransaction, rows: readonly SeenRow[]): Promise<void> {
  if (rows.length === 0) return
  await query(
    `insert into entries select * from json_populate_recordset(null::entries, $1)
     on conflict (log, position, viewer) do update set ${REPLACE}`,
    [JSON.stringify(rows.map((seen) => ({ ...columnsOf(seen), at: seen.row.time })))],
  )
}

/** Returns the columns of a row as a query returns them, without `at`. */
export function columnsOf({ viewer, row, detail }: SeenRow): Readonly<Record<string, unknown>> {
  const members = { ...row, viewer: viewer ?? ALL, leg: detail?.leg ?? null, refs: detail?.refs ?? null }
  return Object.fromEntries(Object.entries(members).map(([member, value]) => [columnOf(member), storable(value)]))
}

/** PostgreSQL cannot store NUL or a lone surrogate, and PGlite loses a byte order mark when it reads, so this replaces them. */
function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/[\0\ufeff]/g, '\ufffd').toWellFormed()
  return Array.isArray(value) ? value.map(storable) : value
}

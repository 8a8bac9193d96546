import { hashLeaf } from '../merkle/hash.ts'
import { formatBase64 } from '../note/base64.ts'
import type { LogReader } from '../reader/log-reader.ts'
import { createViewAssembler, type SeenRow } from './country-view.ts'
import type { IndexDatabase } from './database.ts'
import { ALL } from './filter.ts'

/**
 * The tables of the index, which are filled from logs. They contain nothing that is not in a log, can be deleted at any time, and
 * prove nothing: `verify` and `prove` never read them.
 */

const TABLES = [
  `create table if not exists followed (
    log text primary key, next bigint not null, last_leaf text not null)`,
  `create table if not exists entries (
    log text not null, position bigint not null, viewer text not null, id text not null, time text not null, at timestamptz not null, kind text not null,
    actor_country text, agency text, role text, actor_ref text, client text, token_id text,
    task_force text, purpose text, case_ref text, operation text, document text,
    countries text[] not null, domains text[] not null, coordinates text[] not null, denied text[] not null,
    outcome text not null, codes text[] not null, status int, duration_ms bigint, records bigint not null, persons bigint not null,
    primary key (log, position, viewer))`,
]

/** Created after the first entries are in the table: this is faster than updating them during the first load. */
const INDEXES = [
  'create index if not exists entries_at on entries (viewer, at desc, log, position desc)',
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
  document: 'text',
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

/** The columns that the index has besides. `viewer` is who sees the row: a country, or `ALL`. */
const STORED = { ...COLUMNS, viewer: 'text' } as const

const names = Object.keys(STORED)
const INSERT = `
  insert into entries (at, ${names.join(', ')})
  select x.time::timestamptz, ${names.map((name) => `x.${name}`).join(', ')}
  from jsonb_to_recordset($1::jsonb) as x(${Object.entries(STORED)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ')})
  on conflict (log, position, viewer) do update set
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

/** Creates the tables that do not exist. An index of an older form is deleted, and the next `followLog` fills it again. */
export async function prepareIndex({ query }: IndexDatabase): Promise<void> {
  const columns = await query<{ name: string }>(
    `select column_name as name from information_schema.columns where table_schema = current_schema() and table_name = 'entries'`,
  )
  const isOld = columns.length > 0 && !columns.some(({ name }) => name === 'viewer')
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
  const { next: from, lastLeaf: leafBefore } = await findStart(db, reader)
  const assembler = createViewAssembler(log)
  let [rows, read, lastLeaf]: [SeenRow[], number, string] = [[], from, leafBefore]
  const write = async (): Promise<void> => {
    const all = [...rows, ...assembler.waiting()]
    rows = []
    await db.transaction(async (query) => {
      if (all.length > 0) await query(INSERT, [JSON.stringify(all.map(columnsOf))])
      await query(
        `insert into followed values ($1, $2, $3)
         on conflict (log) do update set next = excluded.next, last_leaf = excluded.last_leaf`,
        [log, assembler.since() ?? read, lastLeaf],
      )
    })
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

/** Converts a row into columns for the statement. PostgreSQL cannot store NUL or a lone surrogate, so it replaces them. */
function columnsOf({ viewer, row }: SeenRow): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries({ ...row, viewer: viewer ?? ALL }).map(([key, value]) => [
      key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      storable(value),
    ]),
  )
}

function storable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(storable)
  return typeof value === 'string' ? value.replaceAll('\u0000', '\ufffd').toWellFormed() : value
}

import { rename } from 'node:fs/promises'
import type { Logger } from 'pino'
import { type IndexDatabase, openIndexDatabase } from '../../audit/index/database.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'

/**
 * Rows that are made from the entries of the audit log. The entry is written first. If its row cannot be written then, it is written
 * later, from the log. So a projection decides only by the entry: the same entries always make the same rows.
 */
export interface Projection {
  /** Statements that create its tables in the schema `istmo_authority`. */
  readonly tables: readonly string[]
  /** Writes the rows of one entry, whose index in the log is `index`. It ignores entries of other kinds. */
  readonly apply: (entry: Entry, query: Query, index: number) => Promise<void>
}

/** A log that a projector follows. */
export interface FollowedLog {
  readonly origin: string
  /** Returns how many entries are durable. */
  readonly size: () => number
  /** Reads the entries from index `from` on, in order, as far as they are durable now. */
  readonly read: (from: number) => AsyncIterable<{ readonly index: number; readonly entry: Entry | null }>
}

/** The authority's database: a PostgreSQL server, or PGlite in its own folder. Everything in it can be made again from the audit log. */
export type AuthorityDatabase = IndexDatabase

/** Runs one statement, in the transaction that is under way. */
export type Query = AuthorityDatabase['query']

/**
 * Opens the authority's database. An embedded one that cannot be opened, as after a power cut, is put aside, and a new one is made: the
 * audit log has all that was in it.
 * @param place the URL of a server, or a folder.
 * @throws {FolderInUseError} if another process has the folder open.
 */
export async function openAuthorityDatabase(place: string, log: Pick<Logger, 'warn'>): Promise<AuthorityDatabase> {
  if (/^postgres(ql)?:\/\//.test(place)) return openIndexDatabase(place)
  try {
    return await openIndexDatabase(place)
  } catch (error) {
    if (error instanceof FolderInUseError) throw error
    const aside = `${place}.damaged-${Date.now()}`
    await rename(place, aside)
    log.warn({ aside }, 'the database could not be opened; it was put aside, and is made again from the audit log')
    return openIndexDatabase(place)
  }
}

/**
 * The form of the tables. A database of another form is made again from the log. Version 2 could lack rows after a failover to a standby that lagged,
 * and its position did not show it.
 */
const TABLES_VERSION = 3

/** How many entries one transaction takes while the database catches up. */
const MAX_PER_TRANSACTION = 500

const OWN_TABLES = [
  `create table if not exists istmo_authority.position (
     id boolean primary key default true check (id), version int not null, log text not null,
     next bigint not null, last text)`,
  'create table if not exists istmo_authority.uses (id text primary key, until_s bigint not null)',
  'create index if not exists uses_until on istmo_authority.uses (until_s)',
] as const

/** An entry that is durable, with its index in the log. */
export interface NotedEntry {
  readonly index: number
  readonly entry: Entry
}

/** Keeps the rows of the database up with the log. */
export interface Projector {
  /** Takes entries that are durable. They need not be in order, and none must be there: what is missing is read from the log. */
  readonly note: (entries: readonly NotedEntry[]) => void
  /**
   * Resolves when the rows of all entries below `size` are written. It asks the database each time how far its rows are, because a failover to a
   * standby that lags takes rows back. Rejects if the database is away; the next call goes on.
   */
  readonly reach: (size: number) => Promise<void>
  /**
   * Since when the database knows each use of an assertion or proof, in milliseconds since the epoch; 0 if it has known all. Uses have no entries, so
   * they are lost with a database that was made again, and with what a standby had not received.
   */
  readonly knowsUsesSince: () => number
}

/**
 * Opens the rows of a database: creates the tables, makes all rows again if they belong to another log, are ahead of it or have another form,
 * and applies the entries that they lack.
 */
export async function openProjector(
  db: AuthorityDatabase,
  log: FollowedLog,
  projections: readonly Projection[],
  now: () => number = Date.now,
): Promise<Projector> {
  let usesSince = (await prepareTables(db, log, projections)) ? now() : 0
  const noted = new Map<number, Entry | null>()
  let known: Position | undefined
  let running: Promise<void> | undefined

  const findPosition = async (): Promise<Position> => {
    const found = await readPosition(db)
    if (found !== undefined && found.next === known?.next && found.last === known.last) return found
    // Rows that this projector had written are gone, or nobody knows whether its last transaction was committed.
    const isBehind = known !== undefined && (found?.next ?? 0) <= known.next
    if ((await prepareTables(db, log, projections)) || isBehind) usesSince = now()
    return (await readPosition(db)) ?? { next: 0, last: null }
  }
  const advance = async (size: number): Promise<void> => {
    let at = await findPosition()
    while (at.next < size) {
      if (!noted.has(at.next)) await readMissing(log, at.next, noted)
      const batch = takeFrom(noted, at.next)
      if (batch.length === 0) throw new Error(`expected entry ${at.next} of the audit log; came nothing`)
      at = await applyBatch(db, projections, at, batch)
    }
    known = at
    for (const index of noted.keys()) if (index < at.next) noted.delete(index)
  }
  const reach = async (size: number): Promise<void> => {
    do {
      running ??= advance(size).finally(() => {
        running = undefined
      })
      await running
    } while (known === undefined || known.next < size)
  }
  await reach(log.size())
  return {
    knowsUsesSince: () => usesSince,
    reach,
    note: (entries) => {
      for (const { index, entry } of entries) noted.set(index, entry)
    },
  }
}

/** Creates the tables, and drops them before if they cannot be those of this log. Resolves to whether an older log met an empty database. */
async function prepareTables(
  db: AuthorityDatabase,
  log: FollowedLog,
  projections: readonly Projection[],
): Promise<boolean> {
  return db.transaction(async ({ query }) => {
    await query('create schema if not exists istmo_authority')
    await query(OWN_TABLES[0])
    const isOwn = await isPositionOf(query, log)
    if (!isOwn) {
      await query('drop schema istmo_authority cascade')
      await query('create schema istmo_authority')
    }
    for (const table of [...OWN_TABLES, ...projections.flatMap(({ tables }) => tables)]) await query(table)
    if (isOwn) return false
    await query('insert into istmo_authority.position (version, log, next) values ($1, $2, 0)', [
      TABLES_VERSION,
      log.origin,
    ])
    return log.size() > 1
  })
}

/** Up to where the rows of a database go: the index of the entry that comes next, and the id of the last one. */
interface Position {
  readonly next: number
  readonly last: string | null
}

/** Whether the rows are of this log, up to an entry that it has. */
async function isPositionOf(query: Query, log: FollowedLog): Promise<boolean> {
  const [row] = await query<Position & { readonly version: number; readonly log: string }>(
    'select version, log, next, last from istmo_authority.position',
  )
  if (row === undefined || row.version !== TABLES_VERSION || row.log !== log.origin || row.next > log.size())
    return false
  if (row.next === 0) return true
  for await (const { entry } of log.read(row.next - 1)) return (entry?.id ?? null) === row.last
  return false
}

/** Reads the position; undefined if the database has none. */
async function readPosition(db: AuthorityDatabase): Promise<Position | undefined> {
  try {
    const [row] = await db.query<Position>('select next, last from istmo_authority.position')
    return row
  } catch (error) {
    if (isMissingTable(error)) return undefined
    throw error
  }
}

/** `undefined_table` of PostgreSQL. */
function isMissingTable(error: unknown): boolean {
  return (error as { readonly code?: unknown } | null)?.code === '42P01'
}

async function readMissing(log: FollowedLog, from: number, noted: Map<number, Entry | null>): Promise<void> {
  let count = 0
  for await (const { index, entry } of log.read(from)) {
    noted.set(index, entry)
    count += 1
    if (count === MAX_PER_TRANSACTION) return
  }
}

/** Returns the entries that follow one another from `next` on. */
function takeFrom(noted: ReadonlyMap<number, Entry | null>, next: number): readonly (Entry | null)[] {
  const batch: (Entry | null)[] = []
  while (batch.length < MAX_PER_TRANSACTION) {
    const entry = noted.get(next + batch.length)
    if (entry === undefined) break
    batch.push(entry)
  }
  return batch
}

/**
 * Writes the rows of entries and the position behind them, if the database is still where they begin.
 * @throws {Error} if the database is elsewhere, as after a failover between two transactions. Nothing is written then.
 */
async function applyBatch(
  db: AuthorityDatabase,
  projections: readonly Projection[],
  { next, last }: Position,
  batch: readonly (Entry | null)[],
): Promise<Position> {
  const after = { next: next + batch.length, last: batch.at(-1)?.id ?? null }
  await db.transaction(async ({ query }) => {
    const moved = await query(
      'update istmo_authority.position set next = $1, last = $2 where next = $3 and last is not distinct from $4 returning next',
      [after.next, after.last, next, last],
    )
    if (moved.length === 0) throw new Error(`expected a database with the rows of ${next} entries; came another`)
    for (const [at, entry] of batch.entries()) {
      if (entry === null) continue
      for (const { apply } of projections) await apply(entry, query, next + at)
    }
  })
  return after
}

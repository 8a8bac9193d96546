import type { Entry } from '../../contract/audit-log/entry.ts'
import type { AuthorityDatabase, Query } from './database.ts'
import type { FollowedLog, Projection } from './projection.ts'

/** The form of the tables. A database of another form is made again from the log. */
const TABLES_VERSION = 2

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
  /** Resolves when the rows of all entries below `size` are written. Rejects if the database is away; the next call goes on. */
  readonly reach: (size: number) => Promise<void>
  /** Whether the database was made from nothing at the start although the log has entries. It then knows no uses of assertions and proofs. */
  readonly wasRebuilt: boolean
}

/**
 * Opens the rows of a database: creates the tables, makes all rows again if they belong to another log, are ahead of it or have another form,
 * and applies the entries that they lack.
 */
export async function openProjector(
  db: AuthorityDatabase,
  log: FollowedLog,
  projections: readonly Projection[],
): Promise<Projector> {
  const wasRebuilt = await prepareTables(db, log, projections)
  const noted = new Map<number, Entry | null>()
  let next: number | undefined
  let running: Promise<void> | undefined

  const advance = async (size: number): Promise<void> => {
    // After a failure nobody knows whether the last transaction was committed.
    next ??= await readNext(db)
    while (next < size) {
      if (!noted.has(next)) await readMissing(log, next, noted)
      const batch = takeFrom(noted, next)
      if (batch.length === 0) throw new Error(`expected entry ${next} of the audit log; came nothing`)
      next = await applyBatch(db, projections, next, batch)
    }
    for (const index of noted.keys()) if (index < next) noted.delete(index)
  }
  const reach = async (size: number): Promise<void> => {
    while (next === undefined || next < size) {
      running ??= advance(Math.max(size, 0))
        .catch((error: unknown) => {
          next = undefined
          throw error
        })
        .finally(() => {
          running = undefined
        })
      await running
    }
  }
  await reach(log.size())
  return {
    wasRebuilt,
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

/** Whether the rows are of this log, up to an entry that it has. */
async function isPositionOf(query: Query, log: FollowedLog): Promise<boolean> {
  const [row] = await query<{ version: number; log: string; next: number; last: string | null }>(
    'select version, log, next, last from istmo_authority.position',
  )
  if (row === undefined || row.version !== TABLES_VERSION || row.log !== log.origin || row.next > log.size())
    return false
  if (row.next === 0) return true
  for await (const { entry } of log.read(row.next - 1)) return (entry?.id ?? null) === row.last
  return false
}

async function readNext(db: AuthorityDatabase): Promise<number> {
  const [row] = await db.query<{ next: number }>('select next from istmo_authority.position')
  return row?.next ?? 0
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

async function applyBatch(
  db: AuthorityDatabase,
  projections: readonly Projection[],
  next: number,
  batch: readonly (Entry | null)[],
): Promise<number> {
  const after = next + batch.length
  await db.transaction(async ({ query }) => {
    for (const [at, entry] of batch.entries()) {
      if (entry === null) continue
      for (const { apply } of projections) await apply(entry, query, next + at)
    }
    await query('update istmo_authority.position set next = $1, last = $2', [after, batch.at(-1)?.id ?? null])
  })
  return after
}

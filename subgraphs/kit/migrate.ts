import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { Domain } from '../../contract/domain.ts'
import type { Database } from './types.ts'
import { isUnreachable } from './unreachable-database.ts'

/** A folder of migrations, and the domain under which the database notes them. The files `NNN-name.sql` run in the order of their names. */
export interface MigrationFolder {
  readonly domain: string
  /** The folder as a URL that ends in a slash. */
  readonly migrations: URL
}

// The migrations of each national database. They run before the domains' migrations.
const KIT: MigrationFolder = { domain: 'kit', migrations: new URL('./migrations/', import.meta.url) }

/** Returns the migrations of these domains without loading the code that serves the domains. */
export const migrationsOf = (domains: readonly Domain[]): readonly MigrationFolder[] =>
  domains.map((domain) => ({ domain, migrations: new URL(`../${domain}/migrations/`, import.meta.url) }))

// The key of the advisory lock that the processes wait for: any number that no other user of the database uses.
const LOCK_KEY = 1_769_172_079

/** A migration: its name, which has the domain in it, and the text of its file. */
export interface Migration {
  readonly name: string
  readonly sha256: string
  readonly sql: string
}

/**
 * Runs each migration that the database has not run yet, in order, in a transaction of its own. Each transaction takes the same
 * advisory lock and looks again, so that two processes that start at the same time run no migration twice. One that had run before needs none.
 * @param isWanted whether a migration shall run; all do by default. A restore runs those that its backup has run.
 * @returns the names of the migrations that it ran.
 * @throws {Error} if the user may make no tables, if nothing may be written, if a migration fails, if a file was altered after it had been run, or if the
 * database has run a migration that does not exist any more. The message names the migration.
 */
export async function migrate(
  db: Database,
  folders: readonly MigrationFolder[],
  isWanted: (name: string) => boolean = () => true,
): Promise<readonly string[]> {
  await runLocked(db, (tx) =>
    tx.execute(`
      create schema if not exists istmo;
      create table if not exists istmo.migration (
        name text primary key, sha256 text not null, run_at timestamptz not null default now())`),
  ).catch((cause: unknown) => {
    const { code } = cause as { code?: unknown }
    if (code === READ_ONLY) throw readOnly(cause as Error)
    throw code === NOT_ALLOWED ? notAllowed(cause as Error) : cause
  })
  const before = await listRunMigrations(db)
  const ran: string[] = []
  for (const folder of [KIT, ...folders]) {
    const migrations = await readMigrations(folder)
    checkKnown(before, folder.domain, migrations)
    for (const migration of migrations) {
      const { name, sha256 } = migration
      if (!isWanted(name) || before.some((each) => each.name === name && each.sha256 === sha256)) continue
      const hasRun = await runLocked(db, (tx) => runOnce(tx, migration)).catch((cause: unknown) => {
        throw describeFailed(name, cause)
      })
      if (hasRun) ran.push(name)
    }
  }
  return ran
}

/** What PostgreSQL says to a user who may not do it: SQLSTATE insufficient_privilege. */
const NOT_ALLOWED = '42501'

/** What PostgreSQL says if nothing may be written: SQLSTATE read_only_sql_transaction. */
const READ_ONLY = '25006'

function readOnly(cause: Error): Error {
  return new Error(
    `Expected a database that takes writes; came «${cause.message}». Connect to the primary server and not to a standby, or switch default_transaction_read_only off.`,
    { cause },
  )
}

/** Names the migration of an error of PostgreSQL. A database that does not answer, and our own messages, stay as they are. */
function describeFailed(name: string, cause: unknown): unknown {
  if (isUnreachable(cause) || !(cause instanceof Error) || !('code' in cause)) return cause
  return new Error(
    `The migration ${name} failed, and changed nothing: «${cause.message}». The tables are not as the last version left them, or somebody else uses ` +
      'them: look into the log of PostgreSQL, or restore the newest backup (docs/running-a-node.md, Restore). Then start again.',
    { cause },
  )
}

function notAllowed(cause: Error): Error {
  return new Error(
    `Expected a database in which this user may make tables; came «${cause.message}». Make the user its owner: alter database NAME owner to USER (docs/running-a-node.md, PostgreSQL).`,
    { cause },
  )
}

/** Lists the migrations of this version in the order in which they run: those of each national database, then those of the domains. */
export async function listMigrations(folders: readonly MigrationFolder[]): Promise<readonly Migration[]> {
  return (await Promise.all([KIT, ...folders].map(readMigrations))).flat()
}

/** Lists the migrations that a database has run; an empty list if it has run none. */
export async function listRunMigrations(db: Database): Promise<readonly { name: string; sha256: string }[]> {
  const [found] = await db.query<{ has: boolean }>(`select to_regclass('istmo.migration') is not null as has`)
  return found?.has === true ? db.query('select name, sha256 from istmo.migration order by run_at, name') : []
}

/**
 * Lists the migrations that a database has not run, in order, and changes nothing.
 * @returns the names of all of them if it has run none.
 * @throws {Error} the database's error, if it does not answer.
 */
export async function findPending(db: Database, folders: readonly MigrationFolder[]): Promise<readonly string[]> {
  const ran = new Set((await listRunMigrations(db)).map(({ name }) => name))
  return (await listMigrations(folders)).flatMap(({ name }) => (ran.has(name) ? [] : [name]))
}

function runLocked<T>(db: Database, work: (tx: Database) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK_KEY])
    // A migration may run longer than the statements of a leg.
    await tx.execute('set local statement_timeout = 0')
    return work(tx)
  })
}

async function readMigrations({ domain, migrations }: MigrationFolder): Promise<readonly Migration[]> {
  const files = (await readdir(migrations)).filter((file) => file.endsWith('.sql')).sort()
  return Promise.all(
    files.map(async (file) => {
      const sql = await readFile(new URL(file, migrations), 'utf8')
      return { name: `${domain}/${file}`, sha256: createHash('sha256').update(sql).digest('hex'), sql }
    }),
  )
}

function checkKnown(run: readonly { readonly name: string }[], folder: string, migrations: readonly Migration[]): void {
  const names = new Set(migrations.map(({ name }) => name))
  const unknown = run.find(({ name }) => name.startsWith(`${folder}/`) && !names.has(name))
  if (unknown) {
    throw new Error(
      `The database has run the migration ${unknown.name}, which this version does not have. Start the version that ran it, or a later one.`,
    )
  }
}

async function runOnce(tx: Database, { name, sha256, sql }: Migration): Promise<boolean> {
  const [row] = await tx.query<{ sha256: string }>('select sha256 from istmo.migration where name = $1', [name])
  if (row) {
    if (row.sha256 === sha256) return false
    throw new Error(
      `The migration ${name} was altered after it had been run: expected SHA-256 ${row.sha256}, found ${sha256}. ` +
        'Put the file back as it was and write the change as a new migration.',
    )
  }
  await tx.execute(sql)
  await tx.query('insert into istmo.migration (name, sha256) values ($1, $2)', [name, sha256])
  return true
}

/**
 * Binds a migrated database to its country, permanently.
 * @throws {Error} if the database belongs to another country.
 */
export async function bindCountry(db: Database, country: string): Promise<void> {
  await db.query(`insert into istmo.setting (name, value) values ('country', $1) on conflict (name) do nothing`, [
    country,
  ])
  await requireCountry(db, country)
}

/**
 * Looks whether a migrated database belongs to a country or to none, and changes nothing.
 * @throws {Error} if it belongs to another country.
 */
export async function requireCountry(db: Database, country: string): Promise<void> {
  const [row] = await db.query<{ value: string }>(`select value from istmo.setting where name = 'country'`)
  if (row !== undefined && row.value !== country) {
    throw new Error(
      `Expected a database of ${country}; this one holds the records of ${row.value}. Give each country a database of its own.`,
    )
  }
}

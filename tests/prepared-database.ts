/** Makes the fresh databases of PGlite with which the embedded databases of the tests begin (service/prepared-database.ts). */
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { type Prepared, placesOf, preparedOnServer } from '../service/prepared-database.ts'
import { keepDatabaseFilesPrivate } from '../service/private-database-files.ts'
import type { DatabaseOptions } from '../subgraphs/kit/database.ts'

const PROJECT = join(import.meta.dirname, '..')

/** What they are made from: a release of PGlite, the code that makes them, and the migrations of a country. */
const SOURCES = [
  // Wherever it is installed: a copy of the checkout may have no node_modules of its own (tools/mutate).
  join(dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite')), '../package.json'),
  ...['subgraphs/kit/prepare-databases.ts', ...globSync('subgraphs/*/migrations/*.sql', { cwd: PROJECT }).sort()].map(
    (path) => join(PROJECT, path),
  ),
]

const digest = createHash('sha256')
for (const path of SOURCES) digest.update(basename(path)).update(readFileSync(path))

/** The folder of the prepared databases. They are made once, and later runs use them again while their sources are the same. */
export const PREPARED_DATABASES = join(
  tmpdir(),
  `istmo-pglite-${process.getuid?.() ?? 'user'}-${digest.digest('hex').slice(0, 16)}`,
)

/** Makes them before the first test. Vitest calls this (`globalSetup`). */
export async function setup(): Promise<void> {
  if (!existsSync(PREPARED_DATABASES)) await makeEmbedded()
  const { ISTMO_TEST_DATABASE_URL: server } = process.env
  if (server !== undefined) await makeOnServer(server)
}

async function makeEmbedded(): Promise<void> {
  // As the processes that have a database do: only their user can read their files.
  const umask = process.umask(0o077)
  const below = await mkdtemp(`${PREPARED_DATABASES}-`)
  const made = join(below, 'made')
  // What is made here begins with nothing.
  const { ISTMO_PREPARED_PGLITE: before } = process.env
  process.env.ISTMO_PREPARED_PGLITE = ''
  try {
    const { prepareDatabases } = await import('../subgraphs/kit/prepare-databases.ts')
    await prepareDatabases(made)
    for (const what of ['nothing', 'country'] as const) await writeTar(made, what)
    // Another run may have been quicker.
    await rename(made, PREPARED_DATABASES).catch(() => undefined)
  } finally {
    process.umask(umask)
    process.env.ISTMO_PREPARED_PGLITE = before ?? ''
    await rm(below, { recursive: true })
  }
}

async function writeTar(made: string, what: Prepared): Promise<void> {
  const { folder, tar } = placesOf(made, what)
  const { PGlite } = await import('@electric-sql/pglite')
  const { NodeFS } = await import('@electric-sql/pglite/nodefs')
  const database = await PGlite.create({ fs: keepDatabaseFilesPrivate(new NodeFS(folder)) })
  const dumped = await database.dumpDataDir('none')
  await database.close()
  await writeFile(tar, Buffer.from(await dumped.arrayBuffer()))
}

/** Makes the tables of a country on a server, from which each database of a test there begins as a copy. */
async function makeOnServer(server: string): Promise<void> {
  const { default: pg } = await import('pg')
  const name = preparedOnServer()
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  try {
    const { rows } = await admin.query('select datname from pg_database where datname = $1', [name])
    if (rows.length > 0) return
    const made = `${name}_${process.pid}`
    await admin.query(`create database ${made} encoding 'UTF8' template template0`)
    const url = new URL(server)
    url.pathname = `/${made}`
    await migrateCountry({ url: url.href })
    // Another run may have been quicker.
    await admin.query(`alter database ${made} rename to ${name}`).catch(() => admin.query(`drop database ${made}`))
  } finally {
    await admin.end()
  }
}

async function migrateCountry(place: DatabaseOptions): Promise<void> {
  const { DOMAINS } = await import('../contract/domain.ts')
  const { openDatabase } = await import('../subgraphs/kit/database.ts')
  const { migrate, migrationsOf } = await import('../subgraphs/kit/migrate.ts')
  const db = await openDatabase(place)
  await migrate(db, migrationsOf(DOMAINS))
  await db.close()
}

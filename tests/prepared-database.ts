/** Makes the fresh databases of PGlite with which the embedded databases of the tests begin (service/prepared-database.ts). */
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { type Prepared, placesOf, preparedOnServer } from '../service/prepared-database.ts'
import { keepDatabaseFilesPrivate } from '../service/private-database-files.ts'
import type { DatabaseOptions } from '../subgraphs/kit/database.ts'

const PROJECT = join(import.meta.dirname, '..')

/** What they are made from: a release of PGlite, and the migrations of a country. */
const SOURCES = [
  // Wherever it is installed: a copy of the checkout may have no node_modules of its own (tools/mutate).
  join(dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite')), '../package.json'),
  ...globSync('subgraphs/*/migrations/*.sql', { cwd: PROJECT })
    .sort()
    .map((path) => join(PROJECT, path)),
]

/** Each copy would have a segment of PostgreSQL's write-ahead log, of 16 MiB by default. */
const SMALL_LOG = ['--wal-segsize=1']

/** Each copy would have the databases of 15 MiB from which PostgreSQL makes another database, and nobody makes another one in PGlite. */
const WITHOUT_TEMPLATES = [
  `update pg_database set datistemplate = false where datname like 'template%'`,
  'drop database template0',
  'drop database template1',
]

const digest = createHash('sha256').update([...SMALL_LOG, ...WITHOUT_TEMPLATES].join())
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
  const made = await mkdtemp(`${PREPARED_DATABASES}-`)
  // What is made here begins with nothing.
  const { ISTMO_TEST_PGLITE: before } = process.env
  process.env.ISTMO_TEST_PGLITE = ''
  try {
    await make(made, 'nothing')
    await make(made, 'country')
  } finally {
    process.umask(umask)
    process.env.ISTMO_TEST_PGLITE = before ?? ''
  }
  // Another run may have been quicker.
  await rename(made, PREPARED_DATABASES).catch(() => rm(made, { recursive: true }))
}

async function make(below: string, what: Prepared): Promise<void> {
  const { folder, tar } = placesOf(below, what)
  await mkdir(dirname(folder))
  await mkdir(folder, { mode: 0o700 })
  const { PGlite } = await import('@electric-sql/pglite')
  const { NodeFS } = await import('@electric-sql/pglite/nodefs')
  const open = () => PGlite.create({ fs: keepDatabaseFilesPrivate(new NodeFS(folder)), initDbStartParams: SMALL_LOG })
  const empty = await open()
  for (const statement of WITHOUT_TEMPLATES) await empty.exec(statement)
  await empty.close()
  if (what === 'country') await migrateCountry({ folder })
  // It was closed in order, so that a copy has nothing to recover.
  const database = await open()
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
  const { loadDomains } = await import('../subgraphs/domains.ts')
  const { openDatabase } = await import('../subgraphs/kit/database.ts')
  const { migrate } = await import('../subgraphs/kit/migrate.ts')
  const db = await openDatabase(place)
  await migrate(db, await loadDomains(DOMAINS))
  await db.close()
}

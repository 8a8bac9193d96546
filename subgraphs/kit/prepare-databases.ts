import { cp, mkdir, rename, rm } from 'node:fs/promises'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { DOMAINS } from '../../contract/domain.ts'
import { placesOf } from '../../service/prepared-database.ts'
import { keepDatabaseFilesPrivate } from '../../service/private-database-files.ts'
import { openDatabase } from './database.ts'
import { migrate, migrationsOf } from './migrate.ts'

/** Each copy would have a segment of PostgreSQL's write-ahead log, of 16 MiB by default. */
const SMALL_LOG = ['--wal-segsize=1']

/** Each copy would have the databases of 15 MiB from which PostgreSQL makes another database, and nobody makes another one in PGlite. */
const WITHOUT_TEMPLATES = [
  `update pg_database set datistemplate = false where datname like 'template%'`,
  'drop database template0',
  'drop database template1',
]

/**
 * Makes the databases of PGlite with which others begin as copies (service/prepared-database.ts): one with nothing, and one with the empty tables of a
 * country.
 * @param folder where. It is there only when both are complete.
 */
export async function prepareDatabases(folder: string): Promise<void> {
  const made = `${folder}.new`
  await rm(made, { recursive: true, force: true })
  const [nothing, country] = [placesOf(made, 'nothing').folder, placesOf(made, 'country').folder]
  await mkdir(nothing, { recursive: true, mode: 0o700 })
  const empty = await PGlite.create({
    fs: keepDatabaseFilesPrivate(new NodeFS(nothing)),
    initDbStartParams: SMALL_LOG,
  })
  for (const statement of WITHOUT_TEMPLATES) await empty.exec(statement)
  // It is closed in order, so that a copy has nothing to recover.
  await empty.close()
  await cp(nothing, country, { recursive: true })
  const db = await openDatabase({ folder: country })
  await migrate(db, migrationsOf(DOMAINS))
  await db.close()
  await rename(made, folder)
}

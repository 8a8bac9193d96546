import { stat } from 'node:fs/promises'
import pg from 'pg'
import { ConfigError } from '../../service/config-error.ts'
import { describeFailure, labelUrl } from '../../service/describe-connection.ts'
import type { Prepared } from '../../service/prepared-database.ts'
import { openPglite } from './database-pglite.ts'
import { openServer } from './database-server.ts'
import type { Database } from './types.ts'
import { isUnreachable } from './unreachable-database.ts'

/** Where a country's rows are: at the URL of a PostgreSQL server, else in a folder of PGlite, else in memory until the database closes. */
export interface DatabaseOptions {
  readonly url?: string | undefined
  readonly folder?: string | undefined
  /** With what a new database of PGlite begins in tests (service/prepared-database.ts). Default: a folder with the tables of a country. */
  readonly prepared?: Prepared
}

/** The oldest supported PostgreSQL, in the form of `server_version_num`. */
export const OLDEST_SERVER_VERSION = 150_000

/**
 * Opens a country's database. The same SQL runs on a server and in process.
 * @throws {ConfigError} if neither the URL nor the environment says which user of the server this process is, or the folder is a file.
 * @throws {Error} if the server cannot be reached, if it is older than PostgreSQL 15, if its encoding is not UTF8, or if another process has the
 * folder open. The message says what was found.
 */
export async function openDatabase(options: DatabaseOptions = {}): Promise<Database> {
  const { url, folder, prepared = folder === undefined ? 'nothing' : 'country' } = options
  if (url !== undefined) requireUser(url)
  if (url === undefined && folder !== undefined) await requireFolder(folder)
  const db = url === undefined ? await openPglite(folder, prepared) : openServer(url)
  try {
    await checkServer(db)
  } catch (error) {
    await db.close()
    if (url === undefined || !isUnreachable(error)) throw error
    throw new Error(`--database-url (DATABASE_URL): ${describeFailure(labelUrl(url), 'connect', error)}`, {
      cause: error,
    })
  }
  return db
}

/** A server would say that nobody may connect, and not what is missing. */
function requireUser(url: string): void {
  if (new pg.Client({ connectionString: url }).user) return
  throw new ConfigError(
    `--database-url (DATABASE_URL): ${labelUrl(url)}: expected the name of a user of the server; came none, neither in the URL nor in USER or PGUSER ` +
      'of the environment. Add it, as in postgres:///istmo?host=/run/postgresql&user=istmo, or set PGUSER.',
  )
}

/** A folder that does not exist is made. */
async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined)
  if (found === undefined || found.isDirectory()) return
  throw new ConfigError(`--database-folder (DATABASE_FOLDER): ${folder}: expected a folder; came a file`)
}

async function checkServer(db: Database): Promise<void> {
  const [row] = await db.query<{ version: number; name: string; encoding: string }>(
    `select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
            current_setting('server_encoding') as encoding`,
  )
  if (!row || row.version < OLDEST_SERVER_VERSION) {
    throw new Error(`Expected PostgreSQL 15 or later at DATABASE_URL; found ${row?.name}. Upgrade the server.`)
  }
  if (row.encoding !== 'UTF8') {
    throw new Error(
      `Expected a database in the encoding UTF8; found ${row.encoding}. Create it with «encoding 'UTF8' template template0».`,
    )
  }
}

import { openPglite } from './database-pglite.ts'
import { openServer } from './database-server.ts'
import type { Database } from './types.ts'

/** Where a country's rows are: a PostgreSQL server's URL; else a folder for PGlite; else PGlite in memory, gone on close. */
export interface DatabaseOptions {
  readonly url?: string | undefined
  readonly folder?: string | undefined
  /** How long one statement may run on a server, in milliseconds; none by default. PGlite has no clock of its own. */
  readonly statementTimeoutMs?: number | undefined
}

/** The oldest PostgreSQL that is served, as `server_version_num` says it. */
export const OLDEST_SERVER_VERSION = 150_000

/**
 * Opens a country's database: the same SQL on a server and in process.
 * @throws {Error} when the server is older than PostgreSQL 15 or its encoding is not UTF8, saying what was found, or when another
 * process has the folder open.
 */
export async function openDatabase(options: DatabaseOptions = {}): Promise<Database> {
  const db = options.url === undefined ? await openPglite(options.folder) : openServer(options.url, options)
  try {
    await checkServer(db)
  } catch (error) {
    await db.close()
    throw error
  }
  return db
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

import { readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import pg from 'pg'
import { ConfigError } from '../../service/config-error.ts'
import { describeFailure, labelUrl, UNREADABLE } from '../../service/describe-connection.ts'
import { describeError } from '../../service/describe-error.ts'
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
 * @throws {ConfigError} if the URL cannot be read or names a file that cannot, if neither it nor the environment says which user of the server this
 * process is, or if the folder is a file. The message has nothing of a password.
 * @throws {Error} if the server cannot be reached, if it is older than PostgreSQL 15, if its encoding is not UTF8, or if another process has the
 * folder open. The message says what was found.
 */
export async function openDatabase(options: DatabaseOptions = {}): Promise<Database> {
  const { url, folder, prepared = folder === undefined ? 'nothing' : 'country' } = options
  if (url !== undefined) requireUrl(url)
  if (url === undefined && folder !== undefined) await requireFolder(folder)
  const db = url === undefined ? await openPglite(folder, prepared) : openServer(url)
  try {
    await checkServer(db)
  } catch (error) {
    await db.close()
    if (url === undefined || error instanceof UnfitServerError) throw error
    throw new Error(`${SETTING}: ${describeOpening(url, error)}`, { cause: error })
  }
  return db
}

/** The setting of the URL, at the beginning of a message. */
const SETTING = '--database-url (DATABASE_URL)'

/** What `pg` says, without a code, if the URL demands TLS. */
const NO_TLS = 'The server does not support SSL connections'

function describeOpening(url: string, error: unknown): string {
  const label = labelUrl(url)
  if (error instanceof Error && error.message === NO_TLS)
    return `${label}: expected a server that speaks TLS, because the URL has sslmode; came one that does not. Switch TLS on there (ssl = on), or connect over a socket.`
  return isUnreachable(error) ? describeFailure(label, 'connect', error) : `${label}: ${describeError(error)}`
}

/** Checks what would otherwise be a message of `pg` without the setting, which may also quote a part of the password as the host. */
function requireUrl(url: string): void {
  const label = labelUrl(url)
  if (label === UNREADABLE) throw wrongUrl()
  let user: string | undefined
  try {
    user = new pg.Client({ connectionString: url }).user
  } catch (cause) {
    // It reads the files of TLS that the URL names.
    if (!(cause instanceof Error && 'syscall' in cause)) throw wrongUrl(cause)
    throw new ConfigError(`${SETTING}: ${label}: ${describeError(cause)}. Correct sslrootcert, sslcert or sslkey.`, {
      cause,
    })
  }
  if (user) return
  // A server would say that nobody may connect, and not what is missing.
  throw new ConfigError(
    `${SETTING}: ${label}: expected the name of a user of the server; came none, neither in the URL nor in USER or PGUSER ` +
      'of the environment. Add it, as in postgres:///istmo?host=/run/postgresql&user=istmo, or set PGUSER.',
  )
}

function wrongUrl(cause?: unknown): ConfigError {
  return new ConfigError(
    `${SETTING}: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE, with a port up to 65535; came something else. ` +
      'In the password write % as %25, / as %2F, @ as %40, : as %3A, ? as %3F and # as %23.',
    { cause },
  )
}

/** The server answers, but a node cannot use it. */
class UnfitServerError extends Error {
  override readonly name = 'UnfitServerError'
}

/**
 * A folder that does not exist is made. A new database in the folder of another, or around it, would be empty: a command would fill one, and the node
 * would answer from the other.
 */
async function requireFolder(folder: string): Promise<void> {
  const setting = `--database-folder (DATABASE_FOLDER): ${folder}`
  const found = await stat(folder).catch(() => undefined)
  if (found !== undefined && !found.isDirectory()) throw new ConfigError(`${setting}: expected a folder; came a file`)
  if (await isDatabase(folder)) return
  const below = found === undefined ? [] : (await readdir(folder)).map((name) => join(folder, name))
  for (const other of [dirname(resolve(folder)), ...below]) {
    if (!(await isDatabase(other))) continue
    throw new ConfigError(
      `${setting}: expected a database's own folder; ${other} is one already. Name that one, or another folder.`,
    )
  }
}

async function isDatabase(folder: string): Promise<boolean> {
  return (await stat(join(folder, 'PG_VERSION')).catch(() => undefined)) !== undefined
}

async function checkServer(db: Database): Promise<void> {
  const [row] = await db.query<{ version: number; name: string; encoding: string }>(
    `select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
            current_setting('server_encoding') as encoding`,
  )
  if (!row || row.version < OLDEST_SERVER_VERSION) {
    throw new UnfitServerError(
      `Expected PostgreSQL 15 or later at DATABASE_URL; found ${row?.name}. Upgrade the server.`,
    )
  }
  if (row.encoding !== 'UTF8') {
    throw new UnfitServerError(
      `Expected a database in the encoding UTF8; found ${row.encoding}. Create it with «encoding 'UTF8' template template0».`,
    )
  }
}

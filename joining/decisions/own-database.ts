/** Opens the country's own database for one piece of work. */
import { stat } from 'node:fs/promises'
import type { CommandStreams } from '../../service/command-line.ts'
import { TEXT } from '../../service/command-texts.ts'
import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'
import { UsageError } from '../../service/usage-error.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { SERVER } from '../commands.ts'

/** The options that name the database, as those of `istmo node`. */
export const DATABASE_OPTIONS = { databaseUrl: SERVER, databaseFolder: TEXT } as const

/** What a command writes to, and how it opens the country's database. */
export interface CommandPlace {
  readonly streams: CommandStreams
  readonly withDatabase: <T>(place: DatabasePlace, work: (db: Database) => Promise<T>) => Promise<T>
}

/** The terminal of this process, and the database that the command line names. */
export const TERMINAL: CommandPlace = {
  streams: { out: process.stdout, err: process.stderr },
  withDatabase: withOwnDatabase,
}

/** Where the database is. */
export interface DatabasePlace {
  readonly databaseUrl: string | undefined
  readonly databaseFolder: string | undefined
}

/**
 * Opens the database, runs `work`, and closes the database.
 * @throws {UsageError} if not exactly one place is given, or another process has the folder open.
 */
export async function withOwnDatabase<T>(place: DatabasePlace, work: (db: Database) => Promise<T>): Promise<T> {
  const { databaseUrl: url, databaseFolder: folder } = place
  if ((url === undefined) === (folder === undefined)) {
    throw new UsageError('expected either --database-url or --database-folder; came both or none')
  }
  const db = await open(url, folder)
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}

/**
 * Returns the country that a database belongs to.
 * @throws {UsageError} if no node has made its tables yet.
 */
export async function readOwnCountry(db: Pick<Database, 'query'>): Promise<string> {
  const [made] = await db.query<{ table: string | null }>(`select to_regclass('istmo.setting')::text as table`)
  const rows =
    made?.table == null
      ? []
      : await db.query<{ value: string }>(`select value from istmo.setting where name = 'country'`)
  const [row] = rows
  if (row === undefined)
    throw new UsageError('expected the database of a node; this one has none of its tables. Start the node once')
  return row.value
}

async function open(url: string | undefined, folder: string | undefined): Promise<Database> {
  // To open a folder that is not there would make an empty database.
  const isFolder =
    folder === undefined ||
    (await stat(folder)
      .then((found) => found.isDirectory())
      .catch(() => false))
  if (!isFolder) throw new UsageError(`--database-folder: expected the folder of a node’s database; ${folder} is none`)
  try {
    return await openDatabase({ url, folder })
  } catch (cause) {
    if (cause instanceof FolderInUseError) {
      throw new UsageError(`${cause.message} Stop the node, run this command again, and start the node.`, { cause })
    }
    throw cause
  }
}

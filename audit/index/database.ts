import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import pg from 'pg'
import { EMBEDDED_PARAMETERS } from '../../service/embedded-postgres.ts'
import { lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { fromPrepared } from '../../service/prepared-database.ts'
import { keepDatabaseFilesPrivate } from '../../service/private-database-files.ts'

/** The database of the index: a PostgreSQL server, or PGlite in its own folder. It is neither the gateway's database nor a country's. */
export interface IndexDatabase {
  /** Runs one statement. Values are parameters, never part of the text. */
  readonly query: <Row>(text: string, params?: readonly unknown[]) => Promise<readonly Row[]>
  /** Runs `work` in one transaction, and rolls it back if `work` rejects. */
  readonly transaction: <Value>(work: (within: IndexTransaction) => Promise<Value>) => Promise<Value>
  readonly close: () => Promise<void>
}

/** What one may do in a transaction. */
export type IndexTransaction = Pick<IndexDatabase, 'query'>

/** Parsers by type id: int8 and numeric become numbers, timestamps become RFC 3339. A server and PGlite return the same values. */
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  20: Number,
  1700: Number,
  1184: (text) => new Date(text).toISOString(),
}

/**
 * Opens the index's database.
 *
 * @param place a `postgres://` URL, or a folder, which is created if it does not exist. Without it the database is in memory, and
 * `close` discards it.
 * @throws {FolderInUseError} if another process has the folder open.
 */
export async function openIndexDatabase(place: string | undefined): Promise<IndexDatabase> {
  return place !== undefined && /^postgres(ql)?:\/\//.test(place) ? openServer(place) : openEmbedded(place)
}

async function openEmbedded(folder: string | undefined): Promise<IndexDatabase> {
  // PGlite accepts no other file in a folder in which it makes a database.
  const lock = folder === undefined ? undefined : await lockFolder(folder, { file: join(`${folder}.lock`, 'lock') })
  const pglite = await startEmbedded(folder).catch((error: unknown) => {
    lock?.release()
    throw error
  })
  await pglite.exec(`set timezone to 'UTC'; set datestyle to 'ISO'`)
  return {
    query: queryOn(pglite),
    transaction: (work) => pglite.transaction((transaction) => work({ query: queryOn(transaction) })),
    close: async () => {
      await pglite.close()
      lock?.release()
    },
  }
}

/** What runs statements, of PGlite or of a server. */
interface Runner {
  query(text: string, params: unknown[]): Promise<{ readonly rows: unknown[] }>
}

function queryOn(runner: Runner): IndexDatabase['query'] {
  return async <Row>(text: string, params: readonly unknown[] = []) =>
    (await runner.query(text, [...params])).rows as Row[]
}

async function startEmbedded(folder: string | undefined): Promise<PGlite> {
  return PGlite.create({
    startParams: [...PGlite.defaultStartParams, ...EMBEDDED_PARAMETERS],
    ...(await fromPrepared(folder, 'nothing')),
    ...(folder !== undefined && { fs: keepDatabaseFilesPrivate(new NodeFS(folder)) }),
    parsers: { ...PARSERS },
  })
}

function openServer(url: string): IndexDatabase {
  const getTypeParser = (oid: number, format?: 'text' | 'binary') =>
    PARSERS[oid] ?? pg.types.getTypeParser(oid, format as 'text')
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    // To build an index, or the rows of a long log, may take longer than any limit that the server sets.
    options: '-c DateStyle=ISO -c TimeZone=UTC -c statement_timeout=0',
    types: { getTypeParser: getTypeParser as typeof pg.types.getTypeParser },
  })
  // The pool removes an idle connection that breaks. Without a listener, its error event would end the process.
  pool.on('error', () => undefined)
  return {
    query: queryOn(pool),
    transaction: async (work) => {
      const client = await pool.connect()
      try {
        await client.query('begin')
        const value = await work({ query: queryOn(client) })
        await client.query('commit')
        return value
      } catch (error) {
        await client.query('rollback').catch(() => undefined)
        throw error
      } finally {
        client.release()
      }
    },
    close: () => pool.end(),
  }
}

import pg from 'pg'
import { IstmoError } from '../../contract/errors.ts'
import { type LegTime, withinTime } from './leg-time.ts'
import { chooseReader, type Read, sendRead } from './pg-read.ts'
import type { Database } from './types.ts'

const { Client, DatabaseError, Pool, types } = pg

/** The largest number of connections from one process to its server. */
export const POOL_SIZE = 10
/**
 * How long a connection is kept that nobody uses, in milliseconds. A new one takes the server tens of milliseconds of a processor, and is slowest when
 * another caller keeps it busy.
 */
const KEEP_IDLE_MS = 600_000
/** How long to wait for a connection, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000
/** How long the server may take to end a statement whose leg has ended, before it is asked to, in milliseconds. */
const CANCEL_AFTER_MS = 100

/**
 * Opens a pool of connections to a PostgreSQL server. It connects at the first statement.
 * @param url a `postgres://` URL, or another form that `pg` accepts.
 */
export function openServer(url: string): Database {
  const pool = new Pool({
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: KEEP_IDLE_MS,
    // A statement of one caller takes one core, and not all those that others need too.
    options: '-c DateStyle=ISO -c TimeZone=UTC -c max_parallel_workers_per_gather=0',
    types: { getTypeParser: chooseParser as typeof types.getTypeParser },
  })
  // A connection that breaks while idle leaves the pool by itself. Without a listener, its event would end the process.
  pool.on('error', () => undefined)
  return {
    ...runStatements(pool),
    transaction: (work, time) => withinTime(inTransaction(pool, work, time), time),
    read: (read, time) => withinTime(readOnce(pool, read, time), time),
    connections: () => ({
      busy: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    close: () => pool.end(),
  }
}

function chooseParser(oid: number, format?: 'text' | 'binary'): unknown {
  return format === 'binary' ? types.getTypeParser(oid, format) : chooseReader(oid)
}

type Queryable = Pick<pg.ClientBase, 'query'>

function runStatements(client: Queryable | pg.Pool): Pick<Database, 'query' | 'execute'> {
  return {
    async query<Row>(sql: string, params: readonly unknown[] = []) {
      const result = await (client as Queryable).query(sql, params as unknown[])
      return result.rows as Row[]
    },
    async execute(sql) {
      await (client as Queryable).query(sql)
    },
  }
}

/** What PostgreSQL says of a kept statement whose table has changed: «cached plan must not change result type». */
const NOT_SUPPORTED = '0A000'

async function readOnce<Row>(pool: pg.Pool, read: Read, time?: LegTime): Promise<Row[]> {
  const client = await takeClient(pool, time)
  let broken: Error | undefined
  const onError = (error: Error): void => {
    broken = error
  }
  client.on('error', onError)
  const stopWatching = cancelWhenOver(pool, client, time)
  try {
    return await sendRead<Row>(client, read).catch((error: unknown) => {
      // Nothing is kept any more after the error.
      if (read.isKept && isOfCode(error, NOT_SUPPORTED)) return sendRead<Row>(client, read)
      throw error
    })
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.severity === 'FATAL') broken = error as Error
    if (time !== undefined && isCancelled(error)) throw new IstmoError('LEG_DEADLINE', undefined, { cause: error })
    throw error
  } finally {
    stopWatching()
    client.off('error', onError)
    client.release(broken ?? time?.isOver())
  }
}

async function inTransaction<T>(pool: pg.Pool, work: (db: Database) => Promise<T>, time?: LegTime): Promise<T> {
  const client = await takeClient(pool, time)
  let broken: Error | undefined
  // Between statements, only an event reports a lost connection.
  const onError = (error: Error): void => {
    broken = error
  }
  client.on('error', onError)
  const stopWatching = cancelWhenOver(pool, client, time)
  try {
    await client.query(time === undefined ? 'begin' : beginLeg(time))
    const result = await work({
      ...runStatements(client),
      transaction: () => Promise.reject(new Error('Transactions do not nest.')),
      close: () => Promise.reject(new Error('A transaction does not close its database.')),
    })
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => {
      broken = failure
    })
    if (time !== undefined && isCancelled(error)) throw new IstmoError('LEG_DEADLINE', undefined, { cause: error })
    throw error
  } finally {
    stopWatching()
    client.off('error', onError)
    // The connection of an aborted leg is closed, so that a late cancel never meets the statement of another leg.
    client.release(broken ?? time?.isOver())
  }
}

/**
 * Returns the statements that begin the transaction of a leg. The server ends a leg's statement by itself, also if this process ends or the
 * network breaks. A leg reads a page, so compiling its statement (JIT) costs more than running it.
 */
function beginLeg(time: LegTime): string {
  return `begin; set local jit = off; set local statement_timeout = ${time.leftMs()}`
}

/** Takes a connection of the pool. If the time of the leg is over first, the connection goes back when it comes. */
async function takeClient(pool: pg.Pool, time: LegTime | undefined): Promise<pg.PoolClient> {
  const connecting = pool.connect()
  try {
    return await withinTime(connecting, time)
  } catch (error) {
    connecting.then(
      (late) => late.release(),
      () => undefined,
    )
    throw error
  }
}

/** Sends a request to cancel the statement that runs when the time of the leg is over. Returns what stops this. */
function cancelWhenOver(pool: pg.Pool, client: pg.PoolClient, time: LegTime | undefined): () => void {
  if (time === undefined) return () => undefined
  let timer: NodeJS.Timeout | undefined
  const onOver = (): void => {
    timer = setTimeout(() => void cancelStatement(pool, client), CANCEL_AFTER_MS)
  }
  const stop = time.onOver(onOver)
  return () => {
    stop()
    clearTimeout(timer)
  }
}

/** Cancels what a connection runs, by a connection of its own: each one of the pool may be busy. */
async function cancelStatement({ options }: pg.Pool, client: pg.PoolClient): Promise<void> {
  // `pg` reads the id when it connects, but does not declare it.
  const { processID } = client as pg.PoolClient & { readonly processID: number }
  const canceller = new Client({
    connectionString: options.connectionString,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  })
  try {
    await canceller.connect()
    await canceller.query('select pg_cancel_backend($1)', [processID])
  } catch {
    // The server ends the statement by itself when its statement_timeout has passed.
  } finally {
    await canceller.end().catch(() => undefined)
  }
}

/** Whether the server cancelled the statement: SQLSTATE query_canceled. */
function isCancelled(error: unknown): boolean {
  return isOfCode(error, '57014')
}

function isOfCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

import pg from 'pg'
import { timestampText } from './timestamp.ts'
import type { Database } from './types.ts'

const { Pool, types } = pg

/** The largest number of connections from one process to its server. */
const POOL_SIZE = 10
/** How long to wait for a connection, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000

const OID = { int8: 20, date: 1082, timestamp: 1114, timestamptz: 1184, dates: 1182, texts: 1009 } as const

/**
 * Opens a pool of connections to a PostgreSQL server. It connects at the first statement.
 * @param url a `postgres://` URL, or another form that `pg` accepts.
 */
export function openServer(url: string, options: { readonly statementTimeoutMs?: number | undefined } = {}): Database {
  const pool = new Pool({
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    options: '-c DateStyle=ISO -c TimeZone=UTC',
    types: { getTypeParser: chooseParser as typeof types.getTypeParser },
    ...(options.statementTimeoutMs !== undefined && { statement_timeout: options.statementTimeoutMs }),
  })
  // A connection that breaks while idle leaves the pool by itself. Without a listener, its event would end the process.
  pool.on('error', () => undefined)
  return {
    ...runStatements(pool),
    transaction: (work) => inTransaction(pool, work),
    close: () => pool.end(),
  }
}

function chooseParser(oid: number, format?: 'text' | 'binary'): unknown {
  if (oid === OID.int8) return Number
  if (oid === OID.date) return (text: string) => text
  if (oid === OID.timestamptz || oid === OID.timestamp) return timestampText
  return types.getTypeParser(oid === OID.dates ? OID.texts : oid, format as 'text')
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

async function inTransaction<T>(pool: pg.Pool, work: (db: Database) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  // Between statements, only an event reports a lost connection.
  const onError = (error: Error): void => {
    broken = error
  }
  client.on('error', onError)
  try {
    await client.query('begin')
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
    throw error
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}

import { once } from 'node:events'
import { hostname } from 'node:os'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Database } from '../../subgraphs/kit/types.ts'
import type { Cell } from '../mapping/mapping.ts'

/** Statements against the database of a country, as its owner. */
export interface Statements {
  readonly query: <Row>(sql: string, params?: readonly unknown[]) => Promise<Row[]>
  /** Runs one statement that writes, and returns how many rows it wrote. */
  readonly write: (sql: string, params?: readonly unknown[]) => Promise<number>
  /** Runs a script without parameters. */
  readonly execute: (sql: string) => Promise<void>
}

/** The database that sync fills. */
export interface SyncTarget extends Statements {
  /** Adds rows to a table. The cells are in the order of `columns`. */
  readonly load: (table: string, columns: readonly string[], rows: readonly (readonly Cell[])[]) => Promise<void>
  /** Runs work in one transaction, and rolls it back if the work rejects. */
  readonly transaction: <Value>(work: (within: Statements) => Promise<Value>) => Promise<Value>
  readonly close: () => Promise<void>
}

/** The key of the advisory lock that one sync of a database has at a time, or a restore: any number that no other user of the database uses. */
export const SYNC_LOCK_KEY = 1_769_172_081

/** Another sync fills the database. The message names it. */
export class SyncRunningError extends Error {
  override readonly name = 'SyncRunningError'
}

/**
 * Opens a PostgreSQL server as the target, with one connection that has the lock of the database for as long as it is open. If this process is
 * killed, the server sees the connection end, rolls back and frees the lock.
 * @param name the name of the mapping, which a second sync is told.
 * @throws {SyncRunningError} if another sync has the lock.
 */
export async function openServerTarget(url: string, name: string): Promise<SyncTarget> {
  const client = new pg.Client({
    connectionString: url,
    options:
      '-c DateStyle=ISO -c TimeZone=UTC -c statement_timeout=0 -c idle_in_transaction_session_timeout=0 -c jit=off',
    application_name: `istmo sync ${name.slice(0, 24)} ${hostname().slice(0, 16)}:${process.pid}`,
    types: { getTypeParser: (oid: number) => PARSERS[oid] ?? ((text: string) => text) } as never,
    keepAlive: true,
  })
  // The running statement reports it too. Without a listener, the event would end the process.
  client.on('error', () => undefined)
  await client.connect()
  try {
    await takeLock(client)
  } catch (error) {
    await client.end()
    throw error
  }
  const statements = runOn(client)
  return {
    ...statements,
    async load(table, columns, rows) {
      const stream = client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`))
      const done = once(stream, 'finish')
      stream.end(rows.map(formatCopyLine).join(''))
      await done
    },
    async transaction(work) {
      await client.query('begin')
      try {
        const value = await work(statements)
        await client.query('commit')
        return value
      } catch (error) {
        await client.query('rollback').catch(() => undefined)
        throw error
      }
    },
    close: () => client.end().catch(() => undefined),
  }
}

/** The types that are not texts in what sync asks: booleans, whole numbers and JSON. */
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => text === 't',
  20: Number,
  21: Number,
  23: Number,
  3802: JSON.parse,
}

function runOn(client: pg.Client): Statements {
  return {
    query: async <Row>(sql: string, params: readonly unknown[] = []) =>
      (await client.query(sql, params as unknown[])).rows as Row[],
    write: async (sql, params = []) => (await client.query(sql, params as unknown[])).rowCount ?? 0,
    execute: async (sql) => {
      await client.query(sql)
    },
  }
}

async function takeLock(client: pg.Client): Promise<void> {
  const { rows } = await client.query('select pg_try_advisory_lock($1) as taken', [SYNC_LOCK_KEY])
  if (rows[0].taken) return
  const holders = await client.query(
    `select coalesce(nullif(a.application_name, ''), 'a process') as name, a.backend_start as since
     from pg_locks l left join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'advisory' and l.granted and (l.classid::bigint << 32 | l.objid::bigint) = $1
       and l.database = (select oid from pg_database where datname = current_database())`,
    [SYNC_LOCK_KEY],
  )
  const [holder] = holders.rows as { readonly name: string; readonly since: string | null }[]
  throw new SyncRunningError(
    `expected to be the only sync of this database; «${holder?.name ?? 'another sync'}» is running${
      holder?.since ? ` since ${holder.since.slice(0, 19)}` : ''
    }. Wait until it is done, or end that process`,
  )
}

/** Makes a target of an embedded database, which only this process has open. */
export function embeddedTarget(db: Database): SyncTarget {
  const statementsOf = ({ query, execute }: Pick<Database, 'query' | 'execute'>): Statements => ({
    query: (sql, params) => query(sql, params),
    execute: (sql) => execute(sql),
    async write(sql, params) {
      const counted = `with written as (${sql} returning 1) select count(*)::int as n from written`
      const [row] = await query<{ n: number }>(counted, params)
      return row?.n ?? 0
    },
  })
  return {
    ...statementsOf(db),
    async load(table, columns, rows) {
      if (rows.length === 0) return
      const records = rows.map((cells) => Object.fromEntries(columns.map((column, at) => [column, cells[at]])))
      const list = columns.join(', ')
      await db.query(
        `insert into ${table} (${list}) select ${list} from json_populate_recordset(null::${table}, $1::text::json)`,
        [JSON.stringify(records)],
      )
    },
    transaction: (work) => db.transaction((within) => work(statementsOf(within))),
    close: async () => undefined,
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** Writes a row as a line of PostgreSQL's COPY in text format. Its cells have no sign U+0000, which PostgreSQL has not. */
export function formatCopyLine(cells: readonly Cell[]): string {
  return `${cells.map(formatCell).join('\t')}\n`
}

function formatCell(cell: Cell): string {
  if (cell === null) return '\\N'
  if (typeof cell === 'string') return escapeText(cell)
  if (typeof cell === 'object') return escapeText(formatArray(cell))
  if (typeof cell === 'boolean') return cell ? 't' : 'f'
  return String(cell)
}

function escapeText(text: string): string {
  return /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (sign) => ESCAPES[sign] ?? sign) : text
}

/** Writes an array of texts as PostgreSQL reads it, each text in quotes. */
export function formatArray(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}

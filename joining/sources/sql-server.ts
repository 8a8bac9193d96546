import { createRequire } from 'node:module'
import { labelUrl } from '../../service/describe-connection.ts'
import {
  BATCH_ROWS,
  CATALOGS,
  type Dialect,
  describeRead,
  isSelect,
  kindOfType,
  missingDriver,
  readServerPlace,
  renderFrom,
  renderSelection,
  type Source,
  type SourceColumn,
  SourceError,
  type SourceTable,
  type SqlStatement,
  toBatches,
  toSourceError,
  toTables,
} from './source.ts'

const CONNECT_TIMEOUT_MS = 15_000

const DIALECT: Dialect = { quote: (name) => `[${name.replaceAll(']', ']]')}]`, parameter: (n) => `@p${n}` }

/** The package that speaks with SQL Server. It is not ours to install: few countries need it. */
const DRIVER = 'mssql'

/** The part of the package `mssql` that is used here. It is loaded when it is needed. */
interface Driver {
  readonly ConnectionPool: new (config: object) => Pool
  readonly Transaction: new (pool: Pool) => Transaction
  readonly ISOLATION_LEVEL: { readonly SNAPSHOT: number }
}

interface Pool {
  connect(): Promise<unknown>
  close(): Promise<unknown>
}

interface Transaction {
  begin(isolation: number): Promise<unknown>
  rollback(): Promise<unknown>
  request(): Request
}

interface Request {
  input(name: string, value: string): Request
  query(text: string): Promise<{ readonly recordset: Answer }>
  on(event: 'recordset', listener: (columns: Columns) => void): Request
  toReadableStream(options: { readonly highWaterMark: number }): AsyncIterable<Values>
  cancel(): unknown
}

type Values = Readonly<Record<string, unknown>>
type Columns = Readonly<
  Record<string, { readonly type?: { readonly declaration?: string }; readonly nullable?: boolean }>
>
type Answer = readonly Values[] & { readonly columns: Columns }

/**
 * Opens a SQL Server as a source. All reads until it is closed see one snapshot, which the database must allow.
 * @param url `sqlserver://USER:PASSWORD@HOST:PORT/DATABASE`; `?encrypt=false` for a server without TLS, `?trust=true` for one whose certificate
 * nobody vouches for.
 * @throws {SourceError} if it cannot connect, if the package `mssql` is not installed, or if the database allows no snapshots.
 */
export async function openSqlServer(url: string): Promise<Source> {
  const label = labelUrl(url)
  const driver = loadDriver()
  const pool = new driver.ConnectionPool(readUrl(url))
  const transaction = new driver.Transaction(pool)
  try {
    await pool.connect()
    await transaction.begin(driver.ISOLATION_LEVEL.SNAPSHOT)
  } catch (error) {
    await pool.close().catch(() => undefined)
    throw toSourceError(label, 'connect', error)
  }
  const run = async (doing: string, { text, values }: SqlStatement) => {
    try {
      return (await withValues(transaction.request(), values).query(text)).recordset
    } catch (error) {
      throw toSourceError(label, doing, explainSnapshot(error))
    }
  }
  const ask = (doing: string, text: string) => run(doing, { text, values: [] })
  return {
    label,
    listTables: () => listTables(ask),
    listColumns: (from) => listColumns(ask, from),
    read: (selection) => readRows(transaction.request(), label, renderSelection(selection, DIALECT), selection.from),
    async count(selection) {
      const [row] = await run(
        `count the rows of ${selection.from}`,
        renderSelection(selection, DIALECT, 'count(*) as n'),
      )
      return Number(row?.n)
    },
    async close() {
      await transaction.rollback().catch(() => undefined)
      await pool.close().catch(() => undefined)
    },
  }
}

function loadDriver(): Driver {
  try {
    // Not an import, because the package is not among ours, and a pack would look for it.
    return createRequire(import.meta.url)(DRIVER) as Driver
  } catch (cause) {
    throw missingDriver(DRIVER, 'SQL Server is', cause)
  }
}

function readUrl(url: string): object {
  const { host, parameters, ...place } = readServerPlace(url, 'sqlserver', 1433)
  return {
    ...place,
    server: host,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: 0,
    pool: { max: 1, min: 0 },
    options: {
      encrypt: parameters.get('encrypt') !== 'false',
      trustServerCertificate: parameters.get('trust') === 'true',
      useUTC: true,
    },
  }
}

function withValues(request: Request, values: readonly string[]): Request {
  for (const [at, value] of values.entries()) request.input(`p${at + 1}`, value)
  return request
}

/** SQL Server says only at the first read that a database allows no snapshots (error 3952). */
function explainSnapshot(error: unknown): unknown {
  if (!(error instanceof Error) || (error as { number?: unknown }).number !== 3952) return error
  return new SourceError(
    'expected a database that allows snapshots, so that cases and persons are of one moment; this one does not. ' +
      'Its administrator types: alter database NAME set allow_snapshot_isolation on',
    { cause: error },
  )
}

type Ask = (doing: string, text: string) => Promise<Answer>

async function listTables(ask: Ask): Promise<readonly SourceTable[]> {
  const columns = await ask('list the columns', CATALOGS.sqlServer.columns)
  const rows = new Map(
    (await ask('list the tables', CATALOGS.sqlServer.rows)).map(({ name, n }) => [String(name), Number(n)]),
  )
  const names = [...new Set(columns.map(({ table }) => String(table)))]
  return toTables({
    tables: names.map((name) => ({ name, n: rows.get(name) })),
    columns: columns.map(({ type, length, ...column }) => ({
      ...column,
      type: length == null ? type : `${type}(${length})`,
    })),
    keys: await ask('list the keys', CATALOGS.sqlServer.keys),
  })
}

async function listColumns(ask: Ask, from: string): Promise<readonly SourceColumn[]> {
  const table = isSelect(from) ? undefined : (await listTables(ask)).find(({ name }) => name === from)
  if (table !== undefined) return table.columns
  const { columns } = await ask(
    `read the columns of ${from}`,
    `select top 0 * from ${renderFrom(from, DIALECT)} istmo_1`,
  )
  return Object.entries(columns).map(([name, column]) => {
    const type = declarationOf(column)
    return { name, type, kind: kindOfType(type), isNullable: column.nullable !== false }
  })
}

function declarationOf(column: Columns[string] | undefined): string {
  return column?.type?.declaration ?? ''
}

/** Writes a value as {@link SourceRow} has it. `type` is the name of the column's type. */
export function showSqlServerValue(value: unknown, type: string): string | null {
  if (value === null || value === undefined) return null
  if (Buffer.isBuffer(value)) return value.toString('hex')
  if (!(value instanceof Date)) return String(value)
  const iso = value.toISOString()
  if (type === 'date') return iso.slice(0, 10)
  if (type === 'time') return iso.slice(11, 23)
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}${type === 'datetimeoffset' ? '+00' : ''}`
}

async function* readRows(request: Request, label: string, { text, values }: SqlStatement, from: string) {
  const doing = describeRead(from)
  let types: Columns = {}
  const rows = withValues(request, values)
    .on('recordset', (columns) => {
      types = columns
    })
    .toReadableStream({ highWaterMark: BATCH_ROWS })
  // Its errors come by the stream too.
  request.query(text).catch(() => undefined)
  let isDone = false
  try {
    yield* toBatches(
      rows,
      (row) => showRow(row, types),
      (error) => toSourceError(label, doing, explainSnapshot(error)),
    )
    isDone = true
  } finally {
    if (!isDone) request.cancel()
  }
}

function showRow(values: Values, types: Columns): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, showSqlServerValue(value, declarationOf(types[name]))]),
  )
}

import { createRequire } from 'node:module'
import { labelUrl } from '../../service/describe-connection.ts'
import {
  type Source,
  type SourceBatch,
  type SourceColumn,
  type SourceColumnKind,
  SourceError,
  type SourceKey,
  type SourceTable,
} from './source.ts'
import { toSourceError } from './source-errors.ts'
import { type Dialect, isSelect, renderFrom, renderSelection, type SqlStatement } from './sql-text.ts'

/** How many rows a batch has. */
const BATCH_ROWS = 2_000

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
  stream: boolean
  input(name: string, value: string): Request
  query(text: string): Promise<{ readonly recordset: Answer }>
  on(event: 'row', listener: (row: Values) => void): Request
  on(event: 'error', listener: (error: Error) => void): Request
  on(event: 'done', listener: () => void): Request
  on(event: 'recordset', listener: (columns: Columns) => void): Request
  pause(): unknown
  resume(): unknown
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
    throw new SourceError(
      'expected the package mssql, with which SQL Server is read; it is not installed. Install it beside istmo: npm install mssql',
      { cause },
    )
  }
}

function readUrl(url: string): object {
  if (!URL.canParse(url))
    throw new SourceError('expected sqlserver://USER:PASSWORD@HOST:PORT/DATABASE; came another form')
  const { hostname, port, username, password, pathname, searchParams } = new URL(url)
  return {
    server: hostname,
    port: port === '' ? 1433 : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: 0,
    pool: { max: 1, min: 0 },
    options: {
      encrypt: searchParams.get('encrypt') !== 'false',
      trustServerCertificate: searchParams.get('trust') === 'true',
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

const COLUMNS = `
  select case when c.TABLE_SCHEMA = schema_name() then c.TABLE_NAME else c.TABLE_SCHEMA + '.' + c.TABLE_NAME end as [table],
    c.COLUMN_NAME as name, c.DATA_TYPE as type, c.CHARACTER_MAXIMUM_LENGTH as length, c.IS_NULLABLE as nullable
  from INFORMATION_SCHEMA.COLUMNS c order by 1, c.ORDINAL_POSITION`

const KEYS = `
  select case when t.TABLE_SCHEMA = schema_name() then t.TABLE_NAME else t.TABLE_SCHEMA + '.' + t.TABLE_NAME end as [table],
    t.CONSTRAINT_NAME as name, t.CONSTRAINT_TYPE as kind, k.COLUMN_NAME as col,
    case when u.TABLE_SCHEMA = schema_name() then u.TABLE_NAME else u.TABLE_SCHEMA + '.' + u.TABLE_NAME end as other, u.COLUMN_NAME as othercol
  from INFORMATION_SCHEMA.TABLE_CONSTRAINTS t
  join INFORMATION_SCHEMA.KEY_COLUMN_USAGE k on k.CONSTRAINT_NAME = t.CONSTRAINT_NAME and k.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA
  left join INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS r
    on r.CONSTRAINT_NAME = t.CONSTRAINT_NAME and r.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA
  left join INFORMATION_SCHEMA.KEY_COLUMN_USAGE u on u.CONSTRAINT_NAME = r.UNIQUE_CONSTRAINT_NAME
    and u.CONSTRAINT_SCHEMA = r.UNIQUE_CONSTRAINT_SCHEMA and u.ORDINAL_POSITION = k.ORDINAL_POSITION
  where t.CONSTRAINT_TYPE in ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY') order by 1, 3 desc, 2, k.ORDINAL_POSITION`

const ROWS = `
  select case when s.name = schema_name() then t.name else s.name + '.' + t.name end as name, sum(p.rows) as n
  from sys.tables t join sys.schemas s on s.schema_id = t.schema_id join sys.partitions p on p.object_id = t.object_id and p.index_id in (0, 1)
  group by s.name, t.name`

async function listTables(ask: Ask): Promise<readonly SourceTable[]> {
  const columns = Map.groupBy(await ask('list the columns', COLUMNS), ({ table }) => String(table))
  const keys = Map.groupBy(await ask('list the keys', KEYS), ({ table }) => String(table))
  const rows = new Map((await ask('list the tables', ROWS)).map(({ name, n }) => [String(name), Number(n)]))
  return [...columns].map(([name, parts]) => ({
    name,
    columns: parts.map((part) => ({
      name: String(part.name),
      type: part.length == null ? String(part.type) : `${part.type}(${part.length})`,
      kind: readKind(String(part.type)),
      isNullable: part.nullable === 'YES',
    })),
    keys: toKeys(keys.get(name) ?? []),
    estimatedRows: rows.get(name) ?? null,
  }))
}

function toKeys(rows: readonly Values[]): readonly SourceKey[] {
  return [...Map.groupBy(rows, ({ name }) => name).values()].map((parts): SourceKey => {
    const columns = parts.map(({ col }) => String(col))
    const [first] = parts
    if (first?.kind !== 'FOREIGN KEY') return { kind: first?.kind === 'PRIMARY KEY' ? 'PRIMARY' : 'UNIQUE', columns }
    const references = { table: String(first.other), columns: parts.map(({ othercol }) => String(othercol)) }
    return { kind: 'FOREIGN', columns, references }
  })
}

function readKind(type: string): SourceColumnKind {
  if (type === 'bit') return 'boolean'
  if (/int|decimal|numeric|money|float|real/.test(type)) return 'number'
  if (type === 'date') return 'date'
  if (/datetime/.test(type)) return 'time'
  if (/char|text|uniqueidentifier/.test(type)) return 'text'
  return /binary|image/.test(type) ? 'binary' : 'other'
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
    return { name, type, kind: readKind(type), isNullable: column.nullable !== false }
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

async function* readRows(
  request: Request,
  label: string,
  { text, values }: SqlStatement,
  from: string,
): AsyncGenerator<SourceBatch> {
  const doing = `read ${from.trim().replace(/\s+/g, ' ').slice(0, 80)}`
  const waiting: Values[] = []
  let types: Columns = {}
  let failure: unknown
  let isDone = false
  let wake: () => void = () => undefined
  request.stream = true
  request
    .on('recordset', (columns) => {
      types = columns
    })
    .on('row', (row) => {
      waiting.push(row)
      if (waiting.length >= BATCH_ROWS) request.pause()
      wake()
    })
    .on('error', (error) => {
      failure = error
      wake()
    })
    .on('done', () => {
      isDone = true
      wake()
    })
  withValues(request, values)
    .query(text)
    .catch(() => undefined)
  let place = 0
  try {
    for (;;) {
      if (failure !== undefined) throw toSourceError(label, doing, explainSnapshot(failure))
      if (waiting.length >= BATCH_ROWS || (isDone && waiting.length > 0)) {
        const rows = waiting.splice(0).map((values) => ({ place: ++place, row: showRow(values, types) }))
        request.resume()
        yield { rows, unreadable: [] }
      } else if (isDone) return
      else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    if (!isDone) request.cancel()
  }
}

function showRow(values: Values, types: Columns): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, showSqlServerValue(value, declarationOf(types[name]))]),
  )
}

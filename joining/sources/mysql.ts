import { labelUrl } from '../../service/describe-connection.ts'
import {
  type Selection,
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

const CONNECT_TIMEOUT_MS = 10_000

const DIALECT: Dialect = { quote: (name) => `\`${name.replaceAll('`', '``')}\``, parameter: () => '?' }

/** The session: one snapshot, read only. The server waits for a reader that is busy. */
const BEGIN = [
  "set time_zone = '+00:00', net_write_timeout = 86400, net_read_timeout = 86400, wait_timeout = 86400",
  'set session transaction isolation level repeatable read',
  'start transaction with consistent snapshot, read only',
]

type Mysql = typeof import('mysql2')
type Connection = import('mysql2').Connection

/**
 * Opens a MySQL or MariaDB server as a source. All reads until it is closed see one snapshot (of InnoDB tables).
 * @param url `mysql://USER:PASSWORD@HOST:PORT/DATABASE`, or `mariadb://…`.
 * @throws {SourceError} if it cannot connect, or if the package `mysql2` is not installed.
 */
export async function openMysql(url: string): Promise<Source> {
  const label = labelUrl(url)
  const connection = connect(await loadDriver(), url)
  const run = (doing: string, sql: string, values: readonly string[] = []) =>
    new Promise<readonly Record<string, string | null>[]>((resolve, reject) => {
      connection.query({ sql, values: [...values] }, (error, rows) => {
        if (error) reject(toSourceError(label, doing, error))
        else resolve(rows as readonly Record<string, string | null>[])
      })
    })
  const close = () =>
    new Promise<void>((resolve) => {
      connection.end(() => resolve())
    })
  // Without a listener, the event of a connection that breaks would end the process. The running statement reports it too.
  connection.on('error', () => undefined)
  try {
    for (const sql of BEGIN) await run('connect', sql)
  } catch (error) {
    connection.destroy()
    throw error
  }
  return {
    label,
    listTables: () => listTables(run),
    listColumns: (from) => listColumns(connection, label, run, from),
    read: (selection) => readRows(connection, label, renderMysql(selection), selection.from),
    async count(selection) {
      const { text, values } = renderMysql(selection, 'count(*) as n')
      const [row] = await run(`count the rows of ${selection.from}`, text, values)
      return Number(row?.n)
    },
    close,
  }
}

async function loadDriver(): Promise<Mysql> {
  try {
    return await import('mysql2')
  } catch (cause) {
    throw new SourceError(
      'expected the package mysql2, with which MySQL and MariaDB are read; it is not installed. Install it beside istmo: npm install mysql2',
      { cause },
    )
  }
}

function connect(driver: Mysql, url: string): Connection {
  if (!URL.canParse(url)) throw new SourceError('expected mysql://USER:PASSWORD@HOST:PORT/DATABASE; came another form')
  const { hostname, port, username, password, pathname, searchParams } = new URL(url)
  return driver.createConnection({
    host: hostname || '127.0.0.1',
    port: port === '' ? 3306 : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    connectTimeout: CONNECT_TIMEOUT_MS,
    charset: 'utf8mb4',
    ...(searchParams.get('ssl') === 'true' && { ssl: {} }),
    typeCast: showMysqlValue,
  })
}

/**
 * Writes the statement that reads a selection. In this session a `TIMESTAMP` is compared as UTC, and neither MariaDB nor an old MySQL reads an offset
 * in a text.
 */
export function renderMysql(selection: Selection, columns?: string): SqlStatement {
  const { text, values } = renderSelection(selection, DIALECT, columns)
  return { text, values: values.map((value) => value.replace(/(:\d\d(?:\.\d+)?)\+00$/, '$1')) }
}

/** A value on its way from the server. */
export interface MysqlField {
  /** The type of the protocol: `TIMESTAMP`, `VAR_STRING`. */
  readonly type: string
  string(encoding?: string): string | null
  buffer(): Buffer | null
}

/** Writes a value as `SourceRow` has it (source.ts). */
export function showMysqlValue(field: MysqlField): string | null {
  if (field.type === 'BIT') return bitsOf(field.buffer())
  if (/BLOB|GEOMETRY/.test(field.type)) {
    const bytes = field.buffer()
    // A text column comes with the type of a blob too. What is UTF-8 is shown as text.
    return bytes === null ? null : textOrHex(bytes)
  }
  const text = field.string()
  // What MySQL keeps where no date was given: it is equal to null in its own comparisons of a column that is not null.
  if (text !== null && /DATE|TIMESTAMP/.test(field.type) && /^0000-00-00/.test(text)) return null
  // MySQL keeps a TIMESTAMP in UTC, and this session shows it so. Without its offset it would be read as a local time. A DATETIME is one.
  return text !== null && field.type === 'TIMESTAMP' ? `${text}+00` : text
}

function bitsOf(bytes: Buffer | null): string | null {
  return bytes === null ? null : BigInt(`0x${bytes.toString('hex') || '0'}`).toString()
}

function textOrHex(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return bytes.toString('hex')
  }
}

type Run = (doing: string, sql: string, values?: readonly string[]) => Promise<readonly Record<string, string | null>[]>

const COLUMNS = `
  select c.table_name as \`table\`, c.column_name as name, c.column_type as type, c.data_type as kind, c.is_nullable as nullable
  from information_schema.columns c where c.table_schema = database() order by c.table_name, c.ordinal_position`

const KEYS = `
  select k.table_name as \`table\`, k.constraint_name as name, k.column_name as col, k.referenced_table_name as other,
    k.referenced_column_name as othercol
  from information_schema.key_column_usage k where k.table_schema = database()
  order by k.table_name, k.constraint_name <> 'PRIMARY', k.constraint_name, k.ordinal_position`

async function listTables(run: Run): Promise<readonly SourceTable[]> {
  const tables = await run(
    'list the tables',
    'select table_name as name, table_rows as n from information_schema.tables where table_schema = database() order by table_name',
  )
  const columns = Map.groupBy(await run('list the columns', COLUMNS), ({ table }) => table)
  const keys = Map.groupBy(await run('list the keys', KEYS), ({ table }) => table)
  return tables.map(({ name, n }) => ({
    name: name ?? '',
    columns: (columns.get(name ?? null) ?? []).map((column) => ({
      name: column.name ?? '',
      type: column.type ?? '',
      kind: readKind(column.kind ?? '', column.type ?? ''),
      isNullable: column.nullable === 'YES',
    })),
    keys: toKeys(keys.get(name ?? null) ?? []),
    estimatedRows: n == null ? null : Number(n),
  }))
}

function toKeys(rows: readonly Record<string, string | null>[]): readonly SourceKey[] {
  return [...Map.groupBy(rows, ({ name }) => name).values()].map((parts): SourceKey => {
    const columns = parts.map(({ col }) => col ?? '')
    const [first] = parts
    if (first?.other == null) return { kind: first?.name === 'PRIMARY' ? 'PRIMARY' : 'UNIQUE', columns }
    return {
      kind: 'FOREIGN',
      columns,
      references: { table: first.other, columns: parts.map(({ othercol }) => othercol ?? '') },
    }
  })
}

function readKind(kind: string, type: string): SourceColumnKind {
  if (/^tinyint\(1\)/.test(type) || kind === 'bit') return 'boolean'
  if (/int|decimal|numeric|float|double|year/.test(kind)) return 'number'
  if (kind === 'date') return 'date'
  if (/datetime|timestamp/.test(kind)) return 'time'
  if (/char|text|enum|set/.test(kind)) return 'text'
  return /blob|binary/.test(kind) ? 'binary' : 'other'
}

async function listColumns(
  connection: Connection,
  label: string,
  run: Run,
  from: string,
): Promise<readonly SourceColumn[]> {
  const table = isSelect(from) ? undefined : (await listTables(run)).find(({ name }) => name === from)
  if (table !== undefined) return table.columns
  const sql = `select * from ${renderFrom(from, DIALECT)} istmo_1 limit 0`
  return new Promise((resolve, reject) => {
    connection.query(sql, (error, _rows, fields) => {
      if (error) reject(toSourceError(label, `read the columns of ${from}`, error))
      else
        resolve(
          fields.map(({ name, type }) => ({ name, type: `type ${type}`, kind: kindOfWire(type), isNullable: true })),
        )
    })
  })
}

/** What a type of the protocol holds (MySQL, field types). */
function kindOfWire(type: number | undefined): SourceColumnKind {
  if (type === undefined) return 'other'
  if ([0, 1, 2, 3, 4, 5, 8, 9, 13, 246].includes(type)) return 'number'
  if (type === 10 || type === 14) return 'date'
  if (type === 7 || type === 12) return 'time'
  return type === 16 ? 'boolean' : 'text'
}

async function* readRows(
  connection: Connection,
  label: string,
  { text, values }: { readonly text: string; readonly values: readonly string[] },
  from: string,
): AsyncGenerator<SourceBatch> {
  const doing = `read ${from.trim().replace(/\s+/g, ' ').slice(0, 80)}`
  const stream = connection.query({ sql: text, values: [...values] }).stream({ highWaterMark: BATCH_ROWS })
  let place = 0
  let rows: { place: number; row: Record<string, string | null> }[] = []
  try {
    for await (const row of stream as AsyncIterable<Record<string, string | null>>) {
      place += 1
      rows.push({ place, row })
      if (rows.length === BATCH_ROWS) {
        yield { rows, unreadable: [] }
        rows = []
      }
    }
  } catch (error) {
    throw toSourceError(label, doing, error)
  }
  if (rows.length > 0) yield { rows, unreadable: [] }
}

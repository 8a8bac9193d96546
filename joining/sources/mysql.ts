import { labelUrl } from '../../service/describe-connection.ts'
import {
  BATCH_ROWS,
  CATALOGS,
  type Dialect,
  describeRead,
  isSelect,
  missingDriver,
  readServerPlace,
  renderFrom,
  renderSelection,
  type Selection,
  type Source,
  type SourceColumn,
  type SourceColumnKind,
  type SourceTable,
  type SqlStatement,
  toBatches,
  toSourceError,
  toTables,
} from './source.ts'

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
    read(selection) {
      const { text, values } = renderMysql(selection)
      const rows = connection.query({ sql: text, values: [...values] }).stream({ highWaterMark: BATCH_ROWS })
      const doing = describeRead(selection.from)
      const show = (row: Record<string, string | null>) => row
      return toBatches(rows, show, (error) => toSourceError(label, doing, error))
    },
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
    throw missingDriver('mysql2', 'MySQL and MariaDB are', cause)
  }
}

function connect(driver: Mysql, url: string): Connection {
  const { host, parameters, ...place } = readServerPlace(url, 'mysql', 3306)
  return driver.createConnection({
    ...place,
    host: host || '127.0.0.1',
    connectTimeout: CONNECT_TIMEOUT_MS,
    charset: 'utf8mb4',
    ...(parameters.get('ssl') === 'true' && { ssl: {} }),
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

async function listTables(run: Run): Promise<readonly SourceTable[]> {
  const tables = await run('list the tables', CATALOGS.mysql.tables)
  const columns = await run('list the columns', CATALOGS.mysql.columns)
  return toTables({ tables, columns, keys: await run('list the keys', CATALOGS.mysql.keys) })
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

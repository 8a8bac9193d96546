/**
 * What a country's old database, or a folder of its CSV files, is to the rest of `joining/`: tables that can be listed, and rows that can be
 * read as a stream. Each kind of source is one file beside this one;
 * databases.ts chooses.
 */
import { readWords } from '../../contract/read-words.ts'
import { describeFailure } from '../../service/describe-connection.ts'

/**
 * A row by column name. Each value is the text that the source shows for it; null for SQL's null. Nothing is interpreted here: dates and
 * times are `YYYY-MM-DD` and `YYYY-MM-DD HH:MM:SS[.ffffff][+ZZ]` where the source has such types, numbers have a decimal point, booleans are
 * `true` and `false`, bytes are hexadecimal digits. An empty field of a CSV file is an empty text. A time has an offset if its type is that of a
 * moment (`timestamptz`, `TIMESTAMP` of MySQL, `datetimeoffset`): the session's time zone is UTC, so the offset is `+00`.
 */
export type SourceRow = Readonly<Record<string, string | null>>

/** What a column holds, as far as the source's own type says it. A CSV file says only `text`. */
export type SourceColumnKind = 'text' | 'number' | 'date' | 'time' | 'boolean' | 'binary' | 'other'

/** A column of a table or of a `select`. */
export interface SourceColumn {
  readonly name: string
  /** The source's own name of the type, as a person knows it: `character varying(20)`, `tinyint(1)`. */
  readonly type: string
  readonly kind: SourceColumnKind
  readonly isNullable: boolean
}

/** A key of the source's catalog. A CSV file has none. */
export type SourceKey =
  | { readonly kind: 'PRIMARY' | 'UNIQUE'; readonly columns: readonly string[] }
  | {
      readonly kind: 'FOREIGN'
      readonly columns: readonly string[]
      /** The name of the other table as {@link SourceTable.name}, and its columns in the same order. */
      readonly references: { readonly table: string; readonly columns: readonly string[] }
    }

/** A table or view of the source, or one CSV file. */
export interface SourceTable {
  /** The name that {@link Selection.from} takes. In the schema that the connection searches first, the schema is left out. */
  readonly name: string
  readonly columns: readonly SourceColumn[]
  readonly keys: readonly SourceKey[]
  /** About how many rows it has, as the catalog says it; null if nobody knows without counting. */
  readonly estimatedRows: number | null
}

/** Which rows are read. */
export interface Selection {
  /** A table's name, a `select` in the source's own SQL, or the path of a CSV file. */
  readonly from: string
  /** Only rows for which one of these holds. Absent: all rows. Sources without SQL do not take it. */
  readonly changed?: readonly ChangedRows[]
}

/** Rows that changed, or that hang on rows which changed. */
export type ChangedRows =
  /** The column is `since` or later. `since` has the form in which the source itself shows the column's values. */
  | { readonly column: string; readonly since: string }
  /** The column's value is that of another column in a row of another selection. */
  | { readonly column: string; readonly among: Selection & { readonly column: string } }

/** Some rows of a selection. Rows and refusals are in the order of the source. */
export interface SourceBatch {
  readonly rows: readonly PlacedRow[]
  /** What cannot be read as a row, such as a line of a CSV file with too few fields. */
  readonly unreadable: readonly UnreadableRow[]
}

/** A row, and where it stands: the line of a CSV file on which it ends, or its number in the stream, from 1. */
export interface PlacedRow {
  readonly place: number
  readonly row: SourceRow
}

/** A place that has no row, and why: what was expected and what came. */
export interface UnreadableRow {
  readonly place: number
  readonly reason: string
}

/** One consistent view of a source: a snapshot for as long as it is open, if the source has snapshots. */
export interface Source {
  /** Where it is, without any password: for messages and for the audit log. */
  readonly label: string
  /**
   * Lists tables and views, in the order of their names.
   * @throws {SourceError} if the source does not answer.
   */
  listTables(): Promise<readonly SourceTable[]>
  /**
   * Lists the columns of a selection, in their order.
   * @throws {SourceError} if there is no such table, or the `select` is wrong.
   */
  listColumns(from: string): Promise<readonly SourceColumn[]>
  /**
   * Reads rows as a stream: no more than a few batches are in memory. A selection is read by one reader at a time.
   * @throws {SourceError} from the iteration, if the source does not answer, the selection is wrong, or the text cannot be decoded.
   */
  read(selection: Selection): AsyncIterable<SourceBatch>
  /** Returns how many rows a selection has, for progress; null if only reading it tells. */
  count(selection: Selection): Promise<number | null>
  close(): Promise<void>
}

/** A source cannot be read. The message says what was expected, what came, and what to do; it contains no password. */
export class SourceError extends Error {
  override readonly name = 'SourceError'
}

/** What the readers of SQL databases share. */

/** How many rows a batch has. */
export const BATCH_ROWS = 2_000

/** The statements that ask each kind of database for its catalog. */
export const CATALOGS: Readonly<
  Record<'postgresql' | 'mysql', Readonly<Record<'tables' | 'columns' | 'keys', string>>> & {
    readonly sqlServer: Readonly<Record<'rows' | 'columns' | 'keys', string>>
  }
> = readWords(new URL('catalogs.yaml', import.meta.url))

/** A row of a catalog. A driver may give a number for a number. */
type CatalogRow = Readonly<Record<string, unknown>>

/** What a catalog says: the answers to its three statements, whose columns have the same names in each kind of database. */
interface Catalog {
  readonly tables: readonly CatalogRow[]
  readonly columns: readonly CatalogRow[]
  readonly keys: readonly CatalogRow[]
}

/** A column of a key. The names are those of the statements that ask for keys. */
interface KeyColumn {
  readonly table: string
  /** The key's name in its table. */
  readonly name: string
  readonly kind: SourceKey['kind']
  readonly col: string
  readonly other: string | null
  readonly othercol: string | null
}

/**
 * Puts the tables of a catalog together.
 * @param kindOf what a type holds, by its name, and by its category if the catalog has one.
 */
export function toTables(
  { tables, columns, keys }: Catalog,
  kindOf: (type: string, category: string) => SourceColumnKind = kindOfType,
): readonly SourceTable[] {
  const columnsOf = Map.groupBy(columns, ({ table }) => table)
  const keysOf = Map.groupBy(keys as unknown as readonly KeyColumn[], ({ table }) => table)
  return tables.map(({ name, n }) => ({
    name: String(name),
    columns: (columnsOf.get(name) ?? []).map((column) => ({
      name: String(column.name),
      type: String(column.type),
      kind: kindOf(String(column.type), String(column.category)),
      isNullable: column.nullable === 'YES',
    })),
    keys: [...Map.groupBy(keysOf.get(String(name)) ?? [], (key) => key.name).values()].map(toKey),
    estimatedRows: n == null ? null : Number(n),
  }))
}

function toKey(parts: readonly KeyColumn[]): SourceKey {
  const columns = parts.map(({ col }) => col)
  const [first] = parts
  if (first?.kind !== 'FOREIGN') return { kind: first?.kind ?? 'UNIQUE', columns }
  const references = { table: first.other ?? '', columns: parts.map(({ othercol }) => othercol ?? '') }
  return { kind: 'FOREIGN', columns, references }
}

/** What a type of MySQL, MariaDB or SQL Server holds, by its name. */
export function kindOfType(type: string): SourceColumnKind {
  if (/^(?:tinyint\(1\)|bit\b)/.test(type)) return 'boolean'
  if (/int|decimal|numeric|float|double|real|money|year/.test(type)) return 'number'
  if (type === 'date') return 'date'
  if (/datetime|timestamp/.test(type)) return 'time'
  if (/char|text|enum|set|uniqueidentifier/.test(type)) return 'text'
  return /blob|binary|image/.test(type) ? 'binary' : 'other'
}

/** Reads the URL of a server. @throws {SourceError} if the text is none. */
export function readServerPlace(url: string, scheme: string, standardPort: number) {
  if (!URL.canParse(url))
    throw new SourceError(`expected ${scheme}://USER:PASSWORD@HOST:PORT/DATABASE; came another form`)
  const { hostname, port, username, password, pathname, searchParams } = new URL(url)
  return {
    host: hostname,
    port: port === '' ? standardPort : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    parameters: searchParams,
  }
}

/** The error of a driver that is not installed. `databases`: what it reads. */
export function missingDriver(name: string, databases: string, cause: unknown): SourceError {
  return new SourceError(
    `expected the package ${name}, with which ${databases} read; it is not installed. Install it beside istmo: npm install ${name}`,
    { cause },
  )
}

/** Says what is read, for messages: the name of a table, or the beginning of a `select`. */
export function describeRead(from: string): string {
  return `read ${from.trim().replace(/\s+/g, ' ').slice(0, 80)}`
}

/**
 * Gathers a driver's stream of rows into batches.
 * @param fail makes the error that is thrown of what the stream throws.
 */
export async function* toBatches<Row>(
  stream: AsyncIterable<Row>,
  show: (row: Row) => SourceRow,
  fail: (error: unknown) => Error,
): AsyncGenerator<SourceBatch> {
  let place = 0
  let rows: { readonly place: number; readonly row: SourceRow }[] = []
  try {
    for await (const row of stream) {
      place += 1
      rows.push({ place, row: show(row) })
      if (rows.length < BATCH_ROWS) continue
      yield { rows, unreadable: [] }
      rows = []
    }
  } catch (error) {
    throw fail(error)
  }
  if (rows.length > 0) yield { rows, unreadable: [] }
}

/** How one kind of database writes what {@link renderSelection} needs. */
export interface Dialect {
  /** Writes a name so that the database takes it exactly as it is. */
  readonly quote: (name: string) => string
  /** Writes the place of the value `n`, from 1: `$1`, `?`, `@p1`. */
  readonly parameter: (n: number) => string
}

/** A statement and its values. */
export interface SqlStatement {
  readonly text: string
  readonly values: readonly string[]
}

/** Whether a `from` is a `select` and not the name of a table. */
export function isSelect(from: string): boolean {
  return /^\s*(select|with)\s/i.test(from)
}

/** Splits the name of a table at its dots: `dbo.expediente` is `['dbo', 'expediente']`. */
export function splitName(name: string): readonly string[] {
  return name.trim().split('.')
}

/** Writes `from` as it stands behind `from` in a statement: a name, or a `select` in brackets. */
export function renderFrom(from: string, { quote }: Dialect): string {
  // Line ends, so that a comment at the end of the text does not swallow the bracket.
  if (isSelect(from)) return `(\n${from.trim().replace(/;\s*$/, '')}\n)`
  return splitName(from).map(quote).join('.')
}

/**
 * Writes the statement that reads a selection.
 * @param columns what is read: `*`, or `count(*)`.
 */
export function renderSelection(selection: Selection, dialect: Dialect, columns = '*'): SqlStatement {
  const values: string[] = []
  let tables = 0
  const render = ({ from, changed }: Selection, list: (alias: string) => string): string => {
    tables += 1
    const alias = `istmo_${tables}`
    const conditions = changed?.map((each) => renderCondition(each, alias))
    const where =
      conditions === undefined ? '' : ` where ${conditions.length === 0 ? '1 = 0' : conditions.join(' or ')}`
    return `select ${list(alias)} from ${renderFrom(from, dialect)} ${alias}${where}`
  }
  const renderCondition = (each: ChangedRows, alias: string): string => {
    const column = `${alias}.${dialect.quote(each.column)}`
    if ('since' in each) {
      values.push(each.since)
      return `${column} >= ${dialect.parameter(values.length)}`
    }
    return `${column} in (${render(each.among, (inner) => `${inner}.${dialect.quote(each.among.column)}`)})`
  }
  return { text: render(selection, (alias) => (columns === '*' ? `${alias}.*` : columns)), values }
}

/** What a person does about a failure, by the code that Node or the database gives it. */
const REMEDIES: Readonly<Record<string, string>> = readWords(new URL('remedies.yaml', import.meta.url))

/**
 * Makes the error of a source from what its driver threw.
 * @param label where the source is, without a password.
 * @param doing what was tried: `read the table expediente`.
 */
export function toSourceError(label: string, doing: string, error: unknown): SourceError {
  if (error instanceof SourceError) return error
  return new SourceError(describeFailure(label, doing, error, REMEDIES), {
    cause: error,
  })
}

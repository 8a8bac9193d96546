/**
 * What a country's old database, or a folder of its CSV files, is to the rest of `joining/`: tables that can be listed, and rows that can be
 * read as a stream. Each kind of source is one file beside this one;
 * databases.ts chooses.
 */

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

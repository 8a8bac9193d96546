import type { Database } from '../../subgraphs/kit/types.ts'

/**
 * Writes rows in bulk: one statement for each table and batch. The batch is one JSON parameter, and PostgreSQL takes the types from
 * the table itself (`json_populate_recordset`). This works the same on a server and in process.
 */

/** One row by column name. Dates are `YYYY-MM-DD`, timestamps are ISO 8601 strings, arrays of text are arrays. */
export type Row = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

/** A table as the importers and the generator write it. Names come from the code, never from a file. */
export interface Table {
  /** The name of the table with its schema: `cases.case_file`. */
  readonly name: string
  readonly key: readonly string[]
  /** All columns that are written, including the key's columns. */
  readonly columns: readonly string[]
  /** Columns that say when a row was written. They change together with others; a difference only in them changes nothing. */
  readonly stamps?: readonly string[]
}

/** How many rows a statement inserted and changed. Rows that were already the same count in neither. */
export interface Written {
  readonly inserted: number
  readonly updated: number
}

/** Inserts rows that are known to be new. */
export async function insertRows(db: Database, table: Table, rows: readonly Row[]): Promise<void> {
  if (rows.length > 0) await db.query(insertion(table), [JSON.stringify(rows)])
}

/** Inserts rows, and does not change rows whose key exists. Returns the number of new rows. */
export async function insertMissingRows(db: Database, table: Table, rows: readonly Row[]): Promise<number> {
  if (rows.length === 0) return 0
  const sql = `${insertion(table)} on conflict do nothing returning 1 as made`
  return (await db.query(sql, [JSON.stringify(rows)])).length
}

/** Inserts rows, and changes rows whose key exists if they differ. If two rows have the same key, the last one counts. */
export async function upsertRows(db: Database, table: Table, rows: readonly Row[]): Promise<Written> {
  if (rows.length === 0) return { inserted: 0, updated: 0 }
  const unique = [...new Map(rows.map((row) => [JSON.stringify(table.key.map((column) => row[column])), row])).values()]
  const answer = await db.query<{ inserted: boolean }>(upsertion(table), [JSON.stringify(unique)])
  const inserted = answer.filter((row) => row.inserted).length
  return { inserted, updated: answer.length - inserted }
}

function insertion({ name, columns }: Table): string {
  const list = columns.join(', ')
  return `insert into ${name} as held (${list}) select ${list} from json_populate_recordset(null::${name}, $1::text::json)`
}

function upsertion(table: Table): string {
  const rest = table.columns.filter((column) => !table.key.includes(column))
  if (rest.length === 0) return `${insertion(table)} on conflict do nothing returning true as inserted`
  const compared = rest.filter((column) => !table.stamps?.includes(column))
  const list = (prefix: string): string => compared.map((column) => `${prefix}.${column}`).join(', ')
  return (
    `${insertion(table)} on conflict (${table.key.join(', ')}) do update ` +
    `set ${rest.map((column) => `${column} = excluded.${column}`).join(', ')} ` +
    `where (${list('held')}) is distinct from (${list('excluded')}) ` +
    // A row that this statement inserted has no earlier version.
    'returning (xmax = 0) as inserted'
  )
}

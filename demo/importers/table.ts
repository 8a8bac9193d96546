import type { Database } from '../../subgraphs/kit/types.ts'

/**
 * Rows in bulk: one statement per table and batch, with the batch as one JSON parameter that PostgreSQL types by the table
 * itself (`json_populate_recordset`). The same on a server and in process.
 */

/** One row by column name; dates as `YYYY-MM-DD`, timestamps as ISO strings, arrays of text as arrays. */
export type Row = Readonly<Record<string, string | number | boolean | null | readonly string[]>>

/** A table as the importers and the generator write it. Names come from the code, never from a file. */
export interface Table {
  /** With its schema: `cases.case_file`. */
  readonly name: string
  readonly key: readonly string[]
  /** All that is written, the key's columns included. */
  readonly columns: readonly string[]
  /** Columns that say when a row was written: they change with the others, and alone make no change. */
  readonly stamps?: readonly string[]
}

/** How many rows a statement made or changed; rows that were the same already count in neither. */
export interface Written {
  readonly inserted: number
  readonly updated: number
}

/** Inserts rows that are known to be new. */
export async function insertRows(db: Database, table: Table, rows: readonly Row[]): Promise<void> {
  if (rows.length > 0) await db.query(insertion(table), [JSON.stringify(rows)])
}

/** Inserts rows, and leaves those that are there (by key) as they are. Returns how many were new. */
export async function insertMissingRows(db: Database, table: Table, rows: readonly Row[]): Promise<number> {
  if (rows.length === 0) return 0
  const sql = `${insertion(table)} on conflict do nothing returning 1 as made`
  return (await db.query(sql, [JSON.stringify(rows)])).length
}

/** Inserts rows, and changes those that are there (by key) and differ. Of two rows with one key the last counts. */
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
    // A row that this statement made has no other version behind it.
    'returning (xmax = 0) as inserted'
  )
}

import type { RecordKindName } from '../../contract/records/record-kind.ts'
import { columnsOf, kindOf } from '../../contract/records/records.ts'
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

/** The tables that the importers and the generator write. Those of records follow from contract/records. */

/** `shared_with` of a record that every recognised task force may see. */
export const EVERY_TASK_FORCE: readonly string[] = ['*']

function tableOf(name: RecordKindName): Table {
  const kind = kindOf(name)
  const columns = columnsOf(kind)
  const stamps = columns.filter((column) => column === 'recorded_at')
  return { name: kind.table, key: kind.primaryKey, columns, stamps }
}

/** Codes of the crime classification, in every database. */
export const ICCS_CODE: Table = {
  name: 'reference.iccs_code',
  key: ['code'],
  columns: ['code', 'level', 'parent', 'title_en', 'title_es'],
}

/** Cases. */
export const CASE_FILE = tableOf('cases')
/** The offences of a case. They are deleted with their case. */
export const OFFENCE = tableOf('cases.offences')
/** Warrants; `subject_id` may be a person of any country. */
export const WARRANT = tableOf('warrants')
/** Who takes part in a case; `person_id` may be a person of any country. */
export const PARTICIPANT = tableOf('cases.participants')
/** Links from a case to one of any country. */
export const LINKED_CASE = tableOf('cases.linkedCases')

/** Persons. */
export const PERSON = tableOf('persons')
/** Names of persons. The database computes `folded`. */
export const PERSON_NAME = tableOf('persons.names')
/** Numbers of documents. The database computes `folded`. */
export const IDENTIFIER = tableOf('persons.identifiers')
/** Addresses. */
export const ADDRESS = tableOf('persons.addresses')
/** Associates: persons of any country with whom a person is seen. */
export const ASSOCIATE = tableOf('persons.associates')
/** Memberships in groups. */
export const MEMBERSHIP = tableOf('persons.memberships')
/** Records of other countries that are considered the same person. */
export const SAME_AS = tableOf('persons.sameAs')

/** Sections of national law. */
export const STATUTE = tableOf('statutes')
/** Treaties. */
export const INSTRUMENT = tableOf('instruments')
/** Articles of a treaty. They are deleted with their treaty. */
export const ARTICLE = tableOf('instruments.articles')
/** Participations: which state signed a treaty, and when it became bound. */
export const PARTICIPATION = tableOf('instruments.participations')
/** Requests for mutual legal assistance. */
export const MLA_REQUEST = tableOf('mlaRequests')
/** Cases of other countries that a request is about. */
export const MLA_CONCERN = tableOf('mlaRequests.concerns')
/** What the data is complete for (subgraphs/legal/migrations/004-coverage.sql). */
export const COVERAGE: Table = { name: 'legal.coverage', key: ['subject', 'key'], columns: ['subject', 'key'] }

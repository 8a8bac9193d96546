/**
 * A mapping as it is after it was read: what `sync` and `map` share. parse-mapping.ts makes it, row-reader.ts runs it over the rows of a source.
 *
 * Whoever loads the rows also sees to what one row cannot know:
 * - Each person whom the loaded cases name only as a victim or a witness becomes `protected`, whatever the mapping says of the person. What the mapping
 *   says is kept if it is true.
 * - A column whose rule is {@link NOW}, or has it as its default, says only when the run was: a difference in nothing else changes nothing.
 * - The columns of `counted` and `derived`, the second row with a key (`repeats`), and ids that name no record (`references`).
 */
import type { FieldType, RecordKindName } from '../../contract/records/record-kind.ts'
import type { SourceRow } from '../sources/source.ts'

/** How a source names countries. */
export type CountryNaming = 'en' | 'es' | 'alpha-3'

/** How the bytes of a CSV file become rows. */
export interface CsvSource {
  /** The path as the mapping has it: relative to the folder of the mapping. */
  readonly file: string
  /** A label of the WHATWG Encoding Standard, such as `windows-1252`. Null: the mark at the beginning of the file decides, else UTF-8. */
  readonly encoding: string | null
  /** One character. Default: a comma. */
  readonly delimiter: string
  /** One character, or null for a file without quotes. Default: `"`. */
  readonly quote: string | null
}

/** A database. */
export interface SqlSource {
  /** `postgres:`, `mysql:`, `mariadb:` or `sqlserver:`. `${NAME}` in it stands for a variable of the environment. */
  readonly url: string
  /** A file whose first line is the password, relative to the folder of the mapping. */
  readonly passwordFile: string | null
}

/** Where the rows of one feed come from. */
export type From =
  | { readonly kind: 'table'; readonly table: string }
  | { readonly kind: 'query'; readonly query: string }
  | { readonly kind: 'csv'; readonly csv: CsvSource }

/** A value of a table of the contract. Dates are `YYYY-MM-DD`; moments are RFC 3339. */
export type Cell = string | number | boolean | null | readonly string[]

/** One record that each row of a feed gives. */
export interface RecordPlan {
  readonly kind: RecordKindName
  /** Where it stands in the mapping, for messages: `cases.offences`, or `persons.identifiers[1]`. */
  readonly place: string
  /** The table with its schema: `cases.offence`. */
  readonly table: string
  /** What fills each column of the table. A column that is not here is null, or is filled as `counted` and `derived` say. */
  readonly columns: readonly ColumnPlan[]
  /**
   * The column that counts the rows of a parent from 1 (`ordinal`) because the mapping does not give it; null if it does or the table has
   * none. Whoever loads the rows numbers them: rows of one parent in the order in which they were read.
   */
  readonly counted: string | null
  /**
   * The column of the row's own id (`row_id`) that the mapping does not give; else null. Whoever loads the rows makes it from the rest of
   * the row, and from the number of the row among those that are the same, so that an unchanged row keeps its id.
   */
  readonly derived: string | null
  /** The column that holds the id of the parent (`case_id`), and the kind of the parent; null for a record of its own. */
  readonly parent: { readonly column: string; readonly kind: RecordKindName } | null
  /** The columns that name another record. They are checked if the id begins with this country's code, and the mapping has a feed of that kind. */
  readonly references: readonly ReferencePlan[]
  /**
   * Whether a row gives no record of this kind if all that the rules read of it for this record is empty: a row of persons has columns for a
   * passport, and most persons have none. So it is for a child without a `from` of its own.
   */
  readonly isSkippedIfEmpty: boolean
  /**
   * What happens to rows with the same key. If they differ, all are refused. `refuse`: of equal rows, the first is taken and the others are refused.
   * `same`: rows that are equal in the record's own columns are one record: a list of charges names its case in each row.
   */
  readonly repeats: 'refuse' | 'same'
}

/** A column that names a record. */
export interface ReferencePlan {
  readonly column: string
  readonly kind: RecordKindName
  /** `refuse`: the row is refused. `null`: the column becomes null. `keep`: the id may dangle, as an id of another country may. */
  readonly dangling: 'refuse' | 'null' | 'keep'
}

/** One column of a table and the rule that fills it. */
export interface ColumnPlan {
  /** `filed_on`. */
  readonly column: string
  /** The key in the mapping: `filedOn`. */
  readonly field: string
  readonly type: FieldType
  readonly isRequired: boolean
  /** Whether the section itself says it: not the parent's id, what holds for all sections, or what fills the column of itself. */
  readonly isOwn: boolean
  readonly rule: ValueRule
}

/**
 * What happens to a value that a rule does not know. `keep`: the value itself is taken, if the contract takes it. `default`: the rule's default is taken,
 * unless the value differs from a known one only in accents or in large and small letters: that is refused, because it is probably the known one.
 */
export type Otherwise =
  | { readonly kind: 'refuse' }
  | { readonly kind: 'keep' }
  | { readonly kind: 'default' }
  | { readonly kind: 'use'; readonly value: Cell }

/** Stands for the moment at which the run began, in a column that takes a moment. */
export const NOW = Symbol('now')

/** How a column of the contract gets its value from a row. */
export type ValueRule = { readonly kind: 'constant'; readonly value: Cell | typeof NOW } | ReadRule

/** A rule that reads columns. Its steps are run in this order: the text, `pattern`, `replace`, `split`, `values`, and the form that the field's type has. */
export interface ReadRule {
  readonly kind: 'read'
  readonly text: TextRule
  /** A regular expression with `u`, and the named group that is taken. */
  readonly pattern: { readonly source: string; readonly take: string } | null
  /** Texts that are replaced by others, in this order. */
  readonly replace: readonly (readonly [string, string])[]
  /** What separates the items of a list. */
  readonly split: string | null
  /** The contract's value for each value of the source. */
  readonly values: ReadonlyMap<string, Cell> | null
  /** Whether letters that differ only in case and accents are the same in `values`. */
  readonly isFolded: boolean
  /** The languages in which countries are named, or their three-letter codes. */
  readonly countries: readonly CountryNaming[] | null
  /** The form of a date or a moment, such as `DD/MM/YYYY`. */
  readonly format: string | null
  /** The day of a month whose form has no day. */
  readonly day: 'first' | 'last' | null
  /** The first of the hundred years that a year of two digits can mean. */
  readonly yearsFrom: number | null
  /** How a number is written: the sign before its decimals, and the one between its thousands. */
  readonly number: { readonly decimal: ',' | '.'; readonly thousands: string | null; readonly times: number } | null
  /** For an empty value; null leaves the column empty, which refuses the row where the contract requires a value. */
  readonly default: Cell | typeof NOW
  readonly otherwise: Otherwise
}

/** The text that a rule begins with. */
export type TextRule =
  | { readonly kind: 'column'; readonly column: string }
  /** The columns' texts without the empty ones: joined for a text, one by one for a list. */
  | { readonly kind: 'columns'; readonly columns: readonly string[]; readonly join: string }
  | { readonly kind: 'template'; readonly parts: readonly TemplatePart[] }

/** A part of a template. */
export type TemplatePart =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'column'; readonly column: string }
  /** The number of the row, from 1, among those of the feed that have the same values in these columns. A refused row counts too. */
  | { readonly kind: 'number'; readonly within: readonly string[] }

/** One reading of the source: each of its rows gives the records of all of `records`, or none of them if it is refused. */
export interface Feed {
  /** Where it stands in the mapping: `cases`, or `cases.offences`. Unique in a mapping. */
  readonly place: string
  /** The line of the mapping on which it begins, from 1. */
  readonly line: number
  readonly from: From
  /** The record of its own first, then those that hang on it. */
  readonly records: readonly RecordPlan[]
  /** The columns of the source that the rules and `since` read, each once. */
  readonly reads: readonly string[]
  /** The column that says when a row changed: what an incremental run reads. Null: the feed is always read whole. */
  readonly since: string | null
}

/** A mapping. */
export interface Mapping {
  /** The path of its file, for messages, and for the folder that its other paths are relative to. */
  readonly path: string
  /** Its text and the texts of its crosswalks, as a JSON array: what the country's audit log keeps of it. */
  readonly content: string
  /** The SHA-256 of `content`, in hex. */
  readonly sha256: string
  /** ISO 3166-1 alpha-2, or `UN`. */
  readonly country: string
  /** The time zone of times that say none, of the IANA database; null if there is none. */
  readonly zone: string | null
  /** The database of the feeds whose `from` is a table or a query; null if all are CSV files. */
  readonly sql: SqlSource | null
  /** Parents before what hangs on them. */
  readonly feeds: readonly Feed[]
  /** Rows of `legal.coverage`. Null: the mapping says nothing about it, and the rows stay. */
  readonly coverage:
    | readonly { readonly subject: 'PARTICIPATIONS' | 'STATUTES' | 'ICCS'; readonly key: string }[]
    | null
  /** What a person should know, such as that no row is shared with anybody. */
  readonly warnings: readonly MappingProblem[]
}

/** Something that is wrong in a mapping. */
export interface MappingProblem {
  readonly path: string
  /** From 1. */
  readonly line: number
  readonly column: number
  /** What was expected, what came, and the remedy. */
  readonly message: string
}

/** Rows for the tables of the contract, or why the row of the source gives none. */
export type ReadRow =
  | { readonly rows: readonly TableRow[] }
  /** `record`: the feed's own record, if it is right and only what hangs on it was refused: another row may contradict it. */
  | { readonly refused: Refusal; readonly record: TableRow | null }

/** A row for a table of the contract. */
export interface TableRow {
  readonly record: RecordPlan
  /** By the table's columns: those of `record.columns`. */
  readonly values: Readonly<Record<string, Cell>>
}

/** Why a row was refused. It holds a value of the source, which may be personal data. */
export interface Refusal {
  /** The feed's place. */
  readonly place: string
  /** The id of the record, as far as it is known. */
  readonly id: string | null
  /** The column of the source; null if the reason is not in one column. */
  readonly column: string | null
  readonly value: string | null
  readonly reason: string
}

/** Reads the rows of one feed, in their order. It counts rows, so each run and each feed needs its own. */
export interface RowReader {
  /** @param row its columns by name. */
  readonly read: (row: SourceRow) => ReadRow
}

import type { Domain } from '../../contract/domain.ts'
import type { RecordKindName } from '../../contract/records/record-kind.ts'
import { RECORD_KINDS } from '../../contract/records/records.ts'
import type { TableText } from './table-problem.ts'

/**
 * What a domain says about its tables, for the proofs that the node makes before it serves the domain and while it runs
 * (row-watch.ts).
 */
export interface DomainTables {
  /** Tables whose rows are public, such as the law: `legal.statute`. Each other table of the domain must hide its rows. */
  readonly publicTables: readonly string[]
  /** Columns that name a case or a person. A row is hidden with each hidden row that it names. */
  readonly links: readonly RowLink[]
  /** Everything derived from rows that searches, filters and orders read. */
  readonly derived: readonly DerivedData[]
}

/** A column that names a record. The function says whether the leg in hand may not see that record. */
export interface RowLink {
  readonly table: string
  readonly column: string
  readonly hidden: 'istmo.hides_case' | 'istmo.hides_person'
}

/** Something derived from rows. In our own tables, the database keeps it; over views of a country's own tables, the country does. */
export interface DerivedData {
  /** `schema.table.column`, or `schema.table` for a table that is filled from others. */
  readonly name: string
  /** A query that returns a row if something is not covered. */
  readonly uncovered: string
  /** What the country does about it. */
  readonly remedy: TableText
}

/** Describes a derived column: each row must have the value of the expression. */
export function derivedColumn(table: string, column: string, expression: string): DerivedData {
  return {
    name: `${table}.${column}`,
    uncovered: `select from ${table} where ${column} is distinct from ${expression} limit 1`,
    remedy: { code: 'GIVE_COLUMN', details: { table, column, expression } },
  }
}

const HIDDEN: ReadonlyMap<RecordKindName, RowLink['hidden']> = new Map([
  ['cases', 'istmo.hides_case'],
  ['persons', 'istmo.hides_person'],
])

/** Lists the columns of a domain's tables that name a case or a person: that on which a row hangs, and those that it refers to. */
export function linksOf(domain: Domain): readonly RowLink[] {
  const tables = RECORD_KINDS.filter(({ table }) => table.startsWith(`${domain}.`))
  return tables.flatMap(({ table, parent, fields }) => {
    const named = fields.flatMap(({ column, type }) => (type.kind === 'reference' ? [{ column, kind: type.to }] : []))
    return [...(parent === undefined ? [] : [parent]), ...named].flatMap(({ column, kind }) => {
      const hidden = HIDDEN.get(kind)
      return hidden === undefined ? [] : [{ table, column, hidden }]
    })
  })
}

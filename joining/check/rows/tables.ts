import { DOMAINS, type Domain } from '../../../contract/domain.ts'
import type { FieldSpec, RecordKind } from '../../../contract/records/record-kind.ts'
import { coordinateOf, kindOf, RECORD_KINDS } from '../../../contract/records/records.ts'

/** The tables of a country as the checks of rows look at them. All of it follows from contract/records. */

/** One table. */
export interface RowTable {
  readonly table: string
  readonly domain: Domain
  /** An expression that names a row by the ids of records, for examples. */
  readonly names: string
  /** The coordinate of the field that each column answers. */
  readonly columns: Readonly<Record<string, string>>
  /** The columns that hold ids of records. */
  readonly ids: readonly IdColumn[]
  /** Pairs of columns that are in the order of time: the second is on the day of the first or later. */
  readonly ordered: readonly (readonly [earlier: string, later: string])[]
  /** Days and moments that cannot be in the future. */
  readonly past: readonly string[]
  /** The column that says when the row changed last: never before it was recorded. */
  readonly changes?: string
}

/** A column of ids. */
export interface IdColumn {
  readonly column: string
  /** Whose id it is: the country's own, one of any country, or one of another country. */
  readonly of: 'own' | 'any' | 'other'
  /** The table of the record; without one it is a place in this table. */
  readonly target?: string
}

/** All tables whose rows become records, by domain in the order of their migrations. */
export const ROW_TABLES: readonly RowTable[] = RECORD_KINDS.map(toRowTable).toSorted(
  (a, b) => DOMAINS.indexOf(a.domain) - DOMAINS.indexOf(b.domain),
)

function toRowTable(kind: RecordKind): RowTable {
  const { table, fields, parent, changes } = kind
  return {
    table,
    domain: table.split('.', 1)[0] as Domain,
    names: nameRow(kind),
    columns: Object.fromEntries(fields.flatMap((field) => toColumn(kind, field))),
    ids: [
      ...(parent === undefined
        ? []
        : [{ column: parent.column, of: 'own', target: kindOf(parent.kind).table } as const]),
      ...fields.flatMap(toId),
    ],
    ordered: fields.flatMap(({ column, type }) =>
      type.kind === 'date' && type.after !== undefined ? [[type.after, column] as const] : [],
    ),
    past: fields.flatMap(({ column, type }) =>
      type.kind === 'moment' || (type.kind === 'date' && type.isPast === true) ? [column] : [],
    ),
    ...(changes !== undefined && { changes }),
  }
}

/** A row of its own has an id; what hangs on a record is named by that record and the rest of its key. */
function nameRow({ primaryKey, parent, fields }: RecordKind): string {
  const linked = new Set(fields.filter(({ type }) => type.kind === 'reference').map(({ column }) => column))
  const rest = primaryKey.filter((column) => column !== parent?.column && !linked.has(column))
  return [...(parent === undefined ? [] : [parent.column]), ...rest].join(` || ' ' || `)
}

/** Ids are checked as ids, and texts have no form. */
function toColumn(kind: RecordKind, field: FieldSpec): readonly (readonly [column: string, coordinate: string])[] {
  const coordinate = coordinateOf(kind, field)
  return coordinate === null || field.type.kind === 'id' || field.type.kind === 'reference'
    ? []
    : [[field.column, coordinate]]
}

function toId({ column, type }: FieldSpec): readonly IdColumn[] {
  if (type.kind === 'id') return [{ column, of: 'own' }]
  if (type.kind !== 'reference') return []
  return [{ column, of: type.owner, ...(type.owner !== 'other' && { target: kindOf(type.to).table }) }]
}

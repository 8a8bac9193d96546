import type { FieldSpec, RecordKindName } from '../../contract/records/record-kind.ts'
import { kindOf } from '../../contract/records/records.ts'
import type { ListSource, RowSource } from './loaders.ts'
import { columnsFor, raw, type Sql, sql } from './sql.ts'

/**
 * Returns the columns of a kind of records that answer fields, for the table or subquery with this alias. Each has the name of its field, and one that
 * names a record its own name in camel case (`subjectId`). Those of provenance are for the field `provenance`.
 * @param large a field whose column is left out of a statement that does not ask for it, because its texts are long.
 */
export function recordColumns(name: RecordKindName, alias: string, large: string | null = null): Sql {
  const answering = kindOf(name).fields.filter(({ field }) => field !== null)
  const [own, ofLarge, provenance] = [
    answering.filter(({ field }) => field !== large && !isProvenance(field)),
    answering.filter(({ field }) => field === large),
    answering.filter(({ field }) => isProvenance(field)),
  ].map((fields) => fields.map((field) => `${alias}.${nameColumn(field)}`).join(', '))
  return sql`${raw(own ?? '')}${listFor(large, ofLarge)}${listFor('provenance', provenance)}`
}

function isProvenance(field: string | null): boolean {
  return field?.startsWith('Provenance.') === true
}

function nameColumn({ column, field, type }: FieldSpec): string {
  const camel = column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  const name = type.kind === 'reference' ? camel : field?.replace('Provenance.', '')
  return name === column ? column : `${column} as "${name}"`
}

function listFor(field: string | null, columns: string | undefined): Sql {
  return field === null || columns === undefined || columns === '' ? raw('') : columnsFor(field, raw(columns))
}

/** Returns the source of a kind's records by id, whose table has this alias in statements. @param large as of {@link recordColumns}. */
export function recordSource(name: RecordKindName, alias: string, large: string | null = null): RowSource {
  const { table } = kindOf(name)
  return {
    name: table,
    select: recordColumns(name, alias, large),
    from: raw(`${table} ${alias}`),
    id: raw(`${alias}.id`),
  }
}

/**
 * Returns the source of the rows that hang on a record, in the order of their primary key. Of a kind that only links, a row is the id of the other record.
 */
export function listSource(name: RecordKindName, alias: string): ListSource {
  const { table, type, parent, primaryKey } = kindOf(name)
  const columns = primaryKey.map((column) => `${alias}.${column}`)
  return {
    name: table,
    select: type === undefined ? raw(`${columns.at(-1)} as id`) : recordColumns(name, alias),
    from: raw(`${table} ${alias}`),
    parent: raw(`${alias}.${parent?.column}`),
    orderBy: raw(columns.join(', ')),
  }
}

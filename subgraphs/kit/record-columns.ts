import type { FieldSpec, RecordKindName } from '../../contract/records/record-kind.ts'
import { kindOf } from '../../contract/records/records.ts'
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

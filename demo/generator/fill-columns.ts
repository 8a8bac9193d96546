import type { FieldType } from '../../contract/records/record-kind.ts'
import { RECORD_KINDS } from '../../contract/records/records.ts'
import type { Row, Table } from '../importers/table.ts'
import { LAST_DAY } from './days.ts'

/** Adds the columns of a table that made-up rows lack, each with the same value of its type. What a row has stays. */
export function fillColumns({ name }: Table, rows: readonly Row[]): readonly Row[] {
  const [first = {}] = rows
  const fields = RECORD_KINDS.find(({ table }) => table === name)?.fields ?? []
  const absent = fields.filter(({ column, field }) => field !== null && !(column in first))
  if (absent.length === 0) return rows
  const values = Object.fromEntries(absent.map(({ column, type }) => [column, exampleOf(type)]))
  return rows.map((row) => ({ ...values, ...row }))
}

function exampleOf(type: FieldType): Row[string] {
  switch (type.kind) {
    case 'text':
      return 'Dato de ejemplo'
    case 'date':
      return LAST_DAY
    case 'boolean':
      return false
    case 'whole':
      return 1
    case 'enum':
      return type.values[0] ?? null
    case 'list':
      return [exampleOf(type.of)].flatMap((item) => (item === null ? [] : String(item)))
    default:
      return null
  }
}

import { CASE_RECORDS } from './case-records.ts'
import { LEGAL_RECORDS } from './legal-records.ts'
import { PERSON_RECORDS } from './person-records.ts'
import type { FieldSpec, RecordKind, RecordKindName } from './record-kind.ts'

/**
 * The records of the contract: each table of a country's database, its columns, and the fields that they answer. What nodes select, what mappings
 * take, what the checks ask and compare and what the demo writes follows from this. A test compares it with the migrations and with the contract.
 */

/** All kinds, in the order in which their rows are written: what others name comes first. */
export const RECORD_KINDS: readonly RecordKind[] = [...PERSON_RECORDS, ...LEGAL_RECORDS, ...CASE_RECORDS]

const BY_NAME = new Map<string, RecordKind>(RECORD_KINDS.map((kind) => [kind.name, kind]))

/** Returns the kind of a name. */
export function kindOf(name: RecordKindName): RecordKind {
  const found = BY_NAME.get(name)
  if (found === undefined) throw new Error(`expected a kind of records; came ${name}`)
  return found
}

/** Lists the kinds that hang on a kind. */
export function childrenOf(name: RecordKindName): readonly RecordKind[] {
  return RECORD_KINDS.filter(({ parent }) => parent?.kind === name)
}

/** Lists the columns of a kind that are written, those of the key first. */
export function columnsOf({ primaryKey, parent, fields }: RecordKind): readonly string[] {
  const own = fields.map(({ column }) => column)
  return [...new Set([...primaryKey, ...(parent === undefined ? [] : [parent.column]), ...own])]
}

/** Returns the coordinate of the field that a column answers, such as `Case.filedOn`; null if it answers none. */
export function coordinateOf({ type }: RecordKind, { field }: FieldSpec): string | null {
  if (field?.includes('.') === true) return field
  return field === null || type === undefined ? null : `${type}.${field}`
}

/** The columns by the coordinate of the field that they answer, of all kinds. */
export const FIELDS: ReadonlyMap<string, FieldSpec> = new Map(
  RECORD_KINDS.flatMap((kind) =>
    kind.fields.flatMap((field): [string, FieldSpec][] => {
      const coordinate = coordinateOf(kind, field)
      return coordinate === null ? [] : [[coordinate, field]]
    }),
  ),
)

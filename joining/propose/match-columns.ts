/** Finds the columns of a table that fit the fields of a kind. */
import type { FieldSpec, FieldType, RecordKindName } from '../../contract/records/record-kind.ts'
import { kindOf } from '../../contract/records/records.ts'
import { FIELD_PHRASES } from './field-lexicon.ts'
import { scorePhrases } from './match-names.ts'
import type { ColumnProfile, TableProfile } from './profile.ts'

/** A field with the column that fits it best. */
export interface FieldMatch {
  readonly field: FieldSpec
  readonly column: ColumnProfile
}

/** The least score of a match. If one word of a long name fits, the name says something else. */
const LEAST_SCORE = 4

/**
 * Matches columns with the fields of a kind: each field and each column once, the best pairs first.
 * @param taken names of columns that are something else already.
 */
export function matchColumns(
  kind: RecordKindName,
  table: TableProfile,
  taken: ReadonlySet<string>,
): readonly FieldMatch[] {
  const phrases = FIELD_PHRASES[kind] ?? {}
  const pairs = kindOf(kind).fields.flatMap((field) => {
    const known = phrases[field.key]
    if (known === undefined) return []
    return table.columns.flatMap((column) => {
      const score =
        taken.has(column.name) || !fitsType(field.type, column)
          ? 0
          : scorePhrases(known, column.name) + bonus(field, column, table)
      return score >= LEAST_SCORE ? [{ field, column, score }] : []
    })
  })
  const matches: FieldMatch[] = []
  for (const { field, column } of pairs.toSorted((a, b) => b.score - a.score)) {
    if (matches.some((match) => match.field === field || match.column === column)) continue
    matches.push({ field, column })
  }
  const { fields } = kindOf(kind)
  return matches.toSorted((a, b) => fields.indexOf(a.field) - fields.indexOf(b.field))
}

/** The key of the catalog is the likeliest id, if its name fits at all. */
function bonus({ type }: FieldSpec, { name, isUnique }: ColumnProfile, { keys }: TableProfile): number {
  if (type.kind !== 'id' && type.kind !== 'rowId') return 0
  if (keys.some(({ kind, columns }) => kind === 'PRIMARY' && columns.length === 1 && columns[0] === name)) return 15
  return isUnique ? 5 : -8
}

/** Whether the values of a column can be those of a field. A column without values fits by its name. */
export function fitsType(type: FieldType, column: ColumnProfile): boolean {
  const { kind, values, formats, filled, isEmpty, isDateLike } = column
  if (kind === 'binary') return false
  const isDate = kind === 'date' || kind === 'time' || formats.length > 0
  // Nobody can say what the words of an empty column mean.
  if (isEmpty && ['enum', 'boolean', 'subdivision'].includes(type.kind)) return false
  if (filled === 0) return true
  switch (type.kind) {
    case 'date':
    case 'moment':
      return isDate || (kind === 'text' && isDateLike)
    case 'enum':
      return !isDate && values !== null
    case 'boolean':
      return !isDate && values !== null && values.size <= 4
    case 'list':
      return fitsType(type.of, column)
    case 'subdivision':
      return !isDate && values !== null
    case 'id':
    case 'reference':
    case 'rowId':
      return kind !== 'date' && kind !== 'time' && kind !== 'boolean'
    default:
      return !isDate && kind !== 'boolean'
  }
}

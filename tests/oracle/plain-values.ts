import {
  type FieldSpec,
  type FieldType,
  PROVENANCE_FIELDS,
  type RecordKindName,
} from '../../contract/records/record-kind.ts'
import { kindOf } from '../../contract/records/records.ts'
import type { Dice } from './dice.ts'

/**
 * The plain values of rows, by contract/records: a new column of a record gets random values here, and the oracle answers it. What a filter, an order
 * or a right means is not in that table; the oracle says that itself. Which column answers which field is proved with literal rows beside each domain.
 */

type Values = Readonly<Record<string, unknown>>

/** Few days, so that orders have ties. All are past. */
export const DATES = ['1969-12-31', '2020-02-29', '2024-01-01', '2024-01-02'] as const
/** Codes with common beginnings, because a filter also finds all codes below a code. */
export const ICCS_CODES = ['01', '0101', '02', '020411', '0502'] as const

function answeringFields(name: RecordKindName): readonly FieldSpec[] {
  return kindOf(name).fields.filter(({ field }) => field !== null && !field.includes('.'))
}

/** Lists the fields of a kind that are values of its rows: neither ids of records nor provenance. */
export function plainFields(name: RecordKindName): readonly string[] {
  return plain(name).flatMap(({ field }) => field ?? [])
}

function plain(name: RecordKindName): readonly FieldSpec[] {
  return answeringFields(name).filter(({ type }) => type.kind !== 'id' && type.kind !== 'reference')
}

/** Makes random values of the plain fields of a kind. */
export function makeValues(name: RecordKindName, dice: Dice): Values {
  const make = ({ field, type, isRequired }: FieldSpec): readonly [string, unknown] => [
    field ?? '',
    isRequired === true ? makeValue(type, dice) : dice.orNull(3, () => makeValue(type, dice)),
  ]
  return Object.fromEntries(plain(name).map(make))
}

function makeValue(type: FieldType, dice: Dice): unknown {
  switch (type.kind) {
    case 'date':
      return dice.pick(DATES)
    case 'boolean':
      return dice.oneIn(2)
    case 'whole':
      return dice.pick([0, 47, 48, 120])
    case 'enum':
      return dice.pick(type.values)
    case 'list':
      return dice.many(0, 2, () => makeValue(type.of, dice))
    case 'country':
      return dice.pick(['GT', 'HN'])
    case 'subdivision':
      return dice.pick(['GT-GU', 'HN-CR'])
    case 'iccs':
      return dice.pick(ICCS_CODES)
    default:
      return dice.pick(['hechos', 'Juzgado Primero'])
  }
}

/** Makes null for each plain field of a kind. */
export function makeNothing(name: RecordKindName): Readonly<Record<string, null>> {
  return Object.fromEntries(plainFields(name).map((field) => [field, null]))
}

/** Turns a row into the columns of its table. An id of another record stands in the row under its column's name in camel case. */
export function toColumns(name: RecordKindName, row: object): Values {
  const values = row as Values
  const inCamel = (column: string): string =>
    column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  const own = answeringFields(name).map(({ column, field, type }) => [
    column,
    values[type.kind === 'reference' ? inCamel(column) : (field ?? '')],
  ])
  const provenance = values.provenance as Values | undefined
  const shared = provenance === undefined ? [] : PROVENANCE_FIELDS.map(({ column, key }) => [column, provenance[key]])
  return Object.fromEntries([...own, ...shared])
}

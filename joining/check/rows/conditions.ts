import { type DocumentNode, type EnumTypeDefinitionNode, Kind, type TypeNode } from 'graphql'
import { readSdlFloor } from '../../../contract/access/sdl-faults.ts'
import { isCountryCode } from '../../../contract/country-code.ts'
import type { Finding } from '../finding.ts'
import type { IdColumn, RowTable } from './tables.ts'

/** Which rows of a table the contract cannot take, as conditions of SQL. They come from the types of the contract's fields. */

/** One condition: a row that meets it is a finding. */
export interface RowCondition {
  readonly id: string
  /** `cases.case_file.status`. */
  readonly place: string
  readonly condition: string
  readonly details: NonNullable<Finding['details']>
}

/** What the conditions are made from. */
export interface RowContract {
  readonly country: string
  /** The types of fields, by coordinate. */
  readonly fields: ReadonlyMap<string, TypeNode>
  /** The values of enums, by name. */
  readonly enums: ReadonlyMap<string, readonly string[]>
  /** Characters beyond ASCII that the ids of these rows have, but that no id may have. */
  readonly wrongLetters: string
}

/** Reads the types of a domain. */
export function readRowContract(typeDefs: DocumentNode, country: string, wrongLetters: string): RowContract {
  const enums = typeDefs.definitions
    .filter((node): node is EnumTypeDefinitionNode => node.kind === Kind.ENUM_TYPE_DEFINITION)
    .map((node) => [node.name.value, (node.values ?? []).map(({ name }) => name.value)] as const)
  return { country, fields: readSdlFloor(typeDefs).fields, enums: new Map(enums), wrongLetters }
}

type Make = (id: string, column: string, condition: string, details?: RowCondition['details']) => RowCondition

/** Lists the conditions of a table. No row meets two of one column. */
export function listConditions(table: RowTable, contract: RowContract): readonly RowCondition[] {
  const { columns, ids, ordered, past, changes } = table
  const make: Make = (id, column, condition, details = {}) => ({
    id,
    place: `${table.table}.${column}`,
    condition,
    details,
  })
  const recorded = `${changes} < recorded_at and recorded_at <= '9999-12-31'`
  return [
    ...Object.entries(columns).flatMap(([column, coordinate]) => ofColumn(make, column, coordinate, contract)),
    ...ids.flatMap((id) => ofId(make, id, contract)),
    ...ordered.map(([earlier, later]) => make('DATES_REVERSED', later, `${later} < ${earlier}`, { earlier, later })),
    // Of an impossible day it was said that it is one.
    ...past.map((column) => {
      const margin = marginOf(table, column, contract)
      return make('DATE_IN_FUTURE', column, `${column} > now() + interval '${margin}' and ${column} <= '9999-12-31'`)
    }),
    // A record cannot be recorded after it changed last, but its time was read in a wrong time zone. `recordedSince` then leaves it out.
    ...(changes === undefined ? [] : [make('RECORDED_AFTER_CHANGE', changes, recorded, { changed: changes })]),
  ]
}

/** How far before its time a day or a moment may be: a day begins somewhere on Earth 14 hours before it begins in UTC, and clocks differ a little. */
function marginOf({ columns }: RowTable, column: string, { fields }: RowContract): string {
  const type = fields.get(columns[column] ?? '')
  return type !== undefined && read(type).name === 'DateTime' ? '1 minute' : '1 day'
}

function ofColumn(
  make: Make,
  column: string,
  coordinate: string,
  { fields, enums }: RowContract,
): readonly RowCondition[] {
  const type = fields.get(coordinate)
  if (type === undefined) throw new Error(`expected a field of the contract; came ${coordinate}`)
  const { name, isList, isRequired } = read(type)
  const missing = isRequired ? [make('VALUE_MISSING', column, `${column} is null`)] : []
  const values = enums.get(name)
  if (values === undefined) return [...missing, ...ofScalar(make, column, name, isList)]
  const isHandling = name === 'HandlingCode'
  const empty = isHandling ? ` or (cardinality(${column}) = 0 and handling_note is null)` : ''
  const wrong = isList
    ? `(not ${column}::text[] <@ ${arrayOf(values)} or array_position(${column}, null) is not null${empty})`
    : `${column}::text <> all(${arrayOf(values)})`
  return [
    ...missing,
    make(isHandling ? 'HANDLING_UNKNOWN' : 'VALUE_UNKNOWN', column, wrong, { values: values.join(', ') }),
  ]
}

function ofScalar(make: Make, column: string, name: string, isList: boolean): readonly RowCondition[] {
  const ofItems = (condition: (item: string) => string): string =>
    isList
      ? `exists (select from unnest(${column}) as items(item) where item is null or ${condition('item')})`
      : condition(column)
  const wrongCountry = (item: string): string => `${item} <> all(${arrayOf(COUNTRIES)})`
  const malformed = (item: string): string => `${item} !~ '^([0-9]{2}|[0-9]{4,6})$'`
  switch (name) {
    case 'CountryCode':
      return [make('COUNTRY_UNKNOWN', column, ofItems(wrongCountry))]
    case 'IccsCode':
      return [make('ICCS_MALFORMED', column, ofItems(malformed))]
    case 'Date':
    case 'DateTime':
      return [make('DATE_IMPOSSIBLE', column, `not ${column} between '0001-01-01' and '9999-12-31'`)]
    default:
      return []
  }
}

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
/** The codes of countries, and UN. */
const COUNTRIES = LETTERS.flatMap((first) => LETTERS.map((second) => first + second)).filter(isCountryCode)

/** An id is malformed, or of the wrong country, but not both. Nearly each is plain, and the database looks no further at it. */
function ofId(make: Make, { column, of }: IdColumn, { country, wrongLetters }: RowContract): readonly RowCondition[] {
  const isPlain = (owner: string): string => `${column} ~ '^${owner}:[A-Za-z0-9._:/-]{1,120}$'`
  // Letters beyond ASCII are looked at one by one (findWrongLetters), because PostgreSQL knows no classes of Unicode.
  const isWide = `${column} ~ '^[A-Z]{2}:[^\\u0001-\\u002c\\u003b-\\u0040\\u005b-\\u005e\\u0060\\u007b-\\u007f${wrongLetters}]{1,120}$'`
  const isOfCountry = `left(${column}, 2) = any(${arrayOf(COUNTRIES)})`
  const wellFormed = `(${isOfCountry} and (${isPlain('[A-Z]{2}')} or ${isWide} and ${column} is nfc normalized))`
  const isOwn = `left(${column}, 3) = '${country}:'`
  const plain = of === 'own' ? `not ${isPlain(country)} and ` : ''
  const malformed = make('ID_MALFORMED', column, `${plain}not ${wellFormed}`)
  if (of === 'any') return [malformed]
  return of === 'other'
    ? [malformed, make('LINK_TO_SELF', column, `${isOwn} and ${wellFormed}`, { country })]
    : [malformed, make('ID_OF_OTHER_COUNTRY', column, `not ${isOwn} and ${wellFormed}`, { country })]
}

function arrayOf(texts: readonly string[]): string {
  return `'{${texts.join(',')}}'::text[]`
}

function read(type: TypeNode): { readonly name: string; readonly isList: boolean; readonly isRequired: boolean } {
  const isRequired = type.kind === Kind.NON_NULL_TYPE
  let [inner, isList] = [type, false]
  while (inner.kind !== Kind.NAMED_TYPE) {
    if (inner.kind === Kind.LIST_TYPE) isList = true
    inner = inner.type
  }
  return { name: inner.name.value, isList, isRequired }
}

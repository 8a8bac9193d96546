import {
  type GraphQLArgument,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
} from 'graphql'
import {
  ascendingDateKey,
  CONNECTION_ORDERS,
  descendingDateKey,
  encodeCursor,
  type Place,
} from '../../contract/cursor.ts'
import type { Dice } from './dice.ts'
import { NAMES, TIMES } from './make-rows.ts'
import { DATES, ICCS_CODES } from './plain-values.ts'
import type { CaseRow, World } from './rows.ts'

/** What the functions below make values from. */
export interface ValueSource {
  readonly dice: Dice
  readonly world: World
}

const SOMEWHERE = ['GT', 'HN', 'SV', 'PA', 'UN'] as const
const ORDER_OF_ROOT: Readonly<Record<string, keyof World['rows']>> = {
  'Query.case': 'cases',
  'Query.warrant': 'warrants',
  'Query.person': 'persons',
  'Query.statute': 'statutes',
  'Query.legalInstrument': 'instruments',
  'Query.mlaRequest': 'mlaRequests',
}

/**
 * Makes the JSON value of an argument. Undefined: the operation leaves the argument out. Null: it sends null.
 * @param coordinate the coordinate of the field, `Type.field`.
 * @param order the order that the field asks for, to make `after`.
 */
export function argumentValue(
  coordinate: string,
  argument: GraphQLArgument,
  order: string,
  { dice, world }: ValueSource,
): unknown {
  switch (argument.name) {
    case 'id':
      return recordId(coordinate, { dice, world })
    case 'first':
      return dice.oneIn(4) ? undefined : dice.oneIn(8) ? null : dice.oneIn(10) ? 0 : dice.between(1, 4)
    case 'after':
      return dice.oneIn(7)
        ? encodeCursor({ order, ...place(order, { dice, world }) })
        : dice.oneIn(5)
          ? null
          : undefined
    case 'countries':
    case 'depositaries':
    case 'publishers':
    case 'binding':
      return countries(coordinate, argument, { dice, world })
    case 'search':
      if (coordinate === 'Query.iccsClasses')
        return dice.oneIn(3) ? dice.pick(['homicid', 'actos de', 'theft']) : undefined
      return search(coordinate, { dice, world })
    case 'searches':
      return dice.many(0, 3, () => search(coordinate, { dice, world }))
    case 'codes':
      // One of the three arguments of iccsClasses is always there.
      return dice.many(0, 3, () => dice.pick(ICCS_CODES))
    case 'level':
      return dice.oneIn(2) ? dice.between(1, 4) : undefined
  }
  const isRequired = argument.defaultValue === undefined && String(argument.type).endsWith('!')
  if (!isRequired && !dice.oneIn(4)) return dice.oneIn(6) ? null : undefined
  return inputValue(argument.type, argument.name, { dice, world })
}

/** The order that a connection field asks for, and the value of `orderBy`. */
export function chooseOrder(
  coordinate: string,
  orderBy: GraphQLArgument | undefined,
  dice: Dice,
): { readonly order: string; readonly said: unknown } {
  if (!orderBy) return { order: CONNECTION_ORDERS[coordinate] ?? 'ID_ASC', said: undefined }
  const type = getNullableType(orderBy.type)
  if (!isEnumType(type)) throw new Error(`expected an enum for orderBy of ${coordinate}`)
  if (dice.oneIn(3)) return { order: String(orderBy.defaultValue), said: dice.oneIn(4) ? null : undefined }
  const order = dice.pick(type.getValues()).name
  return { order, said: order }
}

function recordId(coordinate: string, source: ValueSource): string {
  const type = ORDER_OF_ROOT[coordinate]
  const rows = type ? source.world.rows[type] : []
  return rows.length > 0 && !source.dice.oneIn(6) ? source.dice.pick<{ id: string }>(rows).id : anyId(source)
}

function anyId({ dice, world }: ValueSource): string {
  const ids = Object.values(world.rows).flatMap((rows) =>
    (rows as readonly { readonly id: string }[]).map(({ id }) => id),
  )
  return ids.length > 0 && !dice.oneIn(5) ? dice.pick(ids) : `${dice.pick(Object.keys(world.publishers))}:1`
}

function countries(coordinate: string, argument: GraphQLArgument, { dice, world }: ValueSource): unknown {
  const isPlain = argument.name === 'binding' || coordinate === 'LegalInstrument.participations'
  const codes = isPlain ? SOMEWHERE : Object.keys(world.publishers)
  const isRequired = String(argument.type).endsWith('!')
  if (!isRequired && !dice.oneIn(3)) return dice.oneIn(5) ? null : undefined
  if (coordinate !== 'Query.dualCriminality' && dice.oneIn(6)) return []
  return dice.many(1, 4, () => dice.pick(codes))
}

function search(coordinate: string, { dice }: ValueSource): Record<string, unknown> {
  const all = {
    name: dice.pick(['pena', 'José', 'Lopez maria', 'Chepe Peña', 'J. Munos', 'Maria Lopez de Castro', ...NAMES]),
    birthDate: dice.pick(DATES),
    identifier: {
      ...dice.pick([
        {
          category: dice.pick(['PASSPORT', 'NATIONAL_ID', 'VEHICLE_PLATE']),
          value: dice.pick(['A123', 'a-1 23', 'B9']),
        },
        { category: 'TELEPHONE', value: dice.pick(['+502 5555-1234', '5555 1234']) },
      ]),
      jurisdiction: dice.pick(['GT', 'HN']),
    },
    nationality: dice.pick(['GT', 'HN']),
  }
  const least: readonly (keyof typeof all)[] =
    coordinate === 'Query.personHits' || coordinate === 'Query.personListHits'
      ? dice.pick([['identifier'], ['name', 'birthDate']] as const)
      : [dice.pick(['name', 'nationality', 'birthDate', 'identifier'] as const)]
  const more = dice.oneIn(4) ? [dice.pick(['name', 'nationality', 'birthDate'] as const)] : []
  return Object.fromEntries([...new Set([...least, ...more])].map((name) => [name, all[name]]))
}

/** Makes a place in this order: mostly that of a row of the world, which need not be in the connection. */
function place(order: string, { dice, world }: ValueSource): Place {
  const { cases, warrants, persons, instruments } = world.rows
  const places: Place[] = [
    ...(order === 'FILED_ON_DESC' ? cases.map((row) => ({ key: descendingDateKey(row.filedOn), id: row.id })) : []),
    ...(order === 'FILED_ON_ASC' ? cases.map((row) => ({ key: ascendingDateKey(row.filedOn), id: row.id })) : []),
    ...(order === 'ISSUED_ON_DESC'
      ? warrants.map((row) => ({ key: descendingDateKey(row.issuedOn), id: row.id }))
      : []),
    ...(order === 'BEST_MATCH'
      ? persons.map((row, i) => ({ key: `${1 + (i % 3)}:${['0000', '0060', '0180'][i % 3]}`, id: row.id }))
      : []),
    ...(order === 'ROW_ASC' ? rowIds(cases, persons, instruments).map((id) => ({ key: '', id })) : []),
  ]
  if (order === 'ID_ASC' || places.length === 0) return { key: '', id: anyId({ dice, world }) }
  return dice.pick(places)
}

function rowIds(
  cases: readonly CaseRow[],
  persons: World['rows']['persons'],
  instruments: World['rows']['instruments'],
): string[] {
  return [
    ...cases.flatMap(({ participants }) => participants.map(({ rowId }) => rowId)),
    ...persons.flatMap(({ associates }) => associates.map(({ rowId }) => rowId)),
    ...(instruments.length > 0 ? ['000001', '000002'] : []),
  ]
}

/** Makes a value of an input type. Strings depend on the name of the input field. */
function inputValue(type: GraphQLInputType, name: string, source: ValueSource): unknown {
  const { dice } = source
  const nullable = getNullableType(type)
  if (isListType(nullable)) return dice.many(0, 2, () => inputValue(nullable.ofType, name, source))
  if (isEnumType(nullable)) return dice.pick(nullable.getValues()).name
  if (isInputObjectType(nullable)) {
    const members = Object.values(nullable.getFields()).filter(() => dice.oneIn(7))
    return Object.fromEntries(
      members.map((member) => [member.name, dice.oneIn(8) ? null : inputValue(member.type, member.name, source)]),
    )
  }
  switch (getNamedType(nullable).name) {
    case 'IccsCode':
      return dice.pick(ICCS_CODES)
    case 'DateTime':
      return dice.pick(TIMES)
    case 'Date':
      return dice.pick(datesFor(name))
    case 'CountryCode':
      return dice.pick(Object.keys(source.world.publishers))
    case 'ID':
      return anyId(source)
    case 'Boolean':
      return dice.oneIn(2)
    case 'Int':
      return name === 'toYear' ? dice.between(2022, 2025) : dice.between(2019, 2022)
    case 'String':
      return name === 'subdivision' ? dice.pick(['GT-GU', 'HN-CR']) : 'Robo'
    default:
      throw new Error(`expected a type that values are made of; came ${String(nullable)}`)
  }
}

/** The first day of a range is never after its last one, because that is an error (contract/input-rules.ts). The same holds for years. */
function datesFor(name: string): readonly string[] {
  if (name.endsWith('From')) return DATES.slice(0, 3)
  return name.endsWith('To') ? DATES.slice(2) : DATES
}

/**
 * Checks the values of a country's rows before they leave. A database can hold what the contract cannot take: a code of no
 * classification, an id without its country. The gateway would reject the whole answer for it, so the node leaves out the one row and says
 * so.
 */
import {
  defaultFieldResolver,
  type GraphQLError,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLLeafType,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import type { Logger } from 'pino'
import { isRecordId, ownerOf, RECORD_ID_FORM } from '../../contract/record-id.ts'
import type { NodeContext } from './types.ts'

/** A value of a row that the contract cannot take. It names the record, and does not repeat the value. */
export class UnfitValue extends Error {
  override readonly name = 'UnfitValue'
  /** The id of the record, or of the record that the row belongs to. */
  readonly record: string
  /** The coordinate of the field: `Offence.iccs`. */
  readonly field: string

  constructor(record: string, field: string, reason: string) {
    super(reason)
    this.record = record
    this.field = field
  }
}

type Resolver = GraphQLFieldResolver<unknown, NodeContext>
/** Returns why the contract cannot take a value that is there; null if it can. */
export type CheckValue = (value: unknown, context: NodeContext) => string | null

/** How a field was before it was made to check its values. */
interface Unchecked {
  readonly resolve: Resolver | undefined
  readonly check: CheckValue
}

const unchecked = new WeakMap<object, Unchecked>()

/** Returns the resolver and the check that {@link checkRowValues} has put together; undefined if the field checks nothing. */
export function uncheckedOf(field: object): Unchecked | undefined {
  return unchecked.get(field)
}

/**
 * Makes each field of the schema check its own value, in place: scalars and enums against their type, records against the form of
 * ids and against the country. A value that does not fit is an {@link UnfitValue}. Items of lists may then be null, so that the error
 * stops at the item.
 */
export function checkRowValues(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('_')) continue
    for (const field of Object.values(type.getFields())) {
      const check = field.name.startsWith('_') ? null : checkOf(field)
      if (check !== null) {
        unchecked.set(field, { resolve: field.resolve, check })
        field.resolve = checked(`${type.name}.${field.name}`, field, check)
      }
      field.type = withNullableItems(field.type)
    }
  }
}

function withNullableItems(type: GraphQLOutputType): GraphQLOutputType {
  if (isNonNullType(type)) return new GraphQLNonNull(withNullableItems(type.ofType) as GraphQLList<GraphQLOutputType>)
  if (!isListType(type)) return type
  return new GraphQLList(withNullableItems(getNullableType(type.ofType) as GraphQLOutputType))
}

function checkOf(field: GraphQLField<unknown, NodeContext>): CheckValue | null {
  const type = getNamedType(field.type)
  if (isLeafType(type)) return (value) => leafProblem(type, value)
  if (!isObjectType(type) || type.getFields().id === undefined) return null
  const isAnyCountry = field.astNode?.directives?.some(({ name }) => name.value === 'crossBorder') === true
  return (row, { country }) => idProblem((row as { readonly id?: unknown }).id, isAnyCountry ? null : country)
}

function leafProblem(type: GraphQLLeafType, value: unknown): string | null {
  try {
    type.serialize(value)
    return null
  } catch (error) {
    // Our scalars say what they take, without the value. A message of graphql-js repeats the value.
    return error instanceof TypeError ? error.message : `expected a value of the type ${type.name}; came another one`
  }
}

function idProblem(id: unknown, country: string | null): string | null {
  if (!isRecordId(id)) return `expected ${RECORD_ID_FORM}; came another text`
  if (country === null || ownerOf(id) === country) return null
  return `expected an id of ${country}; came one of another country`
}

/** Wraps a resolver. In an optional list, an unfit item costs the item; everywhere else an unfit value costs its row. */
function checked(coordinate: string, field: GraphQLField<unknown, NodeContext>, check: CheckValue): Resolver {
  const resolve: Resolver = field.resolve ?? defaultFieldResolver
  const isRequired = isNonNullType(field.type)
  const isList = isListType(getNullableType(field.type))
  return (row, args, context, info) => {
    const unfit = (reason: string): UnfitValue => new UnfitValue(nameRow(row), coordinate, reason)
    const checkOne = (one: unknown): unknown => {
      const problem = one === null || one === undefined ? 'expected a value; came none' : check(one, context)
      return problem === null ? one : unfit(problem)
    }
    const checkAll = (value: unknown): unknown => {
      if ((value === null || value === undefined) && !isRequired) return value
      if (!isList || !Array.isArray(value)) return throwUnfit(checkOne(value))
      const items = value.map(checkOne)
      return isRequired ? items.map(throwUnfit) : items
    }
    // Most values are there at once. A promise for each of them would cost more than the check.
    const value: unknown = resolve(row, args, context, info)
    return value instanceof Promise ? value.then(checkAll) : checkAll(value)
  }
}

function throwUnfit(value: unknown): unknown {
  if (value instanceof UnfitValue) throw value
  return value
}

/** Names a row by its own id, else by the record that it belongs to and its place there. */
function nameRow(row: unknown): string {
  const { id, _parent, _id, node } = (row ?? {}) as Readonly<Record<string, unknown>>
  if (typeof id === 'string') return id
  if (typeof node === 'object' && node !== null) return nameRow(node)
  return [_parent, _id].filter((part) => typeof part === 'string' && part !== '').join(' ') || 'a row without an id'
}

/**
 * Takes the rows with unfit values out of an answer. A row is the nearest item of a list around the value: an edge, an offence, a name.
 * Without a list around it, the row is the root field, and becomes null as if there were no such record.
 */

/** An answer of graphql-js. */
interface Executed {
  readonly data?: unknown
  readonly errors?: readonly GraphQLError[] | undefined
}

/** The answer without those rows. */
interface CleanAnswer {
  readonly data: unknown
  /** The errors that are not about unfit values, with the paths of the answer as it now is. */
  readonly errors: readonly { readonly error: GraphQLError; readonly path: readonly (string | number)[] | undefined }[]
  /** Each unfit value, for the country's log. */
  readonly unfit: readonly UnfitValue[]
  /** The number of rows, or items of optional lists, that were taken out. */
  readonly dropped: number
}

type Path = readonly (string | number)[]

/**
 * Takes out the rows, in place.
 * @param executed the data may have a null item in each list, because the schema was loosened (row-values.ts).
 */
export function dropRows({ data, errors = [] }: Executed): CleanAnswer {
  const unfit: UnfitValue[] = []
  const removed = new Map<unknown[], Set<number>>()
  const emptied = new Set<string>()
  for (const { originalError, path } of errors) {
    const isUnfit = originalError instanceof UnfitValue
    if (isUnfit) unfit.push(originalError)
    const place = path && (isUnfit ? rowOf(path) : nullItem(data, path))
    if (place) takeOut(data, place, removed, emptied)
  }
  const others = errors
    .filter(({ originalError }) => !(originalError instanceof UnfitValue))
    .map((error) => ({ error, path: error.path && movedPath(data, error.path, removed) }))
  for (const [list, indices] of removed) {
    const remaining = list.filter((_item, index) => !indices.has(index))
    list.splice(0, list.length, ...remaining)
  }
  const dropped = emptied.size + [...removed.values()].reduce((sum, { size }) => sum + size, 0)
  return { data, errors: others, unfit, dropped: unfit.length === 0 ? 0 : dropped }
}

/** Returns the path of the row around a value. */
function rowOf(path: Path): Path {
  const last = path.findLastIndex((step) => typeof step === 'number')
  return path.slice(0, Math.max(1, last + 1))
}

/** Returns the path of the list item that an error made null; undefined if it made null something else. */
function nullItem(data: unknown, path: Path): Path | undefined {
  let value = data
  for (const [index, step] of path.entries()) {
    if (value === null || value === undefined) return undefined
    value = (value as Readonly<Record<string | number, unknown>>)[step]
    if (value === null || value === undefined) return typeof step === 'number' ? path.slice(0, index + 1) : undefined
  }
  return undefined
}

/** Marks an item to be taken out of its list. The lists at the root keep their places: they answer `_entities`, one for each. */
function takeOut(data: unknown, place: Path, removed: Map<unknown[], Set<number>>, emptied: Set<string>): void {
  const [container, step] = [at(data, place.slice(0, -1)), place.at(-1)]
  if (typeof container !== 'object' || container === null || step === undefined) return
  if (Array.isArray(container) && typeof step === 'number' && place.length > 2) {
    removed.set(container, (removed.get(container) ?? new Set()).add(step))
    return
  }
  Object.assign(container, { [step]: null })
  emptied.add(JSON.stringify(place))
}

function at(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (value as Readonly<Record<string | number, unknown>> | null | undefined)?.[step],
    data,
  )
}

/** Moves the indices of a path to where the items will be. */
function movedPath(data: unknown, path: Path, removed: ReadonlyMap<unknown[], ReadonlySet<number>>): Path {
  let value: unknown = data
  return path.map((step) => {
    const gone = Array.isArray(value) ? removed.get(value) : undefined
    value = (value as Readonly<Record<string | number, unknown>> | null | undefined)?.[step]
    return typeof step === 'number' && gone ? step - [...gone].filter((index) => index < step).length : step
  })
}

/** The most lines at once. A table with a wrong column would otherwise fill the disk. */
const BURST = 20
/** How long one line takes to come back, in milliseconds. */
const MS_PER_LINE = 3_000

/**
 * Makes the function that tells the country about the rows that its node left out: the record, the field and the reason, never the
 * value. It writes at most {@link BURST} lines at once and then one every {@link MS_PER_LINE} milliseconds. The next line counts those that it
 * did not write.
 * @param now a clock in milliseconds that never goes back.
 */
export function createUnfitLog(log: Logger, now: () => number): (value: UnfitValue) => void {
  let lines = BURST
  let filledAt = now()
  let unwritten = 0
  return ({ record, field, message }) => {
    const time = now()
    lines = Math.min(BURST, lines + (time - filledAt) / MS_PER_LINE)
    filledAt = time
    if (lines < 1) {
      unwritten += 1
      return
    }
    lines -= 1
    const more = unwritten > 0 ? { unwritten } : {}
    unwritten = 0
    log.warn({ record, field, reason: message, ...more }, 'a value does not fit the contract, so its row was left out')
  }
}

import {
  defaultFieldResolver,
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
import { isRecordId, ownerOf, RECORD_ID_FORM } from '../../contract/record-id.ts'
import type { NodeContext } from './types.ts'

/**
 * Checks the values of a country's rows before they leave. A database can hold what the contract cannot take: a code of no
 * classification, an id without its country. The gateway would reject the whole answer for it, so the node leaves out the one row and says
 * so (dropped-rows.ts).
 */

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

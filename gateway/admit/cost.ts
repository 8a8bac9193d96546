import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql'
import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import type { CostTable, ListSize } from './cost-table.ts'
import { argumentValue, isSkipped, type ReadVariable } from './input-values.ts'

/** What an operation costs, and how deep its every fields are nested in one another. */
export interface Cost {
  readonly cost: number
  readonly everyDepth: number
}

/** What the cost of an operation depends on, besides the operation. */
export interface CostTables {
  /** The schema that the operation was validated against. */
  readonly schema: GraphQLSchema
  readonly table: CostTable
  /** The length of a list, in items, if the schema does not say it. */
  readonly assumedListSize: number
}

/**
 * Whom an every field can ask: the countries that publish it. If the field has a rule, the mandate must contain the country too, and a
 * caller without a mandate asks nobody.
 */
export interface Askable {
  /** Returns the codes of the participants that publish the field at a coordinate. */
  readonly publishersOf: (coordinate: string) => readonly string[]
  /** The countries of the caller's mandate; null without one. */
  readonly mandate: ReadonlySet<string> | null
}

/** The length that `@listSize` of the parent field gives to some fields of the object whose fields are counted. */
interface Sized {
  readonly size: number
  readonly fields: readonly string[]
}

/** The state of one count. */
interface Count extends CostTables {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly read: ReadVariable
  readonly askable: Askable
  /** What is counted already: a selection set on a type, with the sizes of its lists. */
  readonly counted: Map<SelectionSetNode, Map<string, Cost>>
}

const NOTHING: Cost = { cost: 0, everyDepth: 0 }
/** What an object costs if nothing else is said. A leaf costs nothing. */
const OBJECT_WEIGHT = 1
/** What each mutation costs before its fields. */
const MUTATION_WEIGHT = 10

/**
 * Counts the cost of an operation by the directives `@cost` and `@listSize`, as Federation documents them: an object weighs 1 and a
 * leaf 0, or what `@cost` says; a list weighs its length times an item; an input object weighs 1. Three things differ from Federation:
 * an abstract type weighs as much as its dearest possible type, not as the sum; an every field counts once for each country that it
 * asks, of those that its argument names; introspection costs nothing. It counts each selection set once for each type that it applies to, however often fragments are used.
 * @throws {IstmoError} `BAD_USER_INPUT` if a field takes exactly one slicing argument and the operation gives another number of them.
 */
export function costOf(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  tables: CostTables,
  read: ReadVariable,
  askable: Askable,
): Cost {
  const root = tables.schema.getRootType(operation.operation)
  if (!root) return NOTHING
  const count: Count = { ...tables, fragments, read, askable, counted: new Map() }
  const { cost, everyDepth } = selectionCost(operation.selectionSet, root, null, count)
  return { cost: cost + (operation.operation === OperationTypeNode.MUTATION ? MUTATION_WEIGHT : 0), everyDepth }
}

function selectionCost(set: SelectionSetNode, type: GraphQLObjectType, sized: Sized | null, count: Count): Cost {
  const key = `${type.name} ${sized === null ? '' : `${sized.size} ${sized.fields.join(' ')}`}`
  const ofSet = count.counted.get(set) ?? new Map<string, Cost>()
  count.counted.set(set, ofSet)
  const counted = ofSet.get(key)
  if (counted) return counted
  let total = NOTHING
  for (const selection of set.selections) {
    if (isSkipped(selection, count.read)) continue
    if (selection.kind === Kind.FIELD) {
      total = addCosts(total, fieldCost(selection, type, sized, count))
      continue
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : count.fragments.get(selection.name.value)
    if (!fragment || !appliesTo(fragment.typeCondition?.name.value, type, count.schema)) continue
    total = addCosts(total, selectionCost(fragment.selectionSet, type, sized, count))
  }
  ofSet.set(key, total)
  return total
}

function addCosts(a: Cost, b: Cost): Cost {
  return { cost: a.cost + b.cost, everyDepth: Math.max(a.everyDepth, b.everyDepth) }
}

function appliesTo(condition: string | undefined, type: GraphQLObjectType, schema: GraphQLSchema): boolean {
  if (condition === undefined || condition === type.name) return true
  const abstract = schema.getType(condition)
  return isAbstractType(abstract) && schema.isSubType(abstract, type)
}

function fieldCost(node: FieldNode, type: GraphQLObjectType, sized: Sized | null, count: Count): Cost {
  const field = type.getFields()[node.name.value]
  if (!field) return NOTHING
  const coordinate = `${type.name}.${field.name}`
  const listSize = count.table.listSizes.get(coordinate)
  const size = listSize ? readSize(listSize, coordinate, field, node, count.read) : null
  const isSized = sized?.fields.includes(field.name) ?? false
  const ownSize = listSize?.sizedFields.length === 0 ? size : null
  const items = countItems(field.type, isSized ? (sized?.size ?? null) : ownSize, count.assumedListSize)
  const below =
    listSize && listSize.sizedFields.length > 0 && size !== null ? { size, fields: listSize.sizedFields } : null
  const item = itemCost(node, getNamedType(field.type), coordinate, below, count)
  const cost = items * item.cost + argumentsCost(node, coordinate, field, count)
  const every = count.table.everyFields.get(coordinate)
  if (!every) return { cost, everyDepth: item.everyDepth }
  const listed = argumentValue(node, every.argument, count.read)
  const countries = countCountries(coordinate, listed, every.isRuled, count.askable)
  return { cost: cost * countries, everyDepth: item.everyDepth + 1 }
}

/** Returns how many items a field has: 1 if it is not a list. Lists within a list have the assumed length, because nothing says it. */
function countItems(type: GraphQLOutputType, size: number | null, assumedListSize: number): number {
  if (isNonNullType(type)) return countItems(type.ofType, size, assumedListSize)
  if (!isListType(type)) return 1
  return (size ?? assumedListSize) * countItems(type.ofType, null, assumedListSize)
}

function itemCost(
  node: FieldNode,
  type: GraphQLNamedType,
  coordinate: string,
  below: Sized | null,
  count: Count,
): Cost {
  const { weights } = count.table
  const fieldWeight = weights.get(coordinate)
  const set = node.selectionSet
  if (!isCompositeType(type) || !set) return { cost: fieldWeight ?? weights.get(type.name) ?? 0, everyDepth: 0 }
  const possible = isObjectType(type) ? [type] : count.schema.getPossibleTypes(type)
  return possible.reduce((dearest, each) => {
    const { cost, everyDepth } = selectionCost(set, each, below, count)
    const weight = fieldWeight ?? weights.get(each.name) ?? weights.get(type.name) ?? OBJECT_WEIGHT
    return { cost: Math.max(dearest.cost, weight + cost), everyDepth: Math.max(dearest.everyDepth, everyDepth) }
  }, NOTHING)
}

/** Reads how many items the operation asks for: from its slicing arguments, else their defaults, else `assumedSize`, else null. */
function readSize(
  listSize: ListSize,
  coordinate: string,
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  read: ReadVariable,
): number | null {
  const { slicingArguments, assumedSize } = listSize
  const given = numbersAt(slicingArguments, (name) => argumentValue(node, name, read))
  if (listSize.requireOneSlicingArgument && slicingArguments.length > 0 && given.length > 1) {
    const names = slicingArguments.join(', ')
    throw new IstmoError('BAD_USER_INPUT', detail('ONE_ARGUMENT_OF', { place: coordinate, names, came: given.length }))
  }
  const byDefault = (name: string): unknown => field.args.find((argument) => argument.name === name)?.defaultValue
  const sizes = given.length > 0 ? given : numbersAt(slicingArguments, byDefault)
  if (sizes.length > 0) return Math.max(0, ...sizes)
  if (assumedSize !== null || !listSize.requireOneSlicingArgument || slicingArguments.length === 0) return assumedSize
  throw new IstmoError(
    'BAD_USER_INPUT',
    detail('AN_ARGUMENT_OF', { place: coordinate, names: slicingArguments.join(', ') }),
  )
}

function numbersAt(paths: readonly string[], read: (name: string) => unknown): readonly number[] {
  return paths.flatMap((path) => {
    const [name = '', ...members] = path.split('.')
    const value = members.reduce<unknown>(
      (object, member) => (object as Record<string, unknown> | null | undefined)?.[member],
      read(name),
    )
    return typeof value === 'number' ? [value] : []
  })
}

/** Counts the countries that an every field asks. `listed` is the value of the argument that names them; null or undefined: all. */
function countCountries(coordinate: string, listed: unknown, isRuled: boolean, askable: Askable): number {
  const { publishersOf, mandate } = askable
  const names = listed === null || listed === undefined ? null : new Set(Array.isArray(listed) ? listed : [listed])
  return publishersOf(coordinate).filter((country) => {
    return (names === null || names.has(country)) && (!isRuled || mandate?.has(country) === true)
  }).length
}

function argumentsCost(
  node: FieldNode,
  coordinate: string,
  { args }: GraphQLField<unknown, unknown>,
  { table, read }: Count,
): number {
  let cost = 0
  for (const argument of args) {
    const weight = table.weights.get(`${coordinate}(${argument.name}:)`)
    const type = getNamedType(argument.type)
    // A leaf without a weight costs nothing, whatever its value. Its value need not be read.
    if (weight === undefined && !isInputObjectType(type) && !table.weights.has(type.name)) continue
    cost += inputCost(argumentValue(node, argument.name, read), argument.type, weight, table)
  }
  return cost
}

function inputCost(value: unknown, type: GraphQLInputType, weight: number | undefined, table: CostTable): number {
  if (value === null || value === undefined) return 0
  if (isNonNullType(type)) return inputCost(value, type.ofType, weight, table)
  if (isListType(type)) {
    const items = Array.isArray(value) ? value : [value]
    // The weight is that of the argument, and counts once. Without it, each item has its own weight.
    const each = weight === undefined ? undefined : 0
    return items.reduce<number>((sum, item) => sum + inputCost(item, type.ofType, each, table), weight ?? 0)
  }
  if (!isInputObjectType(type)) return weight ?? table.weights.get(type.name) ?? 0
  if (typeof value !== 'object') return 0
  return Object.values(type.getFields()).reduce((sum, field) => {
    const member = Object.hasOwn(value, field.name) ? (value as Record<string, unknown>)[field.name] : undefined
    return sum + inputCost(member, field.type, table.weights.get(`${type.name}.${field.name}`), table)
  }, weight ?? OBJECT_WEIGHT)
}

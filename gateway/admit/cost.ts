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
import { IstmoError } from '../../contract/errors.ts'
import type { CostTable, ListSize } from './cost-table.ts'
import { argumentValue, isLeftOut, type ReadVariable } from './input-values.ts'

/** What an operation costs, and how many EVERY fields stand within one another at the deepest place. */
export interface Cost {
  readonly cost: number
  readonly everyDepth: number
}

/** What the cost of an operation depends on beside the operation. */
export interface CostTables {
  /** The schema that the operation was validated against. */
  readonly schema: GraphQLSchema
  readonly table: CostTable
  /** How long a list is taken to be where the schema does not say it. */
  readonly assumedListSize: number
}

/** How many countries an EVERY field asks where its argument does not say: those of the mandate for a field with a rule, else all. */
export interface CountriesCount {
  readonly participants: number
  readonly mandate: number | null
}

/** How long the lists named are, of the object whose fields are counted. */
interface Sized {
  readonly size: number
  readonly fields: readonly string[]
}

/** One count under way. */
interface Count extends CostTables {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly read: ReadVariable
  readonly countries: CountriesCount
  /** What was counted already: a selection set on a type, with the sizes that its lists were given. */
  readonly known: Map<SelectionSetNode, Map<string, Cost>>
}

const NOTHING: Cost = { cost: 0, everyDepth: 0 }
/** What an object costs where nothing says otherwise; a leaf costs nothing. */
const OBJECT_WEIGHT = 1
/** What every operation that changes something costs beforehand. */
const MUTATION_WEIGHT = 10

/**
 * The cost of an operation by the directives `@cost` and `@listSize`, as Federation documents them: an object weighs 1 and a leaf 0, or
 * what `@cost` says; a list weighs its length times an item; an input object weighs 1. What differs: of an abstract type the dearest
 * possible type counts, not the sum; an EVERY field counts once for each country that it asks; introspection costs nothing. Each selection
 * set is counted once for each type that it may stand on, however often fragments are used.
 * @throws {IstmoError} `BAD_USER_INPUT` where a field takes exactly one slicing argument, and it is not that.
 */
export function costOf(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  tables: CostTables,
  read: ReadVariable,
  countries: CountriesCount,
): Cost {
  const root = tables.schema.getRootType(operation.operation)
  if (!root) return NOTHING
  const count: Count = { ...tables, fragments, read, countries, known: new Map() }
  const { cost, everyDepth } = selectionCost(operation.selectionSet, root, null, count)
  return { cost: cost + (operation.operation === OperationTypeNode.MUTATION ? MUTATION_WEIGHT : 0), everyDepth }
}

function selectionCost(set: SelectionSetNode, type: GraphQLObjectType, sized: Sized | null, count: Count): Cost {
  const key = `${type.name} ${sized === null ? '' : `${sized.size} ${sized.fields.join(' ')}`}`
  const ofSet = count.known.get(set) ?? new Map<string, Cost>()
  count.known.set(set, ofSet)
  const known = ofSet.get(key)
  if (known) return known
  let total = NOTHING
  for (const selection of set.selections) {
    if (isLeftOut(selection, count.read)) continue
    if (selection.kind === Kind.FIELD) {
      total = both(total, fieldCost(selection, type, sized, count))
      continue
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : count.fragments.get(selection.name.value)
    if (!fragment || !standsOn(fragment.typeCondition?.name.value, type, count.schema)) continue
    total = both(total, selectionCost(fragment.selectionSet, type, sized, count))
  }
  ofSet.set(key, total)
  return total
}

function both(a: Cost, b: Cost): Cost {
  return { cost: a.cost + b.cost, everyDepth: Math.max(a.everyDepth, b.everyDepth) }
}

function standsOn(condition: string | undefined, type: GraphQLObjectType, schema: GraphQLSchema): boolean {
  if (condition === undefined || condition === type.name) return true
  const above = schema.getType(condition)
  return isAbstractType(above) && schema.isSubType(above, type)
}

function fieldCost(node: FieldNode, type: GraphQLObjectType, sized: Sized | null, count: Count): Cost {
  const field = type.getFields()[node.name.value]
  if (!field) return NOTHING
  const coordinate = `${type.name}.${field.name}`
  const listSize = count.table.listSizes.get(coordinate)
  const size = listSize ? sizeOf(listSize, coordinate, field, node, count.read) : null
  const isSized = sized?.fields.includes(field.name) ?? false
  const ownSize = listSize?.sizedFields.length === 0 ? size : null
  const items = itemsOf(field.type, isSized ? (sized?.size ?? null) : ownSize, count.assumedListSize)
  const below =
    listSize && listSize.sizedFields.length > 0 && size !== null ? { size, fields: listSize.sizedFields } : null
  const item = itemCost(node, getNamedType(field.type), coordinate, below, count)
  const cost = items * item.cost + argumentsCost(node, coordinate, field, count)
  const every = count.table.everyFields.get(coordinate)
  if (!every) return { cost, everyDepth: item.everyDepth }
  const asked = countriesAsked(argumentValue(node, every.argument, count.read), every.isRuled, count.countries)
  return { cost: cost * asked, everyDepth: item.everyDepth + 1 }
}

/** How many items a field gives: 1 where it is no list; the length of lists within a list is not known. */
function itemsOf(type: GraphQLOutputType, size: number | null, assumedListSize: number): number {
  if (isNonNullType(type)) return itemsOf(type.ofType, size, assumedListSize)
  if (!isListType(type)) return 1
  return (size ?? assumedListSize) * itemsOf(type.ofType, null, assumedListSize)
}

function itemCost(
  node: FieldNode,
  type: GraphQLNamedType,
  coordinate: string,
  below: Sized | null,
  count: Count,
): Cost {
  const { weights } = count.table
  const own = weights.get(coordinate)
  const set = node.selectionSet
  if (!isCompositeType(type) || !set) return { cost: own ?? weights.get(type.name) ?? 0, everyDepth: 0 }
  const possible = isObjectType(type) ? [type] : count.schema.getPossibleTypes(type)
  return possible.reduce((dearest, each) => {
    const { cost, everyDepth } = selectionCost(set, each, below, count)
    const weight = own ?? weights.get(each.name) ?? weights.get(type.name) ?? OBJECT_WEIGHT
    return { cost: Math.max(dearest.cost, weight + cost), everyDepth: Math.max(dearest.everyDepth, everyDepth) }
  }, NOTHING)
}

/** How many are asked for: by the slicing arguments given, else by their defaults, else `assumedSize`; null where nothing says. */
function sizeOf(
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
    throw new IstmoError('BAD_USER_INPUT', `${coordinate} takes one of ${names}; came ${given.length} of them`)
  }
  const byDefault = (name: string): unknown => field.args.find((argument) => argument.name === name)?.defaultValue
  const sizes = given.length > 0 ? given : numbersAt(slicingArguments, byDefault)
  if (sizes.length > 0) return Math.max(0, ...sizes)
  if (assumedSize !== null || !listSize.requireOneSlicingArgument || slicingArguments.length === 0) return assumedSize
  throw new IstmoError('BAD_USER_INPUT', `${coordinate} takes one of ${slicingArguments.join(', ')}; came none`)
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

function countriesAsked(value: unknown, isRuled: boolean, { participants, mandate }: CountriesCount): number {
  if (value === null || value === undefined) return (isRuled ? mandate : null) ?? participants
  return Array.isArray(value) ? new Set(value).size : 1
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
    // A leaf without a weight costs nothing, whatever its value: then the value is not looked at.
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
    // A weight is the argument's, once; without one, each item has its own.
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

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
  type InlineFragmentNode,
  isAbstractType,
  isCompositeType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { getOrAdd } from '../../contract/get-or-add.ts'
import type { CostTable, ListSize } from './cost-table.ts'
import { argumentValue, isSkipped, type ReadVariable } from './input-values.ts'

/** What an operation costs, and how deep its every fields are nested in one another. */
export interface Cost {
  /** What it costs each country that it asks, at most. */
  readonly cost: number
  readonly everyDepth: number
}

/** What the cost of an operation depends on, besides the operation. */
export interface CostTables {
  /** The schema that the operation was validated against. */
  readonly schema: GraphQLSchema
  readonly table: CostTable
  /** What asking a field once costs beside its answer, by coordinate (contract/weights.ts). Empty for a graph that is not the contract's. */
  readonly fieldWeights: Readonly<Record<string, number>>
  /** The length of a list, in items, if the schema does not say it. */
  readonly assumedListSize: number
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
  /** What is counted already: a selection set on a type, with the sizes of its lists. */
  readonly counted: Map<SelectionSetNode, Map<string, Cost>>
}

const NOTHING: Cost = { cost: 0, everyDepth: 0 }
/** What an object costs if nothing else is said. A leaf costs nothing. */
const OBJECT_WEIGHT = 1
/** What each mutation costs before its fields. */
const MUTATION_WEIGHT = 10

/**
 * Counts what an operation costs each country at most, by the directives `@cost` and `@listSize`, as Federation documents them, and the weights of fields: an
 * object weighs 1 and a leaf 0, or what `@cost` says; a list weighs its length times an item; an input object weighs 1; a field weighs what asking it
 * costs, once for each object that it is asked of, and for each item of a list argument that has a weight. Three things differ from Federation:
 * an abstract type weighs as much as its dearest possible type, not as the sum; an every field counts once, however many countries it
 * asks, because each of them answers once, and a page that the gateway merges has no more rows than the page of one country; introspection costs nothing. It
 * counts each selection set once for each type that it applies to, however often fragments are used.
 * @throws {IstmoError} `BAD_USER_INPUT` if a field takes exactly one slicing argument and the operation gives another number of them.
 */
export function costOf(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  tables: CostTables,
  read: ReadVariable,
): Cost {
  const root = tables.schema.getRootType(operation.operation)
  if (!root) return NOTHING
  const count: Count = { ...tables, fragments, read, counted: new Map() }
  const { cost, everyDepth } = selectionCost(operation.selectionSet, root, null, count)
  return { cost: cost + (operation.operation === OperationTypeNode.MUTATION ? MUTATION_WEIGHT : 0), everyDepth }
}

/**
 * Names what makes an operation dear, for whoever must ask for less: the dearest field of the operation, then the dearest below it, and so on while it makes up
 * half of its level. A field that is asked several times at one place comes with their number, as in `40 × Query.statutes`.
 */
export function listDearFields(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  tables: CostTables,
  read: ReadVariable,
): readonly string[] {
  const count: Count = { ...tables, fragments, read, counted: new Map() }
  const named: string[] = []
  let at: Level | null = {
    set: operation.selectionSet,
    type: tables.schema.getRootType(operation.operation),
    sized: null,
  }
  while (at !== null && isObjectType(at.type)) {
    const { set, sized }: Level = at
    const dearest = findDearest(set, at.type, sized, count)
    if (dearest === null || dearest.cost === 0 || dearest.cost * 2 < selectionCost(set, at.type, sized, count).cost)
      break
    const { node, times, field } = dearest
    const coordinate: string = `${at.type.name}.${field.name}`
    // These only lead to the rows of a page.
    if (field.name !== 'edges' && field.name !== 'node') named.push(times > 1 ? `${times} × ${coordinate}` : coordinate)
    at = node.selectionSet
      ? { set: node.selectionSet, type: getNamedType(field.type), sized: sizedBelow(node, coordinate, field, count) }
      : null
  }
  return named
}

/** A selection set, and the type of the objects that it applies to. */
interface Level {
  readonly set: SelectionSetNode
  readonly type: GraphQLNamedType | null | undefined
  readonly sized: Sized | null
}

/** The field of a selection set whose uses there cost most together; `node`: the first of them. */
function findDearest(set: SelectionSetNode, type: GraphQLObjectType, sized: Sized | null, count: Count) {
  const sums = new Map<
    string,
    { field: GraphQLField<unknown, unknown>; node: FieldNode; times: number; cost: number }
  >()
  const seen = new Set<SelectionSetNode>()
  const stack = [set]
  for (let each = stack.pop(); each; each = stack.pop()) {
    // A fragment is followed once: what it costs each time is the same.
    if (seen.has(each)) continue
    seen.add(each)
    for (const selection of each.selections) {
      if (isSkipped(selection, count.read)) continue
      if (selection.kind !== Kind.FIELD) {
        const fragment = fragmentFor(selection, type, count)
        if (fragment) stack.push(fragment.selectionSet)
        continue
      }
      const field = type.getFields()[selection.name.value]
      if (!field) continue
      const sum = sums.get(field.name) ?? { field, node: selection, times: 0, cost: 0 }
      sum.times += 1
      sum.cost += fieldCost(selection, type, sized, count).cost
      sums.set(field.name, sum)
    }
  }
  const [first = null, ...rest] = sums.values()
  return rest.reduce((dearest, one) => (dearest !== null && dearest.cost >= one.cost ? dearest : one), first)
}

function selectionCost(set: SelectionSetNode, type: GraphQLObjectType, sized: Sized | null, count: Count): Cost {
  const key = `${type.name} ${sized === null ? '' : `${sized.size} ${sized.fields.join(' ')}`}`
  const ofSet = getOrAdd(count.counted, set, () => new Map<string, Cost>())
  const counted = ofSet.get(key)
  if (counted) return counted
  let total = NOTHING
  for (const selection of set.selections) {
    if (isSkipped(selection, count.read)) continue
    if (selection.kind === Kind.FIELD) {
      total = addCosts(total, fieldCost(selection, type, sized, count))
      continue
    }
    const fragment = fragmentFor(selection, type, count)
    if (fragment) total = addCosts(total, selectionCost(fragment.selectionSet, type, sized, count))
  }
  ofSet.set(key, total)
  return total
}

function addCosts(a: Cost, b: Cost): Cost {
  return { cost: a.cost + b.cost, everyDepth: Math.max(a.everyDepth, b.everyDepth) }
}

/** Returns the fragment that a selection stands for; null if it does not apply to the type. */
function fragmentFor(
  selection: Exclude<SelectionNode, FieldNode>,
  type: GraphQLObjectType,
  { fragments, schema }: Count,
): InlineFragmentNode | FragmentDefinitionNode | null {
  const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value)
  const condition = fragment?.typeCondition?.name.value
  if (!fragment || condition === undefined || condition === type.name) return fragment ?? null
  const abstract = schema.getType(condition)
  return isAbstractType(abstract) && schema.isSubType(abstract, type) ? fragment : null
}

function fieldCost(node: FieldNode, type: GraphQLObjectType, sized: Sized | null, count: Count): Cost {
  const field = type.getFields()[node.name.value]
  if (!field) return NOTHING
  const coordinate = `${type.name}.${field.name}`
  const listSize = count.table.listSizes.get(coordinate)
  const isSized = sized?.fields.includes(field.name) ?? false
  const ownSize = listSize?.sizedFields.length === 0 ? readSize(listSize, coordinate, field, node, count.read) : null
  const items = countItems(field.type, isSized ? (sized?.size ?? null) : ownSize, count.assumedListSize)
  const below = sizedBelow(node, coordinate, field, count)
  const item = itemCost(node, getNamedType(field.type), coordinate, below, count)
  const ofArguments = argumentsCost(node, coordinate, field, count) + askingCost(node, coordinate, field, count)
  const everyDepth = item.everyDepth + (count.table.everyFields.has(coordinate) ? 1 : 0)
  return { cost: items * item.cost + ofArguments, everyDepth }
}

/** Reads which fields below are lists of the length that the field is asked for. */
function sizedBelow(
  node: FieldNode,
  coordinate: string,
  field: GraphQLField<unknown, unknown>,
  { table, read }: Count,
): Sized | null {
  const listSize = table.listSizes.get(coordinate)
  if (listSize === undefined || listSize.sizedFields.length === 0) return null
  const size = readSize(listSize, coordinate, field, node, read)
  return size === null ? null : { size, fields: listSize.sizedFields }
}

/** What asking a field costs, whatever it answers. */
function askingCost(
  node: FieldNode,
  coordinate: string,
  { args }: GraphQLField<unknown, unknown>,
  { fieldWeights, read }: Count,
): number {
  return args.reduce((sum, { name }) => {
    const weight = fieldWeights[`${coordinate}(${name}:)`]
    if (weight === undefined) return sum
    const value = argumentValue(node, name, read) ?? []
    return sum + weight * (Array.isArray(value) ? value.length : 1)
  }, fieldWeights[coordinate] ?? 0)
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

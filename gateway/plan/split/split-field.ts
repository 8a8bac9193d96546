/**
 * The plan pass (docs/design/spread.md, Step 1: cut at borders). It cuts a planner's fetch of a domain that countries publish: below each
 * `@crossBorder` field, and before each EVERY field that is not at the top. The parts that are cut out become follow-up fetches.
 */
import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import type { GatewayKeys } from '../../types/plan.ts'
import type { DirectiveTable } from '../graph/directive-table.ts'
import { fieldDefinition } from '../shapes/compile-shape.ts'
import { connectionOf, fieldNode, listDepth, responseKey, setOf } from '../syntax/nodes.ts'

/** The fields that a separate fetch asks of the entities of one type at one path. */
export interface FollowUp {
  readonly path: readonly string[]
  readonly typeName: string
  readonly nodes: readonly FieldNode[]
}

/** The context of a split. */
export interface SplitContext {
  readonly schema: GraphQLSchema
  readonly directives: DirectiveTable
  readonly keys: GatewayKeys
  /** Splitting adds the follow-ups to it. */
  readonly followUps: FollowUp[]
  /** The original of each rewritten node, for its arguments and for merging. */
  readonly originals: WeakMap<FieldNode, FieldNode>
}

/**
 * Rewrites a field at the top of a fetch: splits its selection and adds the gateway keys.
 * @param path the place of the field's parent.
 */
export function splitField(
  node: FieldNode,
  parent: GraphQLCompositeType,
  path: readonly string[],
  context: SplitContext,
): FieldNode {
  const definition = fieldDefinition(parent, node.name.value)
  const type = definition && getNamedType(definition.type)
  if (!definition || !isCompositeType(type) || !node.selectionSet) return node
  const below = [...path, responseKey(node), ...Array<string>(listDepth(definition.type)).fill('@')]
  const isCrossBorder = context.directives.crossBorder.has(`${parent.name}.${node.name.value}`)
  const selectionSet = isCrossBorder
    ? splitCrossBorderSet(type, node.selectionSet, below, context)
    : splitSet(type, node.selectionSet, below, context)
  const rewritten = { ...node, selectionSet }
  context.originals.set(rewritten, node)
  return rewritten
}

/** Makes the gateway keys of an entity: `__typename` and `id` under aliases of the gateway. */
export function gatewayKeyNodes(keys: GatewayKeys): FieldNode[] {
  return [fieldNode('__typename', keys.typename), fieldNode('id', keys.id)]
}

function splitSet(
  type: GraphQLCompositeType,
  set: SelectionSetNode,
  path: readonly string[],
  context: SplitContext,
): SelectionSetNode {
  const selections: SelectionNode[] = []
  const cutOut: FieldNode[] = []
  for (const node of set.selections) {
    if (node.kind === Kind.FIELD) {
      if (isEvery(type, node, context)) cutOut.push(node)
      else if (!isOutcomes(type, node)) selections.push(splitField(node, type, path, context))
    } else if (node.kind === Kind.INLINE_FRAGMENT) {
      const condition = node.typeCondition ? context.schema.getType(node.typeCondition.name.value) : type
      if (!isCompositeType(condition)) continue
      selections.push({ ...node, selectionSet: splitSet(condition, node.selectionSet, path, context) })
    } else throw new Error('expected no fragment spread in a planner’s fetch')
  }
  if (cutOut.length > 0) context.followUps.push({ path, typeName: type.name, nodes: cutOut })
  return setOf(withGatewayKeys(type, selections, context))
}

/** Leaves only ids and `__typename` below a `@crossBorder` field. The gateway asks the records' owners for the other fields. */
function splitCrossBorderSet(
  type: GraphQLCompositeType,
  set: SelectionSetNode,
  path: readonly string[],
  context: SplitContext,
): SelectionSetNode {
  const keyFields: SelectionNode[] = []
  const otherFields: FieldNode[] = []
  const divide = (selections: readonly SelectionNode[]): void => {
    for (const node of selections) {
      if (node.kind === Kind.INLINE_FRAGMENT) divide(node.selectionSet.selections)
      else if (node.kind === Kind.FIELD) (isKey(node) ? keyFields : otherFields).push(node)
    }
  }
  divide(set.selections)
  if (otherFields.length > 0) context.followUps.push({ path, typeName: type.name, nodes: otherFields })
  return setOf([...gatewayKeyNodes(context.keys), ...keyFields])
}

function withGatewayKeys(
  type: GraphQLCompositeType,
  selections: SelectionNode[],
  context: SplitContext,
): SelectionNode[] {
  const { keys, directives } = context
  if (!isObjectType(type)) return [fieldNode('__typename', keys.typename), ...selections]
  if (directives.entities.has(type.name)) return [...gatewayKeyNodes(keys), ...selections]
  const connection = connectionOf(type)
  if (connection) return withConnectionKeys(selections, connection.node, context)
  return selections.length > 0 ? selections : [fieldNode('__typename', keys.typename)]
}

/** Adds to a connection the cursor and the node's key of each edge, so that the gateway can check order, page and owner. */
function withConnectionKeys(
  selections: readonly SelectionNode[],
  nodeType: ReturnType<typeof connectionOf> extends infer C ? (C extends { node: infer N } ? N : never) : never,
  context: SplitContext,
): SelectionNode[] {
  const { keys, directives } = context
  const named = nodeType && getNamedType(nodeType)
  const isRecord = named !== undefined && directives.entities.has(named.name)
  const at = selections.findIndex((node) => node.kind === Kind.FIELD && node.name.value === 'edges')
  const edges = at < 0 ? fieldNode('edges', `${keys.prefix}E`, []) : (selections[at] as FieldNode)
  const inner = edges.selectionSet?.selections ?? []
  const hasNode = inner.some((node) => node.kind === Kind.FIELD && node.name.value === 'node')
  const gatewayFields = [
    fieldNode('cursor', `${keys.prefix}C`),
    ...(isRecord && !hasNode ? [fieldNode('node', `${keys.prefix}N`, gatewayKeyNodes(keys))] : []),
  ]
  const rewritten: FieldNode = { ...edges, selectionSet: setOf([...gatewayFields, ...inner]) }
  context.originals.set(rewritten, context.originals.get(edges) ?? edges)
  return at < 0 ? [...selections, rewritten] : selections.map((node, i) => (i === at ? rewritten : node))
}

function isKey(node: FieldNode): boolean {
  return node.name.value === 'id' || node.name.value === '__typename'
}

function isEvery(type: GraphQLCompositeType, node: FieldNode, context: SplitContext): boolean {
  return context.directives.answeredBy.get(`${type.name}.${node.name.value}`)?.who === 'EVERY'
}

/** Whether a field is `outcomes`. The gateway fills it and never asks a country for it. */
function isOutcomes(type: GraphQLCompositeType, node: FieldNode): boolean {
  const definition = node.name.value === 'outcomes' ? fieldDefinition(type, 'outcomes') : undefined
  return definition !== undefined && getNamedType(definition.type).name === 'CountryOutcome'
}

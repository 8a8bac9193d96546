/**
 * The plan pass (docs/design/spread.md, Step 1: cut at borders): a planner's fetch of a domain that countries publish is cut under every
 * `@crossBorder` field and before every EVERY field below its top; what is cut out becomes follow-up fetches.
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

/** What is asked of entities of one type at one path, in a fetch of its own. */
export interface FollowUp {
  readonly path: readonly string[]
  readonly typeName: string
  readonly nodes: readonly FieldNode[]
}

/** What a split knows: the domain's schema, the directives, the keys, and where follow-ups are collected. */
export interface SplitContext {
  readonly schema: GraphQLSchema
  readonly directives: DirectiveTable
  readonly keys: GatewayKeys
  readonly followUps: FollowUp[]
  /** Each rewritten node's own original, for its arguments and for merging. */
  readonly originals: WeakMap<FieldNode, FieldNode>
}

/**
 * Rewrites a field that stands at the top of a fetch: its selection is split, the keys are added. `path` is where the
 * field's parent stands.
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
  const border = context.directives.crossBorder.has(`${parent.name}.${node.name.value}`)
  const selectionSet = border
    ? stubSet(type, node.selectionSet, below, context)
    : splitSet(type, node.selectionSet, below, context)
  const rewritten = { ...node, selectionSet }
  context.originals.set(rewritten, node)
  return rewritten
}

/** The own keys of an entity: `__typename` and `id` under aliases of the gateway. */
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
  const cut: FieldNode[] = []
  for (const node of set.selections) {
    if (node.kind === Kind.FIELD) {
      if (isEvery(type, node, context)) cut.push(node)
      else if (!isOutcomes(type, node)) selections.push(splitField(node, type, path, context))
    } else if (node.kind === Kind.INLINE_FRAGMENT) {
      const condition = node.typeCondition ? context.schema.getType(node.typeCondition.name.value) : type
      if (!isCompositeType(condition)) continue
      selections.push({ ...node, selectionSet: splitSet(condition, node.selectionSet, path, context) })
    } else throw new Error('expected no fragment spread in a planner’s fetch')
  }
  if (cut.length > 0) context.followUps.push({ path, typeName: type.name, nodes: cut })
  return setOf(withGatewayKeys(type, selections, context))
}

/** Under `@crossBorder` only ids are kept; the rest is asked of the records' owners. */
function stubSet(
  type: GraphQLCompositeType,
  set: SelectionSetNode,
  path: readonly string[],
  context: SplitContext,
): SelectionSetNode {
  const kept: SelectionNode[] = []
  const rest: FieldNode[] = []
  const divide = (selections: readonly SelectionNode[]): void => {
    for (const node of selections) {
      if (node.kind === Kind.INLINE_FRAGMENT) divide(node.selectionSet.selections)
      else if (node.kind === Kind.FIELD) (isKey(node) ? kept : rest).push(node)
    }
  }
  divide(set.selections)
  if (rest.length > 0) context.followUps.push({ path, typeName: type.name, nodes: rest })
  return setOf([...gatewayKeyNodes(context.keys), ...kept])
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

/** Each connection gives the cursor and the node's key of every edge, so that order, page and owner can be checked. */
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
  const own = [
    fieldNode('cursor', `${keys.prefix}C`),
    ...(isRecord && !hasNode ? [fieldNode('node', `${keys.prefix}N`, gatewayKeyNodes(keys))] : []),
  ]
  const rewritten: FieldNode = { ...edges, selectionSet: setOf([...own, ...inner]) }
  context.originals.set(rewritten, context.originals.get(edges) ?? edges)
  return at < 0 ? [...selections, rewritten] : selections.map((node, i) => (i === at ? rewritten : node))
}

function isKey(node: FieldNode): boolean {
  return node.name.value === 'id' || node.name.value === '__typename'
}

function isEvery(type: GraphQLCompositeType, node: FieldNode, context: SplitContext): boolean {
  return context.directives.answeredBy.get(`${type.name}.${node.name.value}`)?.who === 'EVERY'
}

/** `outcomes` is the gateway's own word and is never asked of a country. */
function isOutcomes(type: GraphQLCompositeType, node: FieldNode): boolean {
  const definition = node.name.value === 'outcomes' ? fieldDefinition(type, 'outcomes') : undefined
  return definition !== undefined && getNamedType(definition.type).name === 'CountryOutcome'
}

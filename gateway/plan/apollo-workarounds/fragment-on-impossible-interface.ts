/**
 * An operation with fragments on object types alone, for the planner where it fails on others: Apollo's (2.14.4) throws where a
 * fragment on an interface stands in one that no type of it can be, or below an interface that a subgraph has as an object.
 */
import {
  type DocumentNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
  Kind,
  print,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { inlineFragments } from '../normalise/inline-fragments.ts'
import { fieldDefinition } from '../shapes/compile-shape.ts'
import { fieldNode, nameNode, setOf } from '../syntax/nodes.ts'

/** How many selections a rewritten operation has at most: it may have one for each type where it had one for all. */
const MAX_SELECTIONS = 5_000

interface Rewriting {
  readonly schema: GraphQLSchema
  readonly placeholderKey: string
  left: number
}

/**
 * Writes an operation so.
 * @param placeholderKey response key of what stands in a selection of which nothing is left.
 * @returns null where it is written so already, or would be too long.
 */
export function rewriteToObjectTypes(
  document: DocumentNode,
  schema: GraphQLSchema,
  placeholderKey: string,
): DocumentNode | null {
  const flat = inlineFragments(document)
  const [operation] = flat.definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) return null
  const root = schema.getRootType(operation.operation)
  if (!root) return null
  const rewriting: Rewriting = { schema, placeholderKey, left: MAX_SELECTIONS }
  const selectionSet = rewritten(operation.selectionSet, root, [root], rewriting)
  const concrete: DocumentNode = { kind: Kind.DOCUMENT, definitions: [{ ...operation, selectionSet }] }
  return rewriting.left < 0 || print(concrete) === print(flat) ? null : concrete
}

/** @param types what an object may be where the set stands. */
function rewritten(
  set: SelectionSetNode,
  type: GraphQLCompositeType,
  types: readonly GraphQLObjectType[],
  rewriting: Rewriting,
): SelectionSetNode {
  const selections = set.selections.flatMap((node) => rewrittenNode(node, type, types, rewriting))
  return setOf(selections.length > 0 ? selections : [fieldNode('__typename', rewriting.placeholderKey)])
}

function rewrittenNode(
  node: SelectionNode,
  type: GraphQLCompositeType,
  types: readonly GraphQLObjectType[],
  rewriting: Rewriting,
): readonly SelectionNode[] {
  rewriting.left -= 1
  if (node.kind === Kind.FRAGMENT_SPREAD || rewriting.left < 0) return []
  const { schema } = rewriting
  if (node.kind === Kind.FIELD) {
    const definition = fieldDefinition(type, node.name.value)
    const below = definition && getNamedType(definition.type)
    if (!node.selectionSet || !isCompositeType(below)) return [node]
    return [{ ...node, selectionSet: rewritten(node.selectionSet, below, possible(below, schema), rewriting) }]
  }
  const condition = node.typeCondition ? schema.getType(node.typeCondition.name.value) : type
  if (!isCompositeType(condition)) return []
  const narrowed = types.filter((one) => possible(condition, schema).includes(one))
  return narrowed.map((one) => ({
    ...node,
    typeCondition: { kind: Kind.NAMED_TYPE, name: nameNode(one.name) },
    selectionSet: rewritten(node.selectionSet, one, [one], rewriting),
  }))
}

function possible(type: GraphQLCompositeType, schema: GraphQLSchema): readonly GraphQLObjectType[] {
  return isObjectType(type) ? [type] : schema.getPossibleTypes(type)
}

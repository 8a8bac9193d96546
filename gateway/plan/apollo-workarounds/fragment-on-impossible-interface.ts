/**
 * Rewrites an operation so that it has fragments only on object types. Apollo's planner (2.14.4) throws if a fragment on an interface is
 * inside another fragment and no type can be of both, or if it is below an interface that a subgraph has as an object type.
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

/** How many selections a rewritten operation may have: one fragment on an interface becomes one for each of its types. */
const MAX_SELECTIONS = 5_000

interface Rewriting {
  readonly schema: GraphQLSchema
  readonly placeholderKey: string
  /** How many more selections the result may have. */
  selectionsLeft: number
}

/**
 * Rewrites an operation to fragments on object types.
 * @param placeholderKey response key of the `__typename` that fills an empty selection.
 * @returns null if the operation has only such fragments already, or if the result would be too long.
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
  const rewriting: Rewriting = { schema, placeholderKey, selectionsLeft: MAX_SELECTIONS }
  const selectionSet = rewriteSet(operation.selectionSet, root, [root], rewriting)
  const concrete: DocumentNode = { kind: Kind.DOCUMENT, definitions: [{ ...operation, selectionSet }] }
  return rewriting.selectionsLeft < 0 || print(concrete) === print(flat) ? null : concrete
}

/** @param types the types that an object may have at this place. */
function rewriteSet(
  set: SelectionSetNode,
  type: GraphQLCompositeType,
  types: readonly GraphQLObjectType[],
  rewriting: Rewriting,
): SelectionSetNode {
  const selections = set.selections.flatMap((node) => rewriteNode(node, type, types, rewriting))
  return setOf(selections.length > 0 ? selections : [fieldNode('__typename', rewriting.placeholderKey)])
}

function rewriteNode(
  node: SelectionNode,
  type: GraphQLCompositeType,
  types: readonly GraphQLObjectType[],
  rewriting: Rewriting,
): readonly SelectionNode[] {
  rewriting.selectionsLeft -= 1
  if (node.kind === Kind.FRAGMENT_SPREAD || rewriting.selectionsLeft < 0) return []
  const { schema } = rewriting
  if (node.kind === Kind.FIELD) {
    const definition = fieldDefinition(type, node.name.value)
    const below = definition && getNamedType(definition.type)
    if (!node.selectionSet || !isCompositeType(below)) return [node]
    return [{ ...node, selectionSet: rewriteSet(node.selectionSet, below, possibleTypes(below, schema), rewriting) }]
  }
  const condition = node.typeCondition ? schema.getType(node.typeCondition.name.value) : type
  if (!isCompositeType(condition)) return []
  const matching = types.filter((one) => possibleTypes(condition, schema).includes(one))
  return matching.map((one) => ({
    ...node,
    typeCondition: { kind: Kind.NAMED_TYPE, name: nameNode(one.name) },
    selectionSet: rewriteSet(node.selectionSet, one, [one], rewriting),
  }))
}

function possibleTypes(type: GraphQLCompositeType, schema: GraphQLSchema): readonly GraphQLObjectType[] {
  return isObjectType(type) ? [type] : schema.getPossibleTypes(type)
}

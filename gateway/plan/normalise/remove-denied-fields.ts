import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { fieldDefinition } from '../shapes/compile-shape.ts'
import { makeOperationDocument } from './normalise-operation.ts'

/**
 * Takes out of an operation the fields that no country lets the caller read (docs/design/access.md, What is removed, and where; the
 * semantics are those of the Federation documentation). A field without fields left below it is taken out too, as are fragments and
 * variables that nothing uses any more.
 * @param denied coordinates `Type.field`.
 * @returns null if nothing remains.
 */
export function removeDeniedFields(
  document: DocumentNode,
  denied: ReadonlySet<string>,
  schema: GraphQLSchema,
): DocumentNode | null {
  if (denied.size === 0) return document
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)
  const root = operation && schema.getRootType(operation.operation)
  if (!operation || !root) return null
  const fragments = new Map(
    document.definitions
      .filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  )
  const removing: Removing = { denied, schema, fragments, remaining: new Map() }
  const set = removeFromSet(operation.selectionSet, root, removing)
  if (set === null) return null
  const remaining = [...removing.remaining].flatMap(([name, node]): [string, FragmentDefinitionNode][] =>
    node === null ? [] : [[name, node]],
  )
  return makeOperationDocument(operation, set.selections, new Map(remaining))
}

interface Removing {
  readonly denied: ReadonlySet<string>
  readonly schema: GraphQLSchema
  /** The document's fragments, by name. */
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  /** What remains of each fragment that was visited; null if nothing does. */
  readonly remaining: Map<string, FragmentDefinitionNode | null>
}

function removeFromSet(set: SelectionSetNode, type: GraphQLCompositeType, removing: Removing): SelectionSetNode | null {
  const selections = set.selections.flatMap((node) => removeFromSelection(node, type, removing) ?? [])
  return selections.length > 0 ? { ...set, selections } : null
}

function removeFromSelection(
  node: SelectionNode,
  type: GraphQLCompositeType,
  removing: Removing,
): SelectionNode | null {
  if (node.kind === Kind.FRAGMENT_SPREAD) return removeFromFragment(node.name.value, removing) ? node : null
  if (node.kind === Kind.INLINE_FRAGMENT) {
    const condition = node.typeCondition && removing.schema.getType(node.typeCondition.name.value)
    const selectionSet = removeFromSet(node.selectionSet, isCompositeType(condition) ? condition : type, removing)
    return selectionSet && { ...node, selectionSet }
  }
  if (removing.denied.has(`${type.name}.${node.name.value}`)) return null
  const definition = fieldDefinition(type, node.name.value)
  const below = definition && getNamedType(definition.type)
  if (!node.selectionSet || !isCompositeType(below)) return node
  const selectionSet = removeFromSet(node.selectionSet, below, removing)
  return selectionSet && { ...node, selectionSet }
}

function removeFromFragment(name: string, removing: Removing): FragmentDefinitionNode | null {
  const cached = removing.remaining.get(name)
  if (cached !== undefined) return cached
  const fragment = removing.fragments.get(name)
  const type = fragment && removing.schema.getType(fragment.typeCondition.name.value)
  const selectionSet = fragment && isCompositeType(type) ? removeFromSet(fragment.selectionSet, type, removing) : null
  const remainder = fragment && selectionSet ? { ...fragment, selectionSet } : null
  removing.remaining.set(name, remainder)
  return remainder
}

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
import { operationDocument } from './normalise-operation.ts'

/**
 * Takes out of an operation the fields that no country may give (docs/design/access.md, What is removed, and where; the
 * Federation documentation's semantics). A field without anything left below it goes too, as do fragments and variables that are
 * not used any more.
 * @param denied coordinates `Type.field`.
 * @returns null when nothing is left.
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
  const whole = new Map(
    document.definitions
      .filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  )
  const taking: Taking = { denied, schema, whole, left: new Map() }
  const set = leftOfSet(operation.selectionSet, root, taking)
  if (set === null) return null
  const left = [...taking.left].flatMap(([name, node]): [string, FragmentDefinitionNode][] =>
    node === null ? [] : [[name, node]],
  )
  return operationDocument(operation, set.selections, new Map(left))
}

interface Taking {
  readonly denied: ReadonlySet<string>
  readonly schema: GraphQLSchema
  readonly whole: ReadonlyMap<string, FragmentDefinitionNode>
  /** What is left of each fragment, null for nothing; filled as they are met. */
  readonly left: Map<string, FragmentDefinitionNode | null>
}

function leftOfSet(set: SelectionSetNode, type: GraphQLCompositeType, taking: Taking): SelectionSetNode | null {
  const selections = set.selections.flatMap((node) => leftOf(node, type, taking) ?? [])
  return selections.length > 0 ? { ...set, selections } : null
}

function leftOf(node: SelectionNode, type: GraphQLCompositeType, taking: Taking): SelectionNode | null {
  if (node.kind === Kind.FRAGMENT_SPREAD) return leftOfFragment(node.name.value, taking) ? node : null
  if (node.kind === Kind.INLINE_FRAGMENT) {
    const condition = node.typeCondition && taking.schema.getType(node.typeCondition.name.value)
    const selectionSet = leftOfSet(node.selectionSet, isCompositeType(condition) ? condition : type, taking)
    return selectionSet && { ...node, selectionSet }
  }
  if (taking.denied.has(`${type.name}.${node.name.value}`)) return null
  const definition = fieldDefinition(type, node.name.value)
  const below = definition && getNamedType(definition.type)
  if (!node.selectionSet || !isCompositeType(below)) return node
  const selectionSet = leftOfSet(node.selectionSet, below, taking)
  return selectionSet && { ...node, selectionSet }
}

function leftOfFragment(name: string, taking: Taking): FragmentDefinitionNode | null {
  const known = taking.left.get(name)
  if (known !== undefined) return known
  const fragment = taking.whole.get(name)
  const type = fragment && taking.schema.getType(fragment.typeCondition.name.value)
  const selectionSet = fragment && isCompositeType(type) ? leftOfSet(fragment.selectionSet, type, taking) : null
  const left = fragment && selectionSet ? { ...fragment, selectionSet } : null
  taking.left.set(name, left)
  return left
}

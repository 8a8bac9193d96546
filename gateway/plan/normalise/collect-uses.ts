import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import type { NormalisedOperation, PlannedUse } from '../../types/plan.ts'
import { fieldDefinition } from '../shapes/compile-shape.ts'
import { responseKey } from '../syntax/nodes.ts'

/**
 * Collects each field of an operation with its place and the type that the operation asks it of. Follows fragments. A field that the
 * operation asks for twice at one place is collected once. A parent comes before the fields below it.
 */
export function collectUses(
  { operation, fragments }: Pick<NormalisedOperation, 'operation' | 'fragments'>,
  schema: GraphQLSchema,
): readonly PlannedUse[] {
  const root = schema.getRootType(operation.operation)
  const uses: PlannedUse[] = []
  if (root) collect(root, operation.selectionSet, null, { fragments, schema, uses, usesByParent: new Map() })
  return uses
}

interface Collecting {
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly schema: GraphQLSchema
  readonly uses: PlannedUse[]
  readonly usesByParent: Map<PlannedUse | null, Map<string, PlannedUse>>
}

function collect(
  type: GraphQLCompositeType,
  set: SelectionSetNode,
  parent: PlannedUse | null,
  collecting: Collecting,
): void {
  for (const node of set.selections) {
    if (node.kind === Kind.FIELD) {
      collectField(type, node, parent, collecting)
      continue
    }
    const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : collecting.fragments.get(node.name.value)
    if (!fragment) continue
    const condition = fragment.typeCondition && collecting.schema.getType(fragment.typeCondition.name.value)
    collect(isCompositeType(condition) ? condition : type, fragment.selectionSet, parent, collecting)
  }
}

function collectField(
  type: GraphQLCompositeType,
  node: FieldNode,
  parent: PlannedUse | null,
  collecting: Collecting,
): void {
  const fieldName = node.name.value
  if (fieldName === '__schema' || fieldName === '__type') return
  const definition = fieldDefinition(type, fieldName)
  const path = [...(parent?.path ?? []), responseKey(node)]
  // Fields with one response key have equal arguments (validation demands it), so response key and coordinate identify a use.
  const key = `${type.name}.${fieldName} ${responseKey(node)}`
  const siblings = collecting.usesByParent.get(parent) ?? new Map<string, PlannedUse>()
  collecting.usesByParent.set(parent, siblings)
  let use = siblings.get(key)
  if (use === undefined) {
    use = { typeName: type.name, fieldName, path, node, parent }
    siblings.set(key, use)
    collecting.uses.push(use)
  }
  const below = definition && getNamedType(definition.type)
  if (node.selectionSet && isCompositeType(below)) collect(below, node.selectionSet, use, collecting)
}

import {
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  type SelectionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { inlineFragments } from '../normalise/inline-fragments.ts'
import { fieldNode, setOf } from '../syntax/nodes.ts'

/**
 * Divides an operation in which one plan would use one required value for two fields (required-field-fetched-late.ts). `only` has the
 * fields of one coordinate with the fields above them, `rest` has all other fields. The gateway plans and runs both, then merges their
 * data.
 * @param coordinate `Type.field` of an object type.
 * @param placeholderKey response key of the `__typename` that fills an empty selection.
 * @returns null if the operation has only these fields, or does not ask for them on this type.
 */
export function separateConflictingFields(
  document: DocumentNode,
  coordinate: string,
  schema: GraphQLSchema,
  placeholderKey: string,
): { readonly rest: DocumentNode; readonly only: DocumentNode } | null {
  const flat = inlineFragments(document)
  let found = 0
  let others = 0
  const rest = visitFields(flat, schema, (node, at) => {
    if (at !== coordinate) {
      if (!node.selectionSet) others += 1
      return undefined
    }
    found += 1
    return null
  })
  if (found === 0 || others === 0) return null
  const only = visitFields(flat, schema, (node, at) => {
    if (at === coordinate) return false
    return node.selectionSet ? undefined : null
  })
  return { rest: fillEmptySelections(rest, placeholderKey), only: removeEmptySelections(only) }
}

/** Visits each field. `decide` returns null to remove the field, false to keep it with all fields below it, undefined to visit these. */
export function visitFields(
  document: DocumentNode,
  schema: GraphQLSchema,
  decide: (node: FieldNode, coordinate: string) => null | false | undefined,
): DocumentNode {
  const types = new TypeInfo(schema)
  return visit(
    document,
    visitWithTypeInfo(types, {
      Field(node) {
        return decide(node, `${types.getParentType()?.name}.${node.name.value}`)
      },
    }),
  )
}

function fillEmptySelections(document: DocumentNode, placeholderKey: string): DocumentNode {
  return visit(document, {
    SelectionSet(node) {
      return node.selections.length > 0 ? undefined : setOf([fieldNode('__typename', placeholderKey)])
    },
  })
}

/** Takes out fields and fragments whose selections are all gone. */
export function removeEmptySelections(document: DocumentNode): DocumentNode {
  const isEmpty = (node: { readonly selectionSet?: { readonly selections: readonly SelectionNode[] } }): boolean =>
    node.selectionSet?.selections.length === 0
  return visit(document, {
    Field: { leave: (node) => (isEmpty(node) ? null : undefined) },
    InlineFragment: { leave: (node) => (isEmpty(node) ? null : undefined) },
  })
}

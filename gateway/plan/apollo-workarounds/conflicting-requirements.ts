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
 * Parts an operation where one plan would take one required value for two (required-field-fetched-late.ts): everything but the
 * fields of one coordinate, and only those fields with what leads to them. Both are planned and run, and their data is put together.
 * @param coordinate `Type.field` of an object type.
 * @param placeholderKey response key of what stands in a selection of which nothing is left.
 * @returns null where the operation has nothing but these fields, or does not ask for them by this type.
 */
export function separateConflictingFields(
  document: DocumentNode,
  coordinate: string,
  schema: GraphQLSchema,
  placeholderKey: string,
): { readonly rest: DocumentNode; readonly only: DocumentNode } | null {
  const flat = inlineFragments(document)
  let found = 0
  let left = 0
  const rest = visitFields(flat, schema, (node, at) => {
    if (at !== coordinate) {
      if (!node.selectionSet) left += 1
      return undefined
    }
    found += 1
    return null
  })
  if (found === 0 || left === 0) return null
  const only = visitFields(flat, schema, (node, at) => {
    if (at === coordinate) return false
    return node.selectionSet ? undefined : null
  })
  return { rest: filled(rest, placeholderKey), only: pruned(only) }
}

/** `decide`: null takes the field away, false keeps it with all below, undefined goes on below. */
function visitFields(
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

function filled(document: DocumentNode, placeholderKey: string): DocumentNode {
  return visit(document, {
    SelectionSet(node) {
      return node.selections.length > 0 ? undefined : setOf([fieldNode('__typename', placeholderKey)])
    },
  })
}

function pruned(document: DocumentNode): DocumentNode {
  const isEmpty = (node: { readonly selectionSet?: { readonly selections: readonly SelectionNode[] } }): boolean =>
    node.selectionSet?.selections.length === 0
  return visit(document, {
    Field: { leave: (node) => (isEmpty(node) ? null : undefined) },
    InlineFragment: { leave: (node) => (isEmpty(node) ? null : undefined) },
  })
}

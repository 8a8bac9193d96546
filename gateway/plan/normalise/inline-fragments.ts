import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionNode } from 'graphql'
import { setOf } from '../syntax/nodes.ts'

/** Writes out the named fragments of a document's operations in place. Returns a document without fragment definitions. */
export function inlineFragments(document: DocumentNode): DocumentNode {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node)
  }
  const inline = (nodes: readonly SelectionNode[]): SelectionNode[] =>
    nodes.flatMap((node): SelectionNode[] => {
      if (node.kind !== Kind.FRAGMENT_SPREAD) {
        return [node.selectionSet ? { ...node, selectionSet: setOf(inline(node.selectionSet.selections)) } : node]
      }
      const fragment = fragments.get(node.name.value)
      if (fragment === undefined) return []
      const { typeCondition, selectionSet } = fragment
      return [{ kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet: setOf(inline(selectionSet.selections)) }]
    })
  const definitions = document.definitions.flatMap((node) =>
    node.kind === Kind.OPERATION_DEFINITION
      ? [{ ...node, selectionSet: setOf(inline(node.selectionSet.selections)) }]
      : [],
  )
  return { kind: Kind.DOCUMENT, definitions }
}

import {
  type DocumentNode,
  Kind,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
} from 'graphql'
import type { FetchNode } from '../split/list-fetch-nodes.ts'
import { nameNode, responseKey, setOf } from '../syntax/nodes.ts'

/**
 * A fetch with each alias that its output rewrites rename back. Apollo's planner (2.14.4) gives fields that would conflict
 * under one key an alias, but forgets to write it where the field stands below another with such an alias.
 */
export function restoreAliases(node: FetchNode): FetchNode {
  const renamers = (node.outputRewrites ?? []).filter((rewrite) => rewrite.kind === 'KeyRenamer')
  const [operation] = node.operationDocumentNode?.definitions ?? []
  if (renamers.length === 0 || operation?.kind !== Kind.OPERATION_DEFINITION) return node
  let set = operation.selectionSet
  for (const { path, renameKeyTo } of renamers) {
    set = aliased(set, node.requires ? ['_entities', ...path] : path, renameKeyTo)
  }
  if (print(set) === print(operation.selectionSet)) return node
  const operationDocumentNode: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [{ ...operation, selectionSet: set }],
  }
  return { ...node, operationDocumentNode, operation: stripIgnoredCharacters(print(operationDocumentNode)) }
}

/** Gives the field at the path's end its alias, where it has none. */
function aliased(set: SelectionSetNode, [step = '', ...rest]: readonly string[], name: string): SelectionSetNode {
  const keys = set.selections.map((node) => (node.kind === Kind.FIELD ? responseKey(node) : ''))
  return setOf(
    set.selections.map((node, i): SelectionNode => {
      if (node.kind === Kind.FRAGMENT_SPREAD) return node
      if (node.kind === Kind.INLINE_FRAGMENT) {
        if (step !== `... on ${node.typeCondition?.name.value}`) return node
        return { ...node, selectionSet: aliased(node.selectionSet, rest, name) }
      }
      if (rest.length === 0) return keys[i] === name && !keys.includes(step) ? { ...node, alias: nameNode(step) } : node
      return keys[i] === step && node.selectionSet
        ? { ...node, selectionSet: aliased(node.selectionSet, rest, name) }
        : node
    }),
  )
}

/** The key under which a field's value stands in the answer once it is rewritten. */
export function rewrittenKey(key: string, { outputRewrites }: FetchNode): string {
  const rewrite = outputRewrites?.find(({ kind, path }) => kind === 'KeyRenamer' && path.at(-1) === key)
  return rewrite?.kind === 'KeyRenamer' ? rewrite.renameKeyTo : key
}

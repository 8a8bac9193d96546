import { Kind, type SelectionNode, type SelectionSetNode } from 'graphql'
import { type FetchNode, operationOf, withSelections } from '../split/list-fetch-nodes.ts'
import { nameNode, responseKey, setOf } from '../syntax/nodes.ts'

/**
 * Adds to a fetch each alias that its output rewrites expect. Apollo's planner (2.14.4) gives an alias to a field that would conflict with
 * another under one key, and a rewrite that restores the name. It forgets to write the alias if the field is below another with such an
 * alias.
 */
export function restoreAliases(node: FetchNode): FetchNode {
  const renamers = (node.outputRewrites ?? []).filter((rewrite) => rewrite.kind === 'KeyRenamer')
  if (renamers.length === 0) return node
  let set = operationOf(node).selectionSet
  for (const { path, renameKeyTo } of renamers) {
    set = addAlias(set, node.requires ? ['_entities', ...path] : path, renameKeyTo)
  }
  return withSelections(node, set)
}

/** Adds the alias to the field at the end of the path, if it has none. */
function addAlias(set: SelectionSetNode, [step = '', ...rest]: readonly string[], name: string): SelectionSetNode {
  const keys = set.selections.map((node) => (node.kind === Kind.FIELD ? responseKey(node) : ''))
  return setOf(
    set.selections.map((node, i): SelectionNode => {
      if (node.kind === Kind.FRAGMENT_SPREAD) return node
      if (node.kind === Kind.INLINE_FRAGMENT) {
        if (step !== `... on ${node.typeCondition?.name.value}`) return node
        return { ...node, selectionSet: addAlias(node.selectionSet, rest, name) }
      }
      if (rest.length === 0) return keys[i] === name && !keys.includes(step) ? { ...node, alias: nameNode(step) } : node
      return keys[i] === step && node.selectionSet
        ? { ...node, selectionSet: addAlias(node.selectionSet, rest, name) }
        : node
    }),
  )
}

/** Returns the key of a field's value in the answer after the rewrites. */
export function rewrittenKey(key: string, { outputRewrites }: FetchNode): string {
  const rewrite = outputRewrites?.find(({ kind, path }) => kind === 'KeyRenamer' && path.at(-1) === key)
  return rewrite?.kind === 'KeyRenamer' ? rewrite.renameKeyTo : key
}

import {
  type ASTNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  Kind,
  type NameNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'

/** Small functions that make and read syntax trees, shared by the passes of the plan room. */

/** Makes a field node, with an alias if `key` differs from `name`. */
export function fieldNode(name: string, key = name, selections?: readonly SelectionNode[]): FieldNode {
  return {
    kind: Kind.FIELD,
    name: nameNode(name),
    ...(key === name ? {} : { alias: nameNode(key) }),
    ...(selections ? { selectionSet: setOf(selections) } : {}),
  }
}

/** Makes a selection set. */
export function setOf(selections: readonly SelectionNode[]): SelectionSetNode {
  return { kind: Kind.SELECTION_SET, selections }
}

/** Makes a name node. */
export function nameNode(value: string): NameNode {
  return { kind: Kind.NAME, value }
}

/** Returns the key of a field's value in the data: its alias, else its name. */
export function responseKey(node: FieldNode): string {
  return node.alias?.value ?? node.name.value
}

/** Counts the list levels around a type's named type. */
export function listDepth(type: GraphQLOutputType): number {
  let depth = 0
  for (let current = getNullableType(type); isListType(current); current = getNullableType(current.ofType)) depth += 1
  return depth
}

/** Lists the names of the variables that are used anywhere below a node. */
export function variablesIn(node: ASTNode): ReadonlySet<string> {
  const names = new Set<string>()
  visit(node, {
    Variable(variable) {
      names.add(variable.name.value)
    },
  })
  return names
}

/** Unites the field nodes of one parent that have equal response keys: one node with the selections of all. */
export function uniteByKey(nodes: readonly FieldNode[]): FieldNode[] {
  const byKey = new Map<string, FieldNode>()
  for (const node of nodes) {
    const key = responseKey(node)
    const first = byKey.get(key)
    byKey.set(key, first ? { ...first, ...uniteSelections(first, node) } : node)
  }
  return [...byKey.values()]
}

function uniteSelections(a: FieldNode, b: FieldNode): { selectionSet?: SelectionSetNode } {
  const selections = [...(a.selectionSet?.selections ?? []), ...(b.selectionSet?.selections ?? [])]
  return selections.length > 0 ? { selectionSet: setOf(selections) } : {}
}

/**
 * Returns the edge type and the node type of a connection; null if the object type is not one. A connection has `edges { cursor }` and
 * `pageInfo`.
 */
export function connectionOf(
  type: GraphQLObjectType,
): { readonly edge: GraphQLObjectType; readonly node: GraphQLOutputType | undefined } | null {
  const fields = type.getFields()
  if (!fields.edges || !fields.pageInfo || listDepth(fields.edges.type) !== 1) return null
  const edge = getNamedType(fields.edges.type)
  if (!isObjectType(edge) || !edge.getFields().cursor) return null
  return { edge, node: edge.getFields().node?.type }
}

/**
 * Returns a syntax tree without `loc`. A location holds the complete token list of its source, in instances of classes that
 * `structuredClone` would copy as plain objects. A node that has no location in it is returned as it is, not copied.
 */
export function stripLocations<T extends ASTNode>(node: T): T {
  return strip(node) as T
}

function strip(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(strip)
    return items.every((item, i) => item === value[i]) ? value : items
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const stripped = entries.filter(([key]) => key !== 'loc').map(([key, part]): [string, unknown] => [key, strip(part)])
  const isSame = stripped.length === entries.length && stripped.every(([, part], i) => part === entries[i]?.[1])
  return isSame ? value : Object.fromEntries(stripped)
}

/** Lists the fragments that a selection uses, each once, in the order in which it is first used. */
export function listUsedFragments(
  root: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): ReadonlyMap<string, FragmentDefinitionNode> {
  const used = new Map<string, FragmentDefinitionNode>()
  const follow = (set: SelectionSetNode): void => {
    visit(set, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value)
        if (fragment === undefined || used.has(name.value)) return
        used.set(name.value, fragment)
        follow(fragment.selectionSet)
      },
    })
  }
  follow(root)
  return used
}

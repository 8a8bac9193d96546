import {
  type ASTNode,
  type FieldNode,
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

/** Small makers and readers of syntax trees that the plan room's passes share. */

/** A field node, with an alias where `key` differs from `name`. */
export function fieldNode(name: string, key = name, selections?: readonly SelectionNode[]): FieldNode {
  return {
    kind: Kind.FIELD,
    name: nameNode(name),
    ...(key === name ? {} : { alias: nameNode(key) }),
    ...(selections ? { selectionSet: setOf(selections) } : {}),
  }
}

/** A selection set. */
export function setOf(selections: readonly SelectionNode[]): SelectionSetNode {
  return { kind: Kind.SELECTION_SET, selections }
}

/** A name. */
export function nameNode(value: string): NameNode {
  return { kind: Kind.NAME, value }
}

/** The key under which a field's value stands in the data. */
export function responseKey(node: FieldNode): string {
  return node.alias?.value ?? node.name.value
}

/** How many lists are around a type's named type. */
export function listDepth(type: GraphQLOutputType): number {
  let depth = 0
  for (let current = getNullableType(type); isListType(current); current = getNullableType(current.ofType)) depth += 1
  return depth
}

/** The names of the variables used anywhere below a node. */
export function variablesIn(node: ASTNode): ReadonlySet<string> {
  const names = new Set<string>()
  visit(node, {
    Variable(variable) {
      names.add(variable.name.value)
    },
  })
  return names
}

/** Field nodes of one parent with equal response keys made one, their selections side by side. */
export function uniteByKey(nodes: readonly FieldNode[]): FieldNode[] {
  const byKey = new Map<string, FieldNode>()
  for (const node of nodes) {
    const key = responseKey(node)
    const first = byKey.get(key)
    byKey.set(key, first ? { ...first, ...unitedSelections(first, node) } : node)
  }
  return [...byKey.values()]
}

function unitedSelections(a: FieldNode, b: FieldNode): { selectionSet?: SelectionSetNode } {
  const selections = [...(a.selectionSet?.selections ?? []), ...(b.selectionSet?.selections ?? [])]
  return selections.length > 0 ? { selectionSet: setOf(selections) } : {}
}

/** The types of a connection's edge and node, where an object type is one: it has `edges { cursor }` and `pageInfo`. */
export function connectionOf(
  type: GraphQLObjectType,
): { readonly edge: GraphQLObjectType; readonly node: GraphQLOutputType | undefined } | null {
  const fields = type.getFields()
  if (!fields.edges || !fields.pageInfo || listDepth(fields.edges.type) !== 1) return null
  const edge = getNamedType(fields.edges.type)
  if (!isObjectType(edge) || !edge.getFields().cursor) return null
  return { edge, node: edge.getFields().node?.type }
}

import { type FieldNode, type GraphQLSchema, Kind, type SelectionNode } from 'graphql'
import { uniteByKey } from '../syntax/nodes.ts'

/** A node to be asked of objects of one type. */
export interface TypedNode {
  readonly typeName: string
  readonly node: FieldNode
}

/** The root fields of a planner's fetch; what stands twice is united. */
export function listRootNodes(selections: readonly SelectionNode[], schema: GraphQLSchema): TypedNode[] {
  const nodes = listTypedNodes(selections, schema.getQueryType()?.name ?? 'Query')
  return uniteByKey(nodes.map(({ node }) => node)).map((node) => ({ typeName: nodes[0]?.typeName ?? 'Query', node }))
}

/**
 * The nodes below `_entities`, each with the type that it is asked of; what stands twice is united. `__typename` is known
 * from the representation: nobody is asked for it, least of all an owner that does not publish the domain.
 */
export function listEntityNodes(selections: readonly SelectionNode[]): TypedNode[] {
  const nodes = selections
    .flatMap((node) => (node.kind === Kind.FIELD ? listTypedNodes(node.selectionSet?.selections ?? [], '_Entity') : []))
    .filter(({ node }) => node.name.value !== '__typename')
  const byType = Map.groupBy(nodes, ({ typeName }) => typeName)
  return [...byType].flatMap(([typeName, group]) =>
    uniteByKey(group.map(({ node }) => node)).map((node) => ({ typeName, node })),
  )
}

/** Field nodes with the type that they are asked of, through inline fragments. */
export function listTypedNodes(selections: readonly SelectionNode[], typeName: string): TypedNode[] {
  return selections.flatMap((node) => {
    if (node.kind === Kind.FIELD) return [{ typeName, node }]
    if (node.kind === Kind.INLINE_FRAGMENT) {
      return listTypedNodes(node.selectionSet.selections, node.typeCondition?.name.value ?? typeName)
    }
    return []
  })
}

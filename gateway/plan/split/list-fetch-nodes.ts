import type { PlanNode, QueryPlan } from '@apollo/query-planner'
import { type FieldNode, type GraphQLSchema, Kind, type SelectionNode } from 'graphql'
import { uniteByKey } from '../syntax/nodes.ts'

/** A planner's fetch. */
export type FetchNode = Extract<PlanNode, { kind: 'Fetch' }>

/** Lists the fetches of a plan in an order in which they may run, each with the Flatten path that leads to it. */
export function* listFetchNodes(
  node: QueryPlan['node'],
  path: readonly string[] = [],
): Generator<{ node: FetchNode; path: readonly string[] }> {
  switch (node?.kind) {
    case undefined:
      return
    case 'Fetch':
      yield { node, path }
      return
    case 'Flatten':
      yield* listFetchNodes(node.node, [...path, ...node.path.map(String)])
      return
    case 'Sequence':
    case 'Parallel':
      for (const child of node.nodes) yield* listFetchNodes(child, path)
      return
    default:
      throw new Error(`expected Sequence, Parallel, Flatten or Fetch in the plan; came ${node?.kind}`)
  }
}

/** A field node, and the type of the objects that it is asked of. */
export interface TypedNode {
  readonly typeName: string
  readonly node: FieldNode
}

/** Lists the root fields of a planner's fetch. Unites nodes with equal response keys. */
export function listRootNodes(selections: readonly SelectionNode[], schema: GraphQLSchema): TypedNode[] {
  const nodes = listTypedNodes(selections, schema.getQueryType()?.name ?? 'Query')
  return uniteByKey(nodes.map(({ node }) => node)).map((node) => ({ typeName: nodes[0]?.typeName ?? 'Query', node }))
}

/**
 * Lists the nodes below `_entities`, each with its type. Unites nodes with equal response keys. Leaves out `__typename`, because the
 * representation has it. An owner that does not publish the domain is therefore not asked for it.
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

/** Lists the field nodes of selections, also those in inline fragments, each with its type. */
export function listTypedNodes(selections: readonly SelectionNode[], typeName: string): TypedNode[] {
  return selections.flatMap((node) => {
    if (node.kind === Kind.FIELD) return [{ typeName, node }]
    if (node.kind === Kind.INLINE_FRAGMENT) {
      return listTypedNodes(node.selectionSet.selections, node.typeCondition?.name.value ?? typeName)
    }
    return []
  })
}

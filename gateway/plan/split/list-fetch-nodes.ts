import type { PlanNode, QueryPlan } from '@apollo/query-planner'

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

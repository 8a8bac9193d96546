import type { Supergraph } from '@apollo/federation-internals'
import { QueryPlanner } from '@apollo/query-planner'

/**
 * How many plans of one operation the planner compares. With Apollo's default of 10,000, planning an operation of 300 bytes over five
 * subgraphs takes 6 s and fills the heap. With this number, the slowest operation of the fuzz tests takes 60 ms, and 7 of 1,100 plans have
 * one fetch more than the best plan. If one subgraph answers each field, as in the domains, there is only one plan.
 */
export const MAX_EVALUATED_PLANS = 256

/** Makes Apollo's planner for a supergraph: without fragments in fetches, and with a limit on the plans that it compares. */
export function createQueryPlanner(supergraph: Supergraph): QueryPlanner {
  return new QueryPlanner(supergraph, {
    exposeDocumentNodeInFetchNode: true,
    reuseQueryFragments: false,
    generateQueryFragments: false,
    typeConditionedFetching: false,
    debug: { maxEvaluatedPlans: MAX_EVALUATED_PLANS },
  })
}

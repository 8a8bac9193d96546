/** Compiles operations: the entry of the plan room. Makes plans as plain data, binds them to the schemas, and caches the results. */
import type { DocumentNode, GraphQLSchema } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { RuleTable } from '../../contract/access/rule-table.ts'
import type { CompiledOperation, PreparedOperation } from '../types/operation.ts'
import { createBinder } from './bind/bind-operation.ts'
import { rejectUnpublishedDomains } from './graph/reject-unpublished-domains.ts'
import { type LoadedSupergraph, loadSupergraph } from './graph/supergraph.ts'
import { type CreatePlanMaker, createPlanMaker } from './make-plan.ts'
import { coerceVariables } from './normalise/coerce-variables.ts'
import { listConditionVariables, readConditions } from './normalise/conditions.ts'
import { findOperation } from './normalise/find-operation.ts'

/** How many prepared operations the cache holds. */
const MAX_COMPILED = 1000

/** For how many sets of removed fields the cache holds a compiled operation. */
const MAX_VARIANTS = 16

/** Compiles operations over one supergraph. */
export interface Planner {
  readonly apiSchema: GraphQLSchema
  /** The access rules of the graph: the contract's floor. */
  readonly rules: RuleTable
  /** How many prepared operations are in the cache. */
  compiledCount(): number
  /** By subgraph name: the schema, and the address to ask if no country publishes the subgraph. */
  readonly subgraphs: LoadedSupergraph['subgraphs']
  /**
   * Reads an operation and coerces its variables. The same text, operation and conditions give the same prepared operation.
   * @throws {IstmoError} `BAD_USER_INPUT`, `OPERATION_RESOLUTION_FAILURE`, `OPERATION_NOT_SUPPORTED`.
   */
  prepare(request: OperationRequest): {
    readonly prepared: PreparedOperation
    readonly variables: Record<string, unknown>
  }
  /**
   * Compiles a prepared operation without `removedFields`, or takes the result from the cache. The key of the cache is the operation *and*
   * the removed fields, so a caller never gets a plan that was made for other rights.
   * @param removedFields coordinates `Type.field`.
   * @throws {IstmoError} `PLAN_FAILED`.
   */
  compile(prepared: PreparedOperation, removedFields: ReadonlySet<string>): CompiledOperation
}

/** A validated document, and the name of the operation to run. `source` is its text, the key of the cache. */
export interface OperationRequest {
  readonly document: DocumentNode
  readonly source: string
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
}

/**
 * Loads a supergraph and makes the planner for it.
 * @param isSpread whether countries publish the domain of this name.
 * @param createMaker makes the maker of plans. Default: this thread makes them.
 * @throws {Error} if the supergraph does not load, or has an `@answeredBy` in a domain that no country publishes.
 */
export function createPlanner(
  supergraphSdl: string,
  isSpread: (domain: string) => boolean,
  createMaker: CreatePlanMaker = createPlanMaker,
): Planner {
  const graph = loadSupergraph(supergraphSdl)
  rejectUnpublishedDomains(graph, isSpread)
  const maker = createMaker(graph, isSpread)
  const binder = createBinder(graph)
  const conditionNames = new LRUCache<string, readonly string[]>({ max: MAX_COMPILED })
  const preparations = new LRUCache<string, PreparedOperation>({ max: MAX_COMPILED })
  const variants = new WeakMap<PreparedOperation, LRUCache<string, CompiledOperation>>()
  return {
    apiSchema: graph.apiSchema,
    rules: graph.rules,
    subgraphs: graph.subgraphs,
    compiledCount: () => preparations.size,
    prepare({ document, source, operationName, variables: inputs }) {
      const operation = findOperation(document, operationName)
      const variables = coerceVariables(graph.apiSchema, operation, inputs)
      const names = getOrMake(conditionNames, source, () => listConditionVariables(document))
      const bits = names.map((name) => (variables[name] === true ? '1' : '0')).join('')
      const prepared = getOrMake(preparations, `${bits} ${operation.name?.value ?? ''} ${source}`, () =>
        binder.bindPreparation(maker.prepare(document, operationName, readConditions(names, variables))),
      )
      return { prepared, variables }
    },
    compile(prepared, removedFields) {
      const compiled = variants.get(prepared) ?? new LRUCache<string, CompiledOperation>({ max: MAX_VARIANTS })
      variants.set(prepared, compiled)
      return getOrMake(compiled, [...removedFields].sort().join(' '), () =>
        binder.bindOperation(maker.plan(prepared.normalised, removedFields)),
      )
    },
  }
}

/** Returns what a cache has under a key. If it has nothing, makes the value and caches it. */
function getOrMake<T extends object>(cache: LRUCache<string, T>, key: string, make: () => T): T {
  const cached = cache.get(key)
  if (cached !== undefined) return cached
  const value = make()
  cache.set(key, value)
  return value
}

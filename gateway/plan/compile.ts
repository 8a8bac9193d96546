/** Compiles operations: the one door of the plan room. Makes plans as plain data, binds them to the schemas, and keeps what it bound. */
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

/** How many operations are kept. */
const MAX_COMPILED = 1000

/** How many sets of rights an operation is kept compiled for. */
const MAX_VARIANTS = 16

/** Compiles operations over one supergraph. */
export interface Planner {
  readonly apiSchema: GraphQLSchema
  /** The rules of the whole graph: the contract's floor. */
  readonly rules: RuleTable
  /** How many operations are kept compiled. */
  compiledCount(): number
  /** By subgraph name: where a subgraph that no country publishes is served, and its schema. */
  readonly subgraphs: LoadedSupergraph['subgraphs']
  /**
   * Reads an operation and coerces its variables; the same text, operation and conditions give the same prepared operation.
   * @throws {IstmoError} `BAD_USER_INPUT`, `OPERATION_RESOLUTION_FAILURE`, `OPERATION_NOT_SUPPORTED`.
   */
  prepare(request: OperationRequest): {
    readonly prepared: PreparedOperation
    readonly variables: Record<string, unknown>
  }
  /**
   * Compiles what is left of a prepared operation without `removedFields`. What was compiled before is taken from the cache, which knows
   * a plan by the operation *and* what was taken out of it: nobody's plan is used for another's rights.
   * @param removedFields coordinates `Type.field`.
   * @throws {IstmoError} `PLAN_FAILED`.
   */
  compile(prepared: PreparedOperation, removedFields: ReadonlySet<string>): CompiledOperation
}

/** A validated document, and which operation of it is asked. `source` is its text, the key of the cache. */
export interface OperationRequest {
  readonly document: DocumentNode
  readonly source: string
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
}

/**
 * Loads a supergraph and makes the planner for it.
 * @param isSpread whether countries publish the domain of this name.
 * @param createMaker what makes the plans; left out, this thread does.
 * @throws when the supergraph does not load, or has an `@answeredBy` in a domain that nobody publishes.
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
      const names = keep(conditionNames, source, () => listConditionVariables(document))
      const bits = names.map((name) => (variables[name] === true ? '1' : '0')).join('')
      const prepared = keep(preparations, `${bits} ${operation.name?.value ?? ''} ${source}`, () =>
        binder.bindPreparation(maker.prepare(document, operationName, readConditions(names, variables))),
      )
      return { prepared, variables }
    },
    compile(prepared, removedFields) {
      const compiled = variants.get(prepared) ?? new LRUCache<string, CompiledOperation>({ max: MAX_VARIANTS })
      variants.set(prepared, compiled)
      return keep(compiled, [...removedFields].sort().join(' '), () =>
        binder.bindOperation(maker.plan(prepared.normalised, removedFields)),
      )
    },
  }
}

/** What a cache has under a key, made where it has nothing. */
function keep<T extends object>(cache: LRUCache<string, T>, key: string, make: () => T): T {
  const known = cache.get(key)
  if (known !== undefined) return known
  const made = make()
  cache.set(key, made)
  return made
}

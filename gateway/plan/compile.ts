/** Compiles operations: the entry of the plan room. Asks for plans as plain data, binds them to the schemas, and caches the results. */

import { hash } from 'node:crypto'
import { serialize } from 'node:v8'
import { type DocumentNode, type GraphQLSchema, Kind, type OperationDefinitionNode } from 'graphql'
import type { RuleTable } from '../../contract/access/rule-table.ts'
import { NEVER_GONE } from '../../contract/hangup.ts'
import { rememberByObject } from '../../contract/remember-by-object.ts'
import type { OperationRequest } from '../types/front.ts'
import type { CompiledOperation, OperationToPlan, PreparedOperation } from '../types/operation.ts'
import type { Unbound } from '../types/plan.ts'
import type { Payer, Planned, RunPlanning } from '../types/planning.ts'
import { createBinder } from './bind/bind-operation.ts'
import { createByteCache, nameOf } from './byte-cache.ts'
import { type LoadedSupergraph, loadSupergraph } from './graph/supergraph.ts'
import { type CreatePlanMaker, createPlanMaker, type PlanMaker } from './make-plan.ts'
import { coerceVariables } from './normalise/coerce-variables.ts'
import { findOperation, listConditionVariables, readConditions } from './normalise/conditions.ts'
import { liftVariables } from './normalise/lift-values.ts'
import { createPlanJobs, type PlanJobs } from './plan-jobs.ts'

/** How much memory compiled operations may take if the options say nothing, in bytes. */
const DEFAULT_CACHE_BYTES = 64 * 2 ** 20

/** The part of the cache for prepared operations. The rest is for plans. */
const PREPARED_SHARE = 0.25

/** Compiles operations over one supergraph. */
export interface Planner {
  readonly apiSchema: GraphQLSchema
  /** The access rules of the graph: the contract's floor. */
  readonly rules: RuleTable
  /** How many prepared operations are in the cache. */
  compiledCount(): number
  /** About how many bytes of memory prepared and compiled operations take. */
  cachedBytes(): number
  /** By subgraph name: the schema, and the address to ask if no country publishes the subgraph. */
  readonly subgraphs: LoadedSupergraph['subgraphs']
  /** Where the plans may be wrong. */
  readonly knownPatterns: LoadedSupergraph['knownPatterns']
  /** What makes the plans on this thread; null if another thread does. */
  readonly jobs: PlanJobs | null
  /**
   * Reads an operation, coerces its variables, and lifts its values into variables: all that follows works with the `variables` that this
   * returns. The same text, operation and conditions give an equal prepared operation. What is in the cache comes without a promise.
   * @param payer on whose behalf the gateway plans.
   * @throws {IstmoError} `BAD_USER_INPUT`, `OPERATION_RESOLUTION_FAILURE`, `OPERATION_NOT_SUPPORTED`, and what {@link RunPlanning} throws.
   */
  prepare(request: OperationRequest, payer?: Payer): PreparedRequest | Promise<PreparedRequest>
  /**
   * Prepares an operation of a valid document, without anybody's variables, compiles it with no field removed, and keeps both.
   * @returns false, and nothing is compiled, if the operation asks only about the schema.
   * @throws {IstmoError} as {@link Planner.prepare}, except `BAD_USER_INPUT`, and as {@link Planner.compile}.
   */
  planAhead(operation: OperationToPlan, payer: Payer): Promise<boolean>
  /**
   * Compiles a prepared operation without `removedFields`, or takes the result from the cache. The key of the cache is the operation *and*
   * the removed fields, so a caller never gets a plan that was made for other rights. What is in the cache comes without a promise.
   * @param removedFields coordinates `Type.field`.
   * @throws {IstmoError} `PLAN_FAILED`, and what {@link RunPlanning} throws.
   */
  compile(
    prepared: PreparedOperation,
    removedFields: ReadonlySet<string>,
    payer?: Payer,
  ): CompiledOperation | Promise<CompiledOperation>
}

/** A prepared operation, with the variables of one request. */
export interface PreparedRequest {
  readonly prepared: PreparedOperation
  readonly variables: Record<string, unknown>
}

/** Options of {@link createPlanner}. */
export interface PlannerOptions {
  /** Makes the plans on another thread. Default: this thread makes them. */
  readonly runPlanning?: RunPlanning
  /** Makes the maker of plans, if this thread makes them. */
  readonly createMaker?: CreatePlanMaker
  /** How much memory prepared and compiled operations may take, in bytes. */
  readonly maxCacheBytes?: number
  /** False if another thread loads the same supergraph and validates it. Default: true. */
  readonly validates?: boolean
}

/**
 * Loads a supergraph and makes the planner for it.
 * @param isSpread whether countries publish the domain of this name.
 * @throws {Error} if the supergraph does not load, or has an `@answeredBy` in a domain that no country publishes.
 */
export function createPlanner(
  supergraphSdl: string,
  isSpread: (domain: string) => boolean,
  { runPlanning, createMaker = createPlanMaker, maxCacheBytes = DEFAULT_CACHE_BYTES, validates }: PlannerOptions = {},
): Planner {
  const graph = loadSupergraph(supergraphSdl, runPlanning === undefined, validates)
  rejectUnpublishedDomains(graph, isSpread)
  const { jobs, ask } = runPlanning ? planElsewhere(runPlanning) : planHere(createMaker(graph, isSpread))
  const binder = createBinder(graph)
  const preparations = createByteCache<PreparedOperation>(maxCacheBytes * PREPARED_SHARE)
  const compiled = createByteCache<CompiledOperation>(maxCacheBytes * (1 - PREPARED_SHARE))
  const prepareOne = async (operation: OperationToPlan, payer: Payer): Promise<PreparedOperation> => {
    const key = keyOf(operation)
    const make = async () => {
      const { answer, bytes } = await ask.prepare(operation, payer)
      return { answer: binder.bindPreparation(answer), bytes }
    }
    return preparations.get(key) ?? (await preparations.getOrMake(key, nameOf(payer), make))
  }
  const compileOne = async (key: string, operation: OperationToPlan, removed: readonly string[], payer: Payer) =>
    compiled.getOrMake(key, nameOf(payer), async () => {
      const { answer, bytes } = await ask.plan(operation, removed, payer)
      return { answer: binder.bindOperation(answer), bytes }
    })
  return {
    apiSchema: graph.apiSchema,
    rules: graph.rules,
    subgraphs: graph.subgraphs,
    knownPatterns: graph.knownPatterns,
    jobs,
    compiledCount: preparations.count,
    cachedBytes: () => preparations.bytes() + compiled.bytes(),
    prepare(request, payer = NOBODY) {
      const { found, conditionNames, asUsual } = lookUp(request)
      const variables = coerceVariables(graph.apiSchema, found, request.variables)
      const { source, operationName } = request
      const asked = asUsual ?? { source, operationName, conditions: readConditions(conditionNames, variables) }
      const known = preparations.get(keyOf(asked))
      if (known !== undefined) return liftFor(known, variables)
      return prepareOne(asked, payer).then((prepared) => liftFor(prepared, variables))
    },
    async planAhead(operation, payer) {
      const prepared = await prepareOne(operation, payer)
      preparations.keep(keyOf(operation))
      if (prepared.isIntrospection) return false
      const key = keyOfPlan(prepared.lifted.operation, NONE)
      await compileOne(key, prepared.lifted.operation, NONE, payer)
      compiled.keep(key)
      return true
    },
    compile(prepared, removedFields, payer = NOBODY) {
      const removed = removedFields.size === 0 ? NONE : [...removedFields].sort()
      const key = keyOfPlan(prepared.lifted.operation, removed)
      return compiled.get(key) ?? compileOne(key, prepared.lifted.operation, removed, payer)
    },
  }
}

/** Lifts the values of an operation into the variables of a request. */
function liftFor(prepared: PreparedOperation, variables: Record<string, unknown>): PreparedRequest {
  const { names, values } = prepared.lifted
  return { prepared, variables: names === null ? variables : liftVariables({ names, values }, variables) }
}

/** Who pays if nobody is named: this thread plans, and no budget is charged. */
const NOBODY: Payer = { caller: null, hangup: NEVER_GONE, deadlineAt: Number.MAX_VALUE }

/** Returns the key of an operation: a hash of its text, so that the cache does not hold the text. */
const keyOf = rememberByObject(({ source, operationName, conditions }: OperationToPlan): string => {
  const bits = Object.values(conditions).map((value) => (value ? '1' : '0'))
  return `${hash('sha256', source, 'base64')} ${bits.join('')} ${operationName ?? ''}`
})

/** Returns the key of a plan: the operation and the removed fields, sorted. */
function keyOfPlan(operation: OperationToPlan, removed: readonly string[]): string {
  const ofOperation = keyOf(operation)
  return removed.length === 0 ? ofOperation : `${ofOperation} ${removed.join(' ')}`
}

/** No removed fields. */
const NONE: readonly string[] = []

/** What a document says about one of its operations, whatever the variables are. */
interface KnownOperation {
  readonly source: string
  readonly found: OperationDefinitionNode
  readonly conditionNames: readonly string[]
  /** What the gateway plans, if no variable decides an `@include` or `@skip`; else null. */
  readonly asUsual: OperationToPlan | null
}

/** By document, and by the name that the request gives. Only names of operations in the document are in it. */
const knownOperations = new WeakMap<DocumentNode, Map<string | undefined, KnownOperation>>()

/** Looks up what a document says about the operation of a request. Throws as {@link findOperation}. */
function lookUp({ document, source, operationName }: OperationRequest): KnownOperation {
  const ofDocument = knownOperations.get(document) ?? new Map<string | undefined, KnownOperation>()
  const known = ofDocument.get(operationName)
  if (known !== undefined && known.source === source) return known
  const found = findOperation(document, operationName)
  const conditionNames = listConditionVariables(document)
  const asUsual = conditionNames.length === 0 ? { source, operationName, conditions: {} } : null
  const operation = { source, found, conditionNames, asUsual }
  knownOperations.set(document, ofDocument.set(operationName, operation))
  return operation
}

/** Who makes the plain data. `jobs`: null if another thread makes it. */
interface PlanSource {
  readonly jobs: PlanJobs | null
  readonly ask: {
    prepare(operation: OperationToPlan, payer: Payer): Promise<Planned<Unbound<PreparedOperation>>>
    plan(
      operation: OperationToPlan,
      removedFields: readonly string[],
      payer: Payer,
    ): Promise<Planned<Unbound<CompiledOperation>>>
  }
}

function planElsewhere(run: RunPlanning): PlanSource {
  return {
    jobs: null,
    ask: {
      prepare: (operation, payer) => run({ kind: 'prepare', ...operation }, payer),
      plan: (operation, removedFields, payer) => run({ kind: 'plan', ...operation, removedFields }, payer),
    },
  }
}

function planHere(maker: PlanMaker): PlanSource {
  const jobs = createPlanJobs(maker)
  return {
    jobs,
    ask: {
      prepare: async (operation) => measurePlanned(jobs.prepare(operation)),
      plan: async (operation, removedFields) => measurePlanned(jobs.plan(operation, removedFields)),
    },
  }
}

/** Returns an answer with its size as a message. */
export function measurePlanned<Answer>(answer: Answer): Planned<Answer> {
  return { answer, bytes: serialize(answer).length }
}

/**
 * Rejects a supergraph in which countries answer a field of a domain that no country publishes.
 * @param isSpread whether countries publish the domain of this name.
 * @throws {Error} naming the field, the domain and the remedy.
 */
function rejectUnpublishedDomains(graph: LoadedSupergraph, isSpread: (domain: string) => boolean): void {
  for (const coordinate of graph.directives.answeredBy.keys()) {
    const [typeName = '', fieldName = ''] = coordinate.split('.')
    for (const [domain, { schema }] of graph.subgraphs) {
      const type = schema.getType(typeName)
      if (isSpread(domain) || type?.astNode?.kind === Kind.SCALAR_TYPE_DEFINITION) continue
      if (type && 'getFields' in type && type.getFields()[fieldName]) {
        throw new Error(
          `${coordinate} has @answeredBy, so countries answer it; expected a country that publishes the domain ${domain}, came none. ` +
            'Add a file to the countries folder, or serve a supergraph without @answeredBy.',
        )
      }
    }
  }
}

import { hash } from 'node:crypto'
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql'
import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { fragmentsOf } from '../../contract/fragments.ts'
import { getOrAdd } from '../../contract/get-or-add.ts'
import { listHitSearches } from '../../contract/hit-quota/list-hit-searches.ts'
import { ONCE_PER_OPERATION } from '../../contract/once-per-operation.ts'
import type { RequestContext } from '../types/flow.ts'
import type { OperationRequest } from '../types/front.ts'
import { acceptOrReject, callerKey, rateLimited } from './admission.ts'
import { type Cost, type CostTables, costOf, listDearFields } from './cost.ts'
import { readCostTable } from './cost-table.ts'
import { isSkipped, type ReadVariable } from './input-values.ts'
import type { HitLimit } from './limit-hits.ts'
import type { Rate, Taken, TakeToken } from './rate.ts'

/** How deep every fields may be nested in one another: each asks all countries again for each row of the field above it. */
const MAX_EVERY_DEPTH = 2

/** How many costs of one document the cache holds, by the variables that they depend on. */
const CACHED_COSTS = 16

type Asked = Omit<OperationRequest, 'source'>

/** What {@link limitOperations} works with. */
export interface OperationLimits {
  readonly apiSchema: GraphQLSchema
  readonly supergraphSdl: string
  /** What an operation may cost each country. */
  readonly maxCost: number
  readonly fieldWeights: CostTables['fieldWeights']
  readonly assumedListSize: number
  /** How many hit searches one caller may ask, each item of a list for itself; null: no rate besides that of requests. */
  readonly hitRate: Rate | null
  readonly takeToken: TakeToken
  /** What the operations of one caller may cost each country; null: any number of operations. */
  readonly costRate: Rate | null
  /** Takes from the buckets of costs, without waiting. */
  readonly takeCost: (...taking: Parameters<TakeToken>) => Taken
  /** Counts the different hit searches of the day. */
  readonly hits: HitLimit
}

/**
 * Wraps `execute` in checks of the cost and of the limits on fields, which run before an operation is planned. The wrapped function
 * rejects with {IstmoError} `COST_EXCEEDED`; `RATE_LIMITED` if the caller's operations cost too much together; `LIMIT_EXCEEDED` if every
 * fields are nested too deep, or if a field that may be asked once is asked twice; `BAD_USER_INPUT` if a field that takes one slicing argument
 * has another number of them.
 */
export function limitOperations<Request extends Asked, Answer>(
  execute: (request: Request, context: RequestContext) => Promise<Answer>,
  limits: OperationLimits,
): typeof execute {
  const { apiSchema: schema, assumedListSize, fieldWeights, maxCost, costRate } = limits
  const table = readCostTable(parse(limits.supergraphSdl, { noLocation: true }))
  const tables: CostTables = { schema, table, assumedListSize, fieldWeights }
  const readCost = createCostReader(tables)
  const check = (request: Request, context: RequestContext): Promise<void> | null => {
    const operation = getOperationAST(request.document, request.operationName)
    // Without an operation of that name, or with a document that was not validated, `execute` rejects.
    if (!operation) return null
    const { cost, everyDepth } = readCost(request, operation)
    context.cost = cost
    if (context.trail) context.trail.cost = cost
    if (everyDepth > MAX_EVERY_DEPTH) {
      throw new IstmoError('LIMIT_EXCEEDED', detail('EVERY_DEPTH', { most: MAX_EVERY_DEPTH, came: everyDepth }))
    }
    if (cost > maxCost) {
      const read = createVariableReader(operation, request.variables)
      const fields = listDearFields(operation, fragmentsOf(request.document), tables, read).join(', ')
      throw new IstmoError('COST_EXCEEDED', detail('COST', { most: maxCost, came: cost, fields }))
    }
    if (costRate !== null && cost > 0) {
      const { perSecond, burst } = costRate
      const taken = limits.takeCost(keyOf(context), costRate, cost)
      if (!taken.isTaken) throw rateLimited(taken, detail('COST_RATE', { perSecond, burst, came: cost }))
    }
    const asksOnce = asksOnceField(request.document, operation, schema)
    return asksOnce ? checkOnce(request, operation, context, limits) : null
  }
  return (request, context) => {
    try {
      const waiting = check(request, context)
      return waiting === null ? execute(request, context) : waiting.then(() => execute(request, context))
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

type ReadCost = (request: Asked, operation: OperationDefinitionNode) => Cost

/** A cost, and all that it depends on. It holds for another request if all of these are the same. */
interface CachedCost {
  readonly operation: OperationDefinitionNode
  readonly variables: ReadonlyMap<string, ReadValue>
  readonly cost: Cost
}

/**
 * The value of a variable that a count read; of a list or an object only a hash, because lists of persons are long, and nothing of them stays longer than
 * their request.
 */
interface ReadValue {
  readonly value: unknown
  /** Null of any other value. */
  readonly hash: string | null
}

/** Counts costs, and caches them by document and by the variables that the count read. */
function createCostReader(tables: CostTables): ReadCost {
  const cache = new WeakMap<DocumentNode, CachedCost[]>()
  return ({ document, variables }, operation) => {
    const costs = getOrAdd(cache, document, () => [])
    const read = createVariableReader(operation, variables)
    const came = new Map<string, ReadValue>()
    const shorten = (name: string): ReadValue => getOrAdd(came, name, () => shortOf(read(name)))
    for (const each of costs) {
      if (each.operation === operation && isStillValid(each, shorten)) return each.cost
    }
    const variablesRead = new Map<string, ReadValue>()
    const readAndNote = (name: string): unknown => {
      variablesRead.set(name, shorten(name))
      return read(name)
    }
    const cost = costOf(operation, fragmentsOf(document), tables, readAndNote)
    costs.unshift({ operation, variables: variablesRead, cost })
    costs.splice(CACHED_COSTS)
    return cost
  }
}

function isStillValid({ variables }: CachedCost, shorten: (name: string) => ReadValue): boolean {
  return [...variables].every(([name, before]) => {
    const now = shorten(name)
    return now.value === before.value && now.hash === before.hash
  })
}

function shortOf(value: unknown): ReadValue {
  if (typeof value !== 'object' || value === null) return { value, hash: null }
  return { value: null, hash: hash('sha256', JSON.stringify(value)) }
}

/** Creates a reader of the variables as they came. It reads the operation's default if a variable did not come. */
function createVariableReader(
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): ReadVariable {
  return (name) => {
    if (Object.hasOwn(variables, name) && variables[name] !== undefined) return variables[name]
    const definition = operation.variableDefinitions?.find((node) => node.variable.name.value === name)
    return definition?.defaultValue && valueFromASTUntyped(definition.defaultValue)
  }
}

/** Whether operations ask a field of {@link ONCE_PER_OPERATION}, whatever the variables are. */
const asking = new WeakMap<OperationDefinitionNode, boolean>()

function asksOnceField(document: DocumentNode, operation: OperationDefinitionNode, apiSchema: GraphQLSchema): boolean {
  return getOrAdd(asking, operation, () => {
    const typeName = apiSchema.getRootType(operation.operation)?.name ?? ''
    // No variable has a value, so no condition with a variable leaves a field out.
    const names = collectRootNames(operation.selectionSet, fragmentsOf(document), () => undefined)
    return [...names.keys()].some((field) => ONCE_PER_OPERATION.has(`${typeName}.${field}`))
  })
}

/** Checks that the operation asks each field of {@link ONCE_PER_OPERATION} at most once, and counts its searches. */
async function checkOnce(
  request: Asked,
  operation: OperationDefinitionNode,
  context: RequestContext,
  { apiSchema, hitRate, takeToken, hits }: OperationLimits,
): Promise<void> {
  const { document, variables } = request
  const typeName = apiSchema.getRootType(operation.operation)?.name ?? ''
  const names = collectRootNames(
    operation.selectionSet,
    fragmentsOf(document),
    createVariableReader(operation, variables),
  )
  const onceFields = [...names].filter(([field]) => ONCE_PER_OPERATION.has(`${typeName}.${field}`))
  for (const [field, responseNames] of onceFields) {
    if (responseNames.size === 1) continue
    throw new IstmoError('LIMIT_EXCEEDED', detail('ONCE', { field, came: responseNames.size }))
  }
  if (onceFields.length === 0) return
  const searches = listHitSearches(request)
  const caller = keyOf(context)
  if (hitRate !== null) await acceptOrReject(takeToken, `hits ${caller}`, hitRate, Math.max(1, searches.length))
  if (context.caller !== null) await hits.count(context, caller, searches)
}

/** All callers without a token are one. */
function keyOf({ caller }: RequestContext): string {
  return caller === null ? '' : callerKey(caller)
}

/** Collects the response names of each field at the root, with fragments followed. Fields with one response name count as one. */
function collectRootNames(
  root: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  read: ReadVariable,
): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>()
  const followed = new Set<string>()
  const note = ({ name, alias }: FieldNode): void => {
    getOrAdd(names, name.value, () => new Set()).add((alias ?? name).value)
  }
  const stack = [root]
  for (let set = stack.pop(); set; set = stack.pop()) {
    for (const selection of set.selections) {
      if (isSkipped(selection, read)) continue
      if (selection.kind === Kind.FIELD) note(selection)
      else if (selection.kind === Kind.INLINE_FRAGMENT) stack.push(selection.selectionSet)
      else if (!followed.has(selection.name.value)) {
        followed.add(selection.name.value)
        const fragment = fragments.get(selection.name.value)
        if (fragment) stack.push(fragment.selectionSet)
      }
    }
  }
  return names
}

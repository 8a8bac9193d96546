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
import { IstmoError } from '../../contract/errors.ts'
import { fragmentsOf } from '../../contract/fragments.ts'
import { ONCE_PER_OPERATION } from '../../contract/once-per-operation.ts'
import type { RequestContext } from '../types/flow.ts'
import { acceptOrReject, callerKey } from './admission.ts'
import { type Cost, type CostTables, type CountriesCount, costOf } from './cost.ts'
import { readCostTable } from './cost-table.ts'
import { isLeftOut, type ReadVariable } from './input-values.ts'
import type { Rate, TakeToken } from './rate.ts'

/** How many EVERY fields may stand within one another: each asks all countries anew for every row of the one above. */
const MAX_EVERY_DEPTH = 2

/** How many costs of one document are kept, by the variables that they depend on. */
const KEPT_COSTS = 16

/** What is run: a validated document, and variables as they came. */
export interface LimitedRequest {
  readonly document: DocumentNode
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
}

/** What runs an operation. */
export type Execute<Request extends LimitedRequest, Answer> = (
  request: Request,
  context: RequestContext,
) => Promise<Answer>

/** What {@link limitOperations} works with. */
export interface OperationLimits {
  readonly apiSchema: GraphQLSchema
  readonly supergraphSdl: string
  /** Codes of all participants. */
  readonly participants: readonly string[]
  readonly maxCost: number
  readonly assumedListSize: number
  /** How often one caller may ask what is asked once an operation; null: as often as anything. */
  readonly hitRate: Rate | null
  readonly takeToken: TakeToken
}

/**
 * Runs an operation where it is within what it may cost, before it is planned.
 * It rejects with {IstmoError} `COST_EXCEEDED`; `LIMIT_EXCEEDED` for EVERY fields too deep in one another, or a field that is asked twice;
 * `RATE_LIMITED`; `BAD_USER_INPUT` for slicing arguments that are not one.
 */
export function limitOperations<Request extends LimitedRequest, Answer>(
  execute: Execute<Request, Answer>,
  limits: OperationLimits,
): Execute<Request, Answer> {
  const { apiSchema: schema, assumedListSize } = limits
  const table = readCostTable(parse(limits.supergraphSdl, { noLocation: true }))
  const readCost = createCostReader({ schema, table, assumedListSize })
  return async (request, context) => {
    const operation = getOperationAST(request.document, request.operationName)
    // No operation of that name, or a document that was not validated: whoever runs it says so.
    if (operation) {
      const { cost, everyDepth } = readCost(request, operation, countriesOf(context, limits.participants))
      if (context.trail) context.trail.cost = cost
      checkCost(cost, everyDepth, limits.maxCost)
      await checkOnce(request, operation, context, limits)
    }
    return execute(request, context)
  }
}

function checkCost(cost: number, everyDepth: number, maxCost: number): void {
  if (everyDepth > MAX_EVERY_DEPTH) {
    const detail = `expected at most ${MAX_EVERY_DEPTH} fields within one another that every country is asked; came ${everyDepth}`
    throw new IstmoError('LIMIT_EXCEEDED', detail)
  }
  if (cost > maxCost) throw new IstmoError('COST_EXCEEDED', `expected a cost of at most ${maxCost}; came ${cost}`)
}

function countriesOf({ caller }: RequestContext, participants: readonly string[]): CountriesCount {
  const mandate = caller?.mandate?.countries.filter((country) => participants.includes(country)) ?? null
  return { participants: participants.length, mandate: mandate && new Set(mandate).size }
}

type ReadCost = (request: LimitedRequest, operation: OperationDefinitionNode, countries: CountriesCount) => Cost

/** A cost, and all that it was counted from beside the operation: with the same it is the same. */
interface CachedCost {
  readonly operation: OperationDefinitionNode
  readonly countries: CountriesCount
  readonly variables: ReadonlyMap<string, string | undefined>
  readonly cost: Cost
}

/** Counts costs, and keeps them by document and by the variables that were read for them. */
function createCostReader(tables: CostTables): ReadCost {
  const kept = new WeakMap<DocumentNode, CachedCost[]>()
  return ({ document, variables }, operation, countries) => {
    const costs = kept.get(document) ?? []
    kept.set(document, costs)
    const read = readerOf(operation, variables)
    const known = costs.find((each) => each.operation === operation && holds(each, countries, read))
    if (known) return known.cost
    const seen = new Map<string, string | undefined>()
    const readAndNote = (name: string): unknown => {
      const value = read(name)
      seen.set(name, JSON.stringify(value))
      return value
    }
    const cost = costOf(operation, fragmentsOf(document), tables, readAndNote, countries)
    costs.unshift({ operation, countries, variables: seen, cost })
    costs.splice(KEPT_COSTS)
    return cost
  }
}

function holds({ countries, variables }: CachedCost, now: CountriesCount, read: ReadVariable): boolean {
  if (countries.participants !== now.participants || countries.mandate !== now.mandate) return false
  return [...variables].every(([name, value]) => JSON.stringify(read(name)) === value)
}

/** Variables as they came, with the operation's defaults for those that did not. */
function readerOf(operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>): ReadVariable {
  return (name) => {
    if (Object.hasOwn(variables, name) && variables[name] !== undefined) return variables[name]
    const definition = operation.variableDefinitions?.find((node) => node.variable.name.value === name)
    return definition?.defaultValue && valueFromASTUntyped(definition.defaultValue)
  }
}

async function checkOnce(
  { document, variables }: LimitedRequest,
  operation: OperationDefinitionNode,
  { caller }: RequestContext,
  { apiSchema, hitRate, takeToken }: OperationLimits,
): Promise<void> {
  const typeName = apiSchema.getRootType(operation.operation)?.name ?? ''
  const names = namesAtRoot(operation.selectionSet, fragmentsOf(document), readerOf(operation, variables))
  const asked = [...names].filter(([field]) => ONCE_PER_OPERATION.has(`${typeName}.${field}`))
  for (const [field, responseNames] of asked) {
    if (responseNames.size === 1) continue
    throw new IstmoError('LIMIT_EXCEEDED', `expected ${field} at most once; came ${responseNames.size} times`)
  }
  if (asked.length === 0 || hitRate === null) return
  await acceptOrReject(takeToken, `hits ${caller === null ? '' : callerKey(caller)}`, hitRate)
}

/** The response names of each field at the root, fragments followed: fields of one response name are one. */
function namesAtRoot(
  root: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  read: ReadVariable,
): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>()
  const followed = new Set<string>()
  const note = ({ name, alias }: FieldNode): void => {
    const known = names.get(name.value) ?? new Set()
    names.set(name.value, known.add((alias ?? name).value))
  }
  const stack = [root]
  for (let set = stack.pop(); set; set = stack.pop()) {
    for (const selection of set.selections) {
      if (isLeftOut(selection, read)) continue
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

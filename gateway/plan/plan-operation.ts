import type { DocumentNode, OperationDefinitionNode } from 'graphql'
import { IstmoError } from '../../contract/errors.ts'
import type { CompiledOperation } from '../types/operation.ts'
import type { GatewayKeys, Unbound } from '../types/plan.ts'
import { separateConflictingFields } from './apollo-workarounds/conflicting-requirements.ts'
import { rewriteToObjectTypes } from './apollo-workarounds/fragment-on-impossible-interface.ts'
import { UnmetRequirement } from './apollo-workarounds/required-field-fetched-late.ts'
import { stepRequirements } from './apollo-workarounds/requirement-of-a-requirement.ts'
import type { Unplaced } from './depend/add-dependencies.ts'
import type { LoadedSupergraph } from './graph/supergraph.ts'
import { makeFetches } from './split/make-fetches.ts'

/** What planning needs besides the operation's document. */
export interface Planning {
  readonly graph: LoadedSupergraph
  readonly operation: OperationDefinitionNode
  readonly keys: GatewayKeys
  readonly isSpread: (domain: string) => boolean
}

/** The fetches to run, the groups that were planned separately, and the arguments to check before any fetch. */
export type OperationPlan = ReturnType<typeof makeFetches> & Pick<Unbound<CompiledOperation>, 'separateGroups'>

/** How many steps a plan may have: requirements that require requirements may be so deep. */
const MAX_STEPS = 4

/**
 * Plans an operation. If the planner throws or its plan is wrong, tries again: in steps, then rewritten, then in separate parts.
 * @param document the operation without conditions (`normalise-operation.ts`).
 * @param followUps fetches that come after those of the plan.
 * @param step how many steps made `followUps`.
 * @throws {IstmoError} `PLAN_FAILED` if no attempt makes a correct plan.
 */
export function planOperation(
  document: DocumentNode,
  planning: Planning,
  followUps: readonly Unplaced[] = [],
  step = 0,
): OperationPlan {
  const { graph, operation, keys, isSpread } = planning
  try {
    const plan = callPlanner(graph, document, operation)
    return { ...makeFetches(plan, document, graph, keys, isSpread, followUps), separateGroups: [] }
  } catch (cause) {
    if (!(cause instanceof UnmetRequirement) && !isFailed(cause)) throw cause
    const plan =
      planInSteps(document, planning, followUps, step) ?? (step === 0 && planOnObjectTypes(document, planning))
    if (plan) return plan
    if (isFailed(cause)) throw cause
    if (step > 0) throw new IstmoError('PLAN_FAILED', undefined, { cause })
    return planSeparately(document, planning, cause)
  }
}

function planInSteps(
  document: DocumentNode,
  planning: Planning,
  followUps: readonly Unplaced[],
  step: number,
): OperationPlan | null {
  const stepped = step < MAX_STEPS ? stepRequirements(document, planning.graph, planning.keys, step) : null
  if (stepped === null) return null
  return planOrNull(() => planOperation(stepped.document, planning, [...stepped.followUps, ...followUps], step + 1))
}

/** Plans again with fragments only on object types. With other fragments the planner may throw, or forget what a field requires. */
function planOnObjectTypes(document: DocumentNode, planning: Planning): OperationPlan | null {
  const concrete = rewriteToObjectTypes(document, planning.graph.apiSchema, `${planning.keys.prefix}Z`)
  return concrete && planOrNull(() => planOperation(concrete, planning))
}

function planOrNull(plan: () => OperationPlan): OperationPlan | null {
  try {
    return plan()
  } catch (cause) {
    if (isFailed(cause)) return null
    throw cause
  }
}

function isFailed(cause: unknown): cause is IstmoError {
  return cause instanceof IstmoError && cause.code === 'PLAN_FAILED'
}

/** Plans in two parts the fields that conflict and the rest. Never divides a mutation, because it would run twice. */
function planSeparately(document: DocumentNode, planning: Planning, cause: UnmetRequirement): OperationPlan {
  const { graph, operation, keys } = planning
  const parts =
    operation.operation === 'query'
      ? separateConflictingFields(document, cause.coordinate, graph.apiSchema, `${keys.prefix}Z`)
      : null
  if (parts === null) throw new IstmoError('PLAN_FAILED', undefined, { cause })
  const [only, rest] = [planOperation(parts.only, planning), planOperation(parts.rest, planning)]
  const separateGroups = [...rest.separateGroups, only.fetches, ...only.separateGroups]
  return { fetches: rest.fetches, checked: [...rest.checked, ...only.checked], separateGroups }
}

function callPlanner(
  graph: LoadedSupergraph,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): ReturnType<LoadedSupergraph['plan']> {
  try {
    return graph.plan(document, operation.name?.value)
  } catch (cause) {
    throw new IstmoError('PLAN_FAILED', undefined, { cause })
  }
}

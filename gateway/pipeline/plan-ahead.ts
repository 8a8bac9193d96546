/** Plans the operations of trusted documents before anybody asks for them. */
import { Kind, parse } from 'graphql'
import type { Planner } from '../plan/compile.ts'
import { listConditionVariables } from '../plan/normalise/conditions.ts'
import type { OperationToPlan, Payer } from '../types/planning.ts'
import type { Documents } from './read-documents.ts'

/** How many condition variables a document may have whose values are all planned. */
const MAX_CONDITIONS = 2

/** What {@link createPlanAhead} works with. */
export interface PlanAheadParts {
  readonly planner: Pick<Planner, 'prepareAhead' | 'compileAhead'>
  readonly documents: Pick<Documents, 'readAhead'>
}

/**
 * Creates the function that plans an operation ahead, and keeps what it made ({@link Engine.planAhead}). The document is checked against the
 * limits and the schema as that of a caller. No field is removed from it: nobody has asked yet. A plan is found by what it depends on, so that
 * of an operation which nobody asks is never used.
 */
export function createPlanAhead({ planner, documents }: PlanAheadParts): PlanAhead {
  return async (operation, payer) => {
    const read = await documents.readAhead(operation.source, payer)
    if (read.kind !== 'valid') return false
    const prepared = await planner.prepareAhead(operation, payer)
    if (prepared.isIntrospection) return false
    await planner.compileAhead(prepared.operation, payer)
    return true
  }
}

/** Plans an operation. Returns whether it did: false if the graph does not have it, or if it asks only about the schema. */
type PlanAhead = (operation: OperationToPlan, payer: Payer) => Promise<boolean>

/**
 * Lists what callers can ask with a trusted document: each of its operations, by its name and, if it is the only one, without a name; with each
 * value of the variables that decide an `@include` or `@skip`, if these are few.
 */
export function listOperations(source: string): readonly OperationToPlan[] {
  const document = parse(source, { noLocation: true })
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION)
  const names = operations.flatMap(({ name }) => (name === undefined ? [] : [name.value]))
  const asked = operations.length === 1 ? [undefined, ...names] : names
  const combinations = listCombinations(listConditionVariables(document))
  return asked.flatMap((operationName) => combinations.map((conditions) => ({ source, operationName, conditions })))
}

/** Lists each combination of values; none if there are too many. */
function listCombinations(names: readonly string[]): readonly OperationToPlan['conditions'][] {
  if (names.length > MAX_CONDITIONS) return []
  return names.reduce<readonly OperationToPlan['conditions'][]>(
    (combinations, name) =>
      combinations.flatMap((each) => [
        { ...each, [name]: false },
        { ...each, [name]: true },
      ]),
    [{}],
  )
}

/** Plans known operations before anybody asks for them. */
import type { Planner } from '../plan/compile.ts'
import { listConditionVariables } from '../plan/normalise/conditions.ts'
import type { KnownOperation, OperationToPlan, Payer, ReadDocument, RunPlanning } from '../types/planning.ts'
import type { Documents } from './read-documents.ts'

/** What {@link createPlanAhead} works with. */
export interface PlanAheadParts {
  readonly planner: Pick<Planner, 'prepareAhead' | 'compileAhead'>
  readonly documents: Pick<Documents, 'readAhead'>
  readonly runPlanning: RunPlanning
}

/**
 * Creates the function that plans a known operation, and keeps what it made ({@link Engine.planAhead}). It trusts nothing of what is known: a
 * document is checked against the limits and the schema as that of a caller. A plan is found by what it depends on, so that of an operation
 * which nobody asks is never used.
 */
export function createPlanAhead({ planner, documents, runPlanning }: PlanAheadParts): PlanAhead {
  const prepare = async (asked: OperationToPlan, payer: Payer): Promise<OperationToPlan | null> => {
    if (!hasItsConditions(await documents.readAhead(asked.source, payer), asked)) return null
    const prepared = await planner.prepareAhead(asked, payer)
    return prepared.isIntrospection ? null : prepared.operation
  }
  const check = async (planned: OperationToPlan, payer: Payer): Promise<OperationToPlan | null> => {
    const { answer } = await runPlanning({ kind: 'read', source: planned.source }, payer)
    return hasItsConditions(answer, planned) ? planned : null
  }
  return async ({ asked, planned: known, removedFields }, payer) => {
    const planned = asked === null ? known && (await check(known, payer)) : await prepare(asked, payer)
    if (planned === null) return null
    await planner.compileAhead(planned, removedFields, payer)
    return { asked, planned, removedFields }
  }
}

/** Plans a known operation. Returns it with what was planned; null if the graph does not have it. */
type PlanAhead = (operation: KnownOperation, payer: Payer) => Promise<KnownOperation | null>

/** Whether a document is valid, and the conditions are those of its variables. */
function hasItsConditions(read: ReadDocument, { conditions }: OperationToPlan): boolean {
  if (read.kind !== 'valid') return false
  return listConditionVariables(read.document).join(' ') === Object.keys(conditions).join(' ')
}

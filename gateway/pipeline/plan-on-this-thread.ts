import { createShownSchemas } from '../introspect/shown-schemas.ts'
import { measurePlanned, type Planner } from '../plan/compile.ts'
import type { PlanningAnswers, PlanningRequest, RunPlanning } from '../types/planning.ts'
import { createPlanningJobs } from './planning-jobs.ts'

/**
 * Makes the function that runs planning requests on this thread, at nobody's cost and without limits. Tests use it.
 * @throws {TypeError} if the planner was made for another thread's plans.
 */
export function planOnThisThread({
  apiSchema,
  rules,
  jobs,
}: Pick<Planner, 'apiSchema' | 'rules' | 'jobs'>): RunPlanning {
  if (jobs === null) throw new TypeError('expected a planner that plans on this thread')
  const showSchema = createShownSchemas({ apiSchema, rules, isContract: true })
  const answer = createPlanningJobs({ apiSchema, showSchema, jobs, limits: null })
  return async <Kind extends PlanningRequest['kind']>(request: Extract<PlanningRequest, { kind: Kind }>) =>
    measurePlanned(answer(request) as PlanningAnswers[Kind])
}

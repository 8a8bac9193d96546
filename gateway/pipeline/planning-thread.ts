/** The module that runs as the planning thread: it loads the graph with its planner, and answers one request after the other. */
import { workerData } from 'node:worker_threads'
import { LANGUAGES } from '../../contract/language.ts'
import type { Limits } from '../admit/limits.ts'
import { createShownSchemas } from '../introspect/shown-schemas.ts'
import { createPlanner } from '../plan/compile.ts'
import { serveJobs } from '../planning/worker-thread.ts'
import type { PlanningRequest } from '../types/planning.ts'
import { createPlanningJobs } from './planning-jobs.ts'

/** What the thread gets when it starts. */
export interface PlanningThreadData {
  readonly supergraphSdl: string
  /** The domains that countries publish. */
  readonly spreadDomains: readonly string[]
  readonly limits: Limits
}

const { supergraphSdl, spreadDomains, limits } = workerData as PlanningThreadData
const { apiSchema, rules, jobs } = createPlanner(supergraphSdl, (domain) => spreadDomains.includes(domain))
if (jobs === null) throw new TypeError('expected a planner that plans on this thread')
const showSchema = createShownSchemas({ apiSchema, rules, isContract: spreadDomains.length > 0 })
// Now, and not in the first job of a language: that would be charged to its caller.
for (const language of LANGUAGES) showSchema([], language)
const answer = createPlanningJobs({ apiSchema, showSchema, jobs, limits })
serveJobs((request) => answer(request as PlanningRequest))

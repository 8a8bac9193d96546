/** The module that runs as the planning thread: it loads the graph with its planner, and answers one request after the other. */
import { workerData } from 'node:worker_threads'
import type { Limits } from '../admit/limits.ts'
import type { ShowSchema } from '../introspect/shown-schemas.ts'
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
// The thread that answers requests loads the same graph, and serves it only if it is valid.
const { apiSchema, rules, jobs } = createPlanner(supergraphSdl, (domain) => spreadDomains.includes(domain), {
  validates: false,
})
if (jobs === null) throw new TypeError('expected a planner that plans on this thread')
const isContract = spreadDomains.length > 0
const show: { schema?: ShowSchema } = {}
const showSchema: ShowSchema = (hidden, language) => {
  if (show.schema === undefined) throw new TypeError('expected the shown schemas to be prepared')
  return show.schema(hidden, language)
}
const answer = createPlanningJobs({ apiSchema, showSchema, jobs, limits })
serveJobs(
  (request) => answer(request as PlanningRequest),
  // Most gateways are never asked for their schema, and the texts of a language take as long to read as all other modules of this thread.
  async (request) => {
    const asked = request as PlanningRequest
    if (asked.kind !== 'introspect') return
    const { createShownSchemas } = await import('../introspect/shown-schemas.ts')
    show.schema ??= createShownSchemas({ apiSchema, rules, isContract })
    showSchema([], asked.language)
  },
)

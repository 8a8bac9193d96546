/** The module that runs as the planning thread: it loads the graph with its planner, and answers one request after the other. */
import { workerData } from 'node:worker_threads'
import type { Limits } from '../admit/limits.ts'
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
const { apiSchema, jobs } = createPlanner(supergraphSdl, (domain) => spreadDomains.includes(domain))
if (jobs === null) throw new TypeError('expected a planner that plans on this thread')
const answer = createPlanningJobs({ apiSchema, jobs, limits })
serveJobs((request) => answer(request as PlanningRequest))

/** Starts the planning thread of a graph (docs/decisions/0033-a-thread-plans.md). */
import type { Logger } from 'pino'
import { siblingModule } from '../../service/module-path.ts'
import { createTimeBudgets, type TimeBudgets } from '../admit/time-budgets.ts'
import type { PlanningThreadData } from '../pipeline/planning-thread.ts'
import { AHEAD, planOnThread } from '../planning/plan-on-thread.ts'
import { type JobOptions, runJobs } from '../planning/run-jobs.ts'
import { startWorkerThread } from '../planning/worker-thread.ts'
import type { PlanningRequest } from '../types/planning.ts'
import type { LimitConfig } from './limit-settings.ts'
import { GraphError, type GraphFiles } from './load-graph.ts'

/** How many jobs may wait for the thread. A request has at most one at a time, and a page of an officer's tool asks a few questions at once. */
const MAX_WAITING = { ofLane: 20, ofAll: 1_000 }

/** What one graph has of a planning thread. */
export type Planning = ReturnType<typeof startPlanning>

/** The settings of planning. */
export type PlanningConfig = Pick<LimitConfig, 'limits' | 'planningBudget' | 'planningDeadlineMs' | 'planningMemoryMb'>

/**
 * Creates the function that starts the planning thread of a graph. All graphs of the gateway share the callers' budgets. A thread knows of the countries
 * only which domains they publish, so a graph gets the thread of the one before if nothing else of the countries changed.
 */
export function createPlanning(
  config: PlanningConfig,
  log: Logger,
  onRestart: (reason: 'DEADLINE' | 'MEMORY' | 'CRASH') => void = () => {},
  onJob: (kind: PlanningRequest['kind'], isAhead: boolean) => void = () => {},
): (files: GraphFiles) => Planning {
  const budgets = createTimeBudgets(config.planningBudget)
  const options = {
    onRestart(reason: 'DEADLINE' | 'MEMORY' | 'CRASH', cause: Error | null) {
      log.warn({ reason, err: cause }, 'planning thread ended; another one starts')
      onRestart(reason)
    },
    onJob,
  }
  let newest: { readonly plans: string; readonly thread: Planning; graphs: number } | null = null
  return ({ supergraphSdl, participants }) => {
    const spreadDomains = [...new Set(participants.flatMap(({ domains }) => Object.keys(domains)))].toSorted()
    const plans = [...spreadDomains, supergraphSdl].join('\n')
    if (newest?.plans !== plans || newest.graphs === 0) {
      const thread = startPlanning({ supergraphSdl, spreadDomains, limits: config.limits }, budgets, config, options)
      newest = { plans, thread, graphs: 0 }
    }
    const mine = newest
    mine.graphs += 1
    let isOpen = true
    return {
      ...mine.thread,
      async close() {
        if (isOpen) mine.graphs -= 1
        isOpen = false
        if (mine.graphs === 0) await mine.thread.close()
      },
    }
  }
}

function startPlanning(
  data: PlanningThreadData,
  budgets: TimeBudgets,
  { planningDeadlineMs: deadlineMs, planningMemoryMb }: PlanningConfig,
  { onRestart, onJob }: Pick<JobOptions, 'onRestart'> & { readonly onJob: Parameters<typeof planOnThread>[2] },
) {
  const jobs = runJobs({
    start: startWorkerThread(siblingModule(import.meta, '../pipeline/planning-thread.ts'), data, planningMemoryMb),
    deadlineMs,
    maxWaiting: MAX_WAITING,
    idleLane: AHEAD,
    restMs: budgets.restMs,
    onRestart,
  })
  return {
    /** Resolves when the thread has loaded the graph. Rejects with the reason if it cannot. */
    loaded: jobs.loaded,
    run: planOnThread(jobs, budgets, onJob),
    /** Stops the thread if no other graph has it. No operation of this one may be in progress. */
    close: jobs.close,
  }
}

/**
 * Loads an engine while its planning thread loads.
 * @throws {GraphError} if one of the two cannot be loaded. The thread is stopped then.
 */
export async function loadWith<Loaded>(planning: Planning, load: () => Loaded): Promise<Loaded> {
  try {
    const loaded = load()
    await planning.loaded.catch((cause: unknown) => {
      throw new GraphError('GRAPH_INVALID', cause)
    })
    return loaded
  } catch (error) {
    await planning.close()
    throw error
  }
}

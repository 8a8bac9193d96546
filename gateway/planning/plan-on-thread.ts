/** Runs planning requests as jobs of the planning thread, on behalf of callers who pay for them with their budgets. */
import { createHash } from 'node:crypto'
import { deserialize } from 'node:v8'
import { LRUCache } from 'lru-cache'
import { IstmoError } from '../../contract/errors.ts'
import type { Payer, PlanningAnswers, PlanningRequest, RunPlanning } from '../types/planning.ts'
import type { Jobs } from './run-jobs.ts'

/** For how many requests the gateway remembers that they were too hard. */
const MAX_HARD = 1_000

/** How long it remembers one, in milliseconds. After that the request may be tried again: the machine may have been busy. */
const HARD_MS = 60_000

/** The lane of what the gateway plans ahead, for itself. No caller's lane has this name. */
export const AHEAD = 'ahead'

/** Whose budget a request is charged to. */
export interface Budgets {
  /** Returns the name of the budget of a caller. Callers without a token share one. */
  laneOf(caller: Payer['caller']): string
  /** Checks that the budget is not spent. @throws {IstmoError} `PLANNING_BUDGET_SPENT`. */
  check(lane: string): void
  /** Takes time from the budget, in milliseconds. */
  spend(lane: string, ms: number): void
}

/**
 * Makes the function that runs planning requests on the thread of `jobs`.
 * @param onJob called for each request that becomes a job.
 */
export function planOnThread(
  jobs: Pick<Jobs, 'run'>,
  budgets: Budgets,
  onJob: (kind: PlanningRequest['kind'], isAhead: boolean) => void = () => {},
): RunPlanning {
  const hard = new LRUCache<string, true>({ max: MAX_HARD, ttl: HARD_MS })
  return async <Kind extends PlanningRequest['kind']>(
    request: Extract<PlanningRequest, { kind: Kind }>,
    { caller, hangup, deadlineAt, isAhead = false }: Payer,
  ) => {
    const key = createHash('sha256').update(JSON.stringify(request)).digest('base64')
    if (hard.has(key)) throw new IstmoError('DOCUMENT_TOO_HARD')
    const lane = isAhead ? AHEAD : budgets.laneOf(caller)
    const { check, spend } = isAhead ? FREE : budgets
    check(lane)
    onJob(request.kind, isAhead)
    const bytes = await jobs
      .run({
        request,
        lane,
        deadlineAt,
        hangup,
        admit: () => check(lane),
        onSpent: (ms) => spend(lane, ms),
      })
      .catch((error: unknown) => {
        if (error instanceof IstmoError && error.code === 'DOCUMENT_TOO_HARD') hard.set(key, true)
        throw error
      })
    const startedAt = performance.now()
    const answer = deserialize(bytes) as PlanningAnswers[Kind]
    spend(lane, performance.now() - startedAt)
    return { answer, bytes: bytes.length }
  }
}

/** What the gateway plans ahead is charged to nobody: whoever lets it plan ahead bounds it. */
const FREE: Pick<Budgets, 'check' | 'spend'> = { check: () => {}, spend: () => {} }

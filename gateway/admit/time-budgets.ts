import { LRUCache } from 'lru-cache'
import type { Caller } from '../../contract/access-token.ts'
import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { callerKey } from './admission.ts'
import { growingTo } from './growing-to.ts'
import type { Rate } from './rate.ts'

/** How many budgets the cache holds. A budget that it drops is full again. */
const CACHED_BUDGETS = 100_000

/** The budget that all callers without a token share: a stranger can have any number of addresses. */
const STRANGERS = 'strangers'

/**
 * How much one caller may use without a pause, in milliseconds, and how long a rest is after what is used beyond, by its own length. So a caller who sends
 * new documents as fast as they can gets a fifth of one core, from the first second on, and the machine answers the others meanwhile.
 */
const WITHOUT_PAUSE_MS = 200
const REST = 4

/** How much planning time each caller has left. */
export type TimeBudgets = ReturnType<typeof createTimeBudgets>

/**
 * Creates the budgets in the memory of this process, because it is this process's time that they divide. They are token buckets
 * (`rate.ts`), of milliseconds.
 * @param rate how many milliseconds a budget gains a second, and how many it holds; null: budgets without end.
 * @param nowSeconds a clock in seconds that never goes back.
 */
export function createTimeBudgets(rate: Rate | null, nowSeconds: () => number = () => performance.now() / 1_000) {
  const fullAt = new LRUCache<string, number>(growingTo(CACHED_BUDGETS))
  const restsUntil = new LRUCache<string, number>(growingTo(CACHED_BUDGETS))
  return {
    /** Returns for how many milliseconds the caller must rest before the next use; 0: not at all. */
    restMs: (lane: string) => Math.max(0, ((restsUntil.get(lane) ?? 0) - nowSeconds()) * 1_000),
    /** Returns the name of the caller's budget. It does not tell anybody who the caller is. */
    laneOf: (caller: Pick<Caller, 'issuer' | 'subject'> | null) => (caller === null ? STRANGERS : callerKey(caller)),
    /** Checks that a budget is not spent. @throws {IstmoError} `PLANNING_BUDGET_SPENT`, which says when some of it is there again. */
    check(lane: string) {
      if (rate === null) return
      const missingMs = Math.max(0, (fullAt.get(lane) ?? 0) - nowSeconds()) * rate.perSecond
      if (missingMs < rate.burst) return
      const retryAfterSeconds = Math.max(1, Math.ceil((missingMs - rate.burst) / rate.perSecond))
      const { perSecond, burst } = rate
      throw new IstmoError('PLANNING_BUDGET_SPENT', detail('PLANNING_TIME', { perSecond, burst }), {
        retryAfterSeconds,
      })
    },
    /** Takes time that was used, in milliseconds. A budget may go below zero, because nobody knows beforehand how long a document takes. */
    spend(lane: string, ms: number) {
      if (rate === null) return
      const now = nowSeconds()
      const full = Math.max(fullAt.get(lane) ?? 0, now) + ms / rate.perSecond
      fullAt.set(lane, full)
      const beyondMs = Math.min(ms, (full - now) * rate.perSecond - WITHOUT_PAUSE_MS)
      if (beyondMs > 0) restsUntil.set(lane, Math.max(restsUntil.get(lane) ?? 0, now) + (beyondMs * REST) / 1_000)
    },
  }
}

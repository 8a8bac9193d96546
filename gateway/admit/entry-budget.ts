/**
 * How many bytes callers without a token may add to the audit log. Each of their answers needs an entry, and a log must not be full because
 * of strangers: then nobody would be answered.
 */
import { LRUCache } from 'lru-cache'
import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { growingTo } from './growing-to.ts'
import type { Rate } from './rate.ts'

/** What a request reserves before the size of its entry is known, in bytes. */
const RESERVED_BYTES = 4_096

/** How many networks the budget remembers. A network that it forgets has its complete budget again; the budget of all remains. */
const REMEMBERED_NETWORKS = 100_000

/** The rates of the budget, in bytes. Null: no limit. */
export interface EntryBudgetRates {
  readonly network: Rate | null
  readonly all: Rate | null
}

/** Takes the real size of the entry, in bytes; 0 if the request has none. Call it once. */
export type SettleEntry = (bytes: number) => void

/** Reserves room in the audit log for the entry of one request. Throws {IstmoError} `RATE_LIMITED` if the budget is spent. */
export type ReserveEntry = (network: string) => SettleEntry

/**
 * Creates the budget.
 * @param nowS a clock in seconds that never goes back.
 */
export function createEntryBudget(
  { network: perNetwork, all }: EntryBudgetRates,
  nowS: () => number = () => performance.now() / 1_000,
): ReserveEntry {
  const networks = new LRUCache<string, Bucket>(growingTo(REMEMBERED_NETWORKS))
  const whole = all === null ? null : createBucket(all)
  return (network) => {
    const own = perNetwork === null ? null : (networks.get(network) ?? createBucket(perNetwork))
    if (own !== null) networks.set(network, own)
    const buckets = [own, whole].filter((bucket) => bucket !== null)
    const waitS = Math.max(0, ...buckets.map((bucket) => bucket.waitFor(RESERVED_BYTES, nowS())))
    if (waitS > 0) {
      throw new IstmoError('RATE_LIMITED', detail('NO_ROOM_FOR_STRANGERS'), { retryAfterSeconds: Math.ceil(waitS) })
    }
    for (const bucket of buckets) bucket.take(RESERVED_BYTES, nowS())
    return (bytes) => {
      // A large entry leaves a debt, which the next requests wait for.
      for (const bucket of buckets) bucket.take(bytes - RESERVED_BYTES, nowS())
    }
  }
}

interface Bucket {
  /** Returns after how many seconds the bucket has this many bytes; 0 if it has them. */
  waitFor(bytes: number, nowS: number): number
  /** Takes bytes, or gives them back if there are fewer than 0. */
  take(bytes: number, nowS: number): void
}

function createBucket({ perSecond, burst }: Rate): Bucket {
  let filled = burst
  let atS = Number.NEGATIVE_INFINITY
  const fill = (nowS: number): void => {
    if (atS !== Number.NEGATIVE_INFINITY) filled = Math.min(burst, filled + Math.max(0, nowS - atS) * perSecond)
    atS = nowS
  }
  return {
    waitFor(bytes, nowS) {
      fill(nowS)
      // A budget that is smaller than one reservation lets one request pass whenever it is full.
      const missing = Math.min(bytes, burst) - filled
      return missing <= 1e-6 ? 0 : missing / perSecond
    },
    take(bytes, nowS) {
      fill(nowS)
      filled = Math.min(burst, filled - bytes)
    },
  }
}

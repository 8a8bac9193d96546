import { LRUCache } from 'lru-cache'
import { growingTo } from './growing-to.ts'

/**
 * Rate limits as token buckets: a bucket holds `burst` tokens, gains `perSecond`, and a use takes one, or as many as it has parts. The gateway stores one time
 * for each key, at which the bucket will be full again (the generic cell rate algorithm, ITU-T I.371 annex A). That is equal to
 * counting tokens, and needs no updates between uses.
 */

/** How often something may be done. */
export interface Rate {
  readonly perSecond: number
  /** How many may come at once, at least 1. */
  readonly burst: number
}

/** The result of a use. `waitSeconds` is an estimate of when a token will be there, in seconds from now. */
export type Taken = { readonly isTaken: true } | { readonly isTaken: false; readonly waitSeconds: number }

/**
 * Takes tokens from the bucket of `key`, one by default, if it has them. A use of more tokens than a bucket holds needs a full one, and the rest is
 * a debt, which the bucket gains back before the next use. Only a bucket that is elsewhere makes anybody wait.
 */
export type TakeToken = (key: string, rate: Rate, tokens?: number) => Promise<Taken> | Taken

/** Returns how long a bucket takes to gain one token, in seconds. */
export function intervalOf({ perSecond }: Rate): number {
  return 1 / perSecond
}

/** How many buckets the cache holds. A bucket that it drops is full again; only this many other callers can make it drop one. */
const CACHED_BUCKETS = 100_000

const TAKEN: Taken = Object.freeze({ isTaken: true })

/**
 * Creates buckets in the memory of this process.
 * @param nowSeconds a clock in seconds that never goes back.
 */
export function createMemoryBuckets(
  nowSeconds: () => number = () => performance.now() / 1_000,
): (...taking: Parameters<TakeToken>) => Taken {
  const fullAt = new LRUCache<string, number>(growingTo(CACHED_BUCKETS))
  return (key, rate, tokens = 1) => {
    const now = nowSeconds()
    const interval = intervalOf(rate)
    const next = Math.max(fullAt.get(key) ?? 0, now) + tokens * interval
    const waitSeconds = next - now - Math.max(rate.burst, tokens) * interval
    // Sums of fractions of a second are not exact: a token that is due at this very moment counts as present.
    if (waitSeconds > 1e-9) return { isTaken: false, waitSeconds }
    fullAt.set(key, next)
    return TAKEN
  }
}

/** How long after a failure the gateway does not try the shared buckets, in seconds: it must not dial a dead database for each request. */
const PAUSE_S = 5

/**
 * Takes tokens from shared buckets, and from buckets in memory while the shared ones fail: a database that is down does not remove the
 * limits.
 * @param onFailure called for each failure of `shared`.
 * @param nowSeconds a clock in seconds that never goes back.
 */
export function createFallbackBuckets(
  shared: TakeToken,
  onFailure: (error: unknown) => void,
  nowSeconds: () => number = () => performance.now() / 1_000,
): TakeToken {
  const inMemory = createMemoryBuckets(nowSeconds)
  let pausedUntil = Number.NEGATIVE_INFINITY
  return async (...taking) => {
    if (nowSeconds() < pausedUntil) return inMemory(...taking)
    try {
      return await shared(...taking)
    } catch (error) {
      pausedUntil = nowSeconds() + PAUSE_S
      onFailure(error)
      return inMemory(...taking)
    }
  }
}

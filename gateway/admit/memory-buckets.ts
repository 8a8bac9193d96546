import { LRUCache } from 'lru-cache'
import { intervalOf, type TakeToken } from './rate.ts'

/** How many buckets are kept. One that is forgotten is full again; to forget one takes as many requests by others. */
const KEPT_BUCKETS = 100_000

/** Buckets in the memory of this process. @param nowSeconds a clock that never goes back. */
export function createMemoryBuckets(nowSeconds: () => number = () => performance.now() / 1_000): TakeToken {
  const fullAt = new LRUCache<string, number>({ max: KEPT_BUCKETS })
  return async (key, rate) => {
    const now = nowSeconds()
    const interval = intervalOf(rate)
    const next = Math.max(fullAt.get(key) ?? 0, now) + interval
    const waitSeconds = next - now - rate.burst * interval
    // A sum of parts of a second is not exact: a token that comes at this very moment is there.
    if (waitSeconds > 1e-9) return { isTaken: false, waitSeconds }
    fullAt.set(key, next)
    return { isTaken: true }
  }
}

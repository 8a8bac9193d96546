import { LRUCache } from 'lru-cache'
import { growingTo } from './growing-to.ts'
import { intervalOf, type Taken, type TakeToken } from './rate.ts'

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

import { createMemoryBuckets } from './memory-buckets.ts'
import type { TakeToken } from './rate.ts'

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

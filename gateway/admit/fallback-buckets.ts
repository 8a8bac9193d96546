import { createMemoryBuckets } from './memory-buckets.ts'
import type { TakeToken } from './rate.ts'

/** How long shared buckets are left alone after a failure, in seconds: a database that is down is not dialled for each request. */
const LEFT_ALONE_S = 5

/**
 * Shared buckets, and while they cannot be had, buckets in memory: a database that is down opens no door.
 * @param onFailure told of each failure of `shared`.
 */
export function createFallbackBuckets(
  shared: TakeToken,
  onFailure: (error: unknown) => void,
  nowSeconds: () => number = () => performance.now() / 1_000,
): TakeToken {
  const own = createMemoryBuckets(nowSeconds)
  let aloneUntil = Number.NEGATIVE_INFINITY
  return async (key, rate) => {
    if (nowSeconds() < aloneUntil) return own(key, rate)
    try {
      return await shared(key, rate)
    } catch (error) {
      aloneUntil = nowSeconds() + LEFT_ALONE_S
      onFailure(error)
      return own(key, rate)
    }
  }
}

import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'

/** How many requests may be in progress at the same time. */
export interface InFlightLimits {
  readonly ofCaller: number
  readonly ofAll: number
}

/**
 * Creates a function that counts the requests in progress. It counts a request in, and returns the function that counts it out again, which
 * must be called once.
 * @returns a function that throws {IstmoError} `TOO_MANY_IN_FLIGHT` if the caller of this key has too many requests in progress, and
 *   `GATEWAY_BUSY` if all callers together have.
 */
export function createInFlight({ ofCaller, ofAll }: InFlightLimits): (key: string) => () => void {
  const counts = new Map<string, number>()
  let total = 0
  return (key) => {
    const count = counts.get(key) ?? 0
    if (count >= ofCaller) {
      throw new IstmoError('TOO_MANY_IN_FLIGHT', detail('IN_FLIGHT_OF_CALLER', { most: ofCaller }), {
        retryAfterSeconds: 1,
      })
    }
    if (total >= ofAll) {
      throw new IstmoError('GATEWAY_BUSY', detail('IN_FLIGHT_OF_ALL', { most: ofAll }), { retryAfterSeconds: 1 })
    }
    counts.set(key, count + 1)
    total += 1
    return () => {
      const left = (counts.get(key) ?? 1) - 1
      total -= 1
      if (left === 0) counts.delete(key)
      else counts.set(key, left)
    }
  }
}

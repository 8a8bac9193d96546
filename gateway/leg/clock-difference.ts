/** From how many seconds on the gateway tells a difference of clocks. `Date` has whole seconds, and an answer takes its time. */
const LEAST_SECONDS = 5

/**
 * Reads by how many seconds the clock of a node is ahead of the gateway's, from the node's `Date` header (RFC 9110, section 6.6.1). A node
 * rejects tokens that end in its past or begin in its future.
 * @param nowMs milliseconds since the epoch by the gateway's clock.
 * @returns negative if the node's clock is behind; null if the difference is less than five seconds, or if the header has no date.
 */
export function readClockDifference(date: string | string[] | undefined, nowMs: number): number | null {
  const timeMs = typeof date === 'string' ? Date.parse(date) : Number.NaN
  const seconds = Math.round((timeMs - nowMs) / 1_000)
  return Math.abs(seconds) >= LEAST_SECONDS ? seconds : null
}

/**
 * The deadline that travels with a leg, so that a national subgraph can cancel what nobody waits for. It is a duration and not a time
 * of day, because the clocks of two machines differ.
 */

/** The HTTP header of a leg: how many whole milliseconds are left until the gateway gives up. */
export const DEADLINE_HEADER = 'istmo-deadline-ms'

/** The longest deadline that a header may state: ten minutes. */
const MAX_DEADLINE_MS = 600_000

/**
 * Reads the deadline header.
 *
 * @param value the header as it came; undefined if the request does not have it.
 * @returns the milliseconds that are left; null without the header.
 * @throws {TypeError} if it is not a whole number from 1 to 600,000 in decimal digits.
 */
export function parseDeadline(value: string | undefined): number | null {
  if (value === undefined) return null
  const deadlineMs = /^[1-9]\d{0,5}$/.test(value) ? Number(value) : Number.NaN
  if (!(deadlineMs <= MAX_DEADLINE_MS)) {
    throw new TypeError(`expected ${DEADLINE_HEADER} to be whole milliseconds from 1 to ${MAX_DEADLINE_MS}`)
  }
  return deadlineMs
}

/** Writes the deadline header: at least 1 and at most ten minutes, rounded down to a whole millisecond. */
export function formatDeadline(deadlineMs: number): string {
  return String(Math.min(MAX_DEADLINE_MS, Math.max(1, Math.floor(deadlineMs))))
}

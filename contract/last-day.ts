const DAY_MS = 86_400_000

/**
 * Tells whether the last day of a task force on a country's list (`notAfter`) is over. The last day belongs to it: a task force with `2027-03-31`
 * is recognised until 2027-03-31 24:00 UTC, in every country and at the gateway alike. A mandate ends in a time zone of its own
 * (contract/trust/local-day.ts).
 * @param day `YYYY-MM-DD`. Text that names no day of the calendar, as `2027-02-30` or an empty one, counts as over.
 * @param nowMs milliseconds since the epoch.
 */
export function isLastDayOver(day: string, nowMs: number): boolean {
  const startMs = Date.parse(`${day}T00:00:00Z`)
  // A comparison with NaN is false, so that a doubt never grants anything.
  const isInForce = nowMs < startMs + DAY_MS && new Date(startMs).toISOString().startsWith(`${day}T`)
  return !isInForce
}

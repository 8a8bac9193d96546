const DAY_MS = 86_400_000

/**
 * Tells whether the last day of something is over: of a caller's mandate (`not_after`), or of a task force on a country's list
 * (`notAfter`). The last day belongs to it: a mandate with `2027-03-31` is in force until 2027-03-31 24:00 UTC, in every country and
 * at the gateway alike.
 * @param day `YYYY-MM-DD`. Text that names no day of the calendar, as `2027-02-30` or an empty one, counts as over.
 * @param nowMs milliseconds since the epoch.
 */
export function isLastDayOver(day: string, nowMs: number): boolean {
  const startMs = Date.parse(`${day}T00:00:00Z`)
  // A comparison with NaN is false, so that a doubt never grants anything.
  const isInForce = nowMs < startMs + DAY_MS && new Date(startMs).toISOString().startsWith(`${day}T`)
  return !isInForce
}

/** The days of made-up records. Each is a text of the form `YYYY-MM-DD`. */

const DAY_MS = 86_400_000

/** The last day of made-up records. It is fixed, so that the records do not depend on the day of their generation. */
export const LAST_DAY = '2026-06-30'

/** The first day of made-up cases. */
export const FIRST_DAY = '2019-01-01'

/** Returns the day that is `days` days after `day`. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** Returns the number of days from `from` to `to`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS)
}

/** Returns the day that is `days` days after `day`, but never a day after {@link LAST_DAY}. */
export function addDaysUpToLast(day: string, days: number): string {
  const later = addDays(day, days)
  return later < LAST_DAY ? later : LAST_DAY
}

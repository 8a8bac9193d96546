/** Days of made-up records, as `YYYY-MM-DD`. */

const DAY_MS = 86_400_000

/** No made-up record is of a later day: the records must not depend on when they are made. */
export const LAST_DAY = '2026-06-30'

/** The first day of made-up cases. */
export const FIRST_DAY = '2019-01-01'

/** The day `days` after `day`. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** How many days `to` is after `from`. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS)
}

/** The day `days` after `day`, or {@link LAST_DAY} where that is earlier. */
export function addDaysUpToLast(day: string, days: number): string {
  const later = addDays(day, days)
  return later < LAST_DAY ? later : LAST_DAY
}

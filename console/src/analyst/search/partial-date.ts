/** What somebody knows of a day: each part may be missing. */
export interface PartialDate {
  readonly day: number | null
  readonly month: number | null
  readonly year: number | null
  /** By how many years the year may be wrong. */
  readonly within: number
}

/** Nothing is known of the day. */
export const NO_DATE: PartialDate = { day: null, month: null, year: null, within: 0 }

/** Whether a day of the calendar is as it is known. */
export function isPossible({ day, month, year, within }: PartialDate): boolean {
  if (year !== null && (year < 1800 || year > 2200)) return false
  if (day === null) return true
  // Of an unknown year, one with 29 February. Four years from any year have such a day, but 1900.
  const years = year === null ? [2000] : Array.from({ length: 2 * within + 1 }, (_, index) => year - within + index)
  const most = years.map((each) => new Date(Date.UTC(each, month ?? 1, 0)).getUTCDate())
  return day >= 1 && day <= Math.max(...most)
}

/** Returns the day as `YYYY-MM-DD` if it is known exactly; else null. */
export function toExactDate({ day, month, year, within }: PartialDate): string | null {
  if (day === null || month === null || year === null || within > 0) return null
  return [String(year).padStart(4, '0'), month, day].map((part) => String(part).padStart(2, '0')).join('-')
}

/** Whether a person who was born on a day, `YYYY-MM-DD`, may be the one who is sought. Of a person whose day nobody says, that is possible. */
export function mayBeBorn(date: PartialDate, birthDate: string | null | undefined): boolean {
  const [, year, month, day] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(birthDate ?? '') ?? []).map(Number)
  if (year === undefined || month === undefined || day === undefined) return true
  const isYear = date.year === null || Math.abs(date.year - year) <= date.within
  return isYear && (date.month === null || date.month === month) && (date.day === null || date.day === day)
}

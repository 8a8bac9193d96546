/** How old somebody alive can be, in years. */
const LONGEST_LIFE_YEARS = 120

/**
 * Lists the birth dates that are near a searched one in a hit search: day and month swapped, and one year more or less. Only a date on which
 * somebody now alive can be born is near. Any other rule would answer a wrong date too, and whoever tries dates would learn the recorded one
 * in parts.
 * @param birthDate the searched date, `YYYY-MM-DD`.
 * @param today the day of UTC, `YYYY-MM-DD`.
 */
export function nearBirthDates(birthDate: string, today: string): readonly string[] {
  const [year = 0, month = 0, day = 0] = birthDate.split('-').map(Number)
  const first = toDate(Number(today.slice(0, 4)) - LONGEST_LIFE_YEARS, 1, 1) ?? today
  const dates = [toDate(year, day, month), toDate(year - 1, month, day), toDate(year + 1, month, day)]
  return dates.filter((date) => date !== null && date !== birthDate && first <= date && date <= today) as string[]
}

/** Returns null if there is no such day. */
function toDate(year: number, month: number, day: number): string | null {
  const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  const ms = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === text ? text : null
}

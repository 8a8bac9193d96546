/**
 * Reads a day as people of the region type it: day, month and year with a sign between them or without one, or as `YYYY-MM-DD`.
 * @returns the day as `YYYY-MM-DD`; what is not a day of the calendar comes back without blanks around it.
 */
export function readDay(typed: string): string {
  const text = typed.trim()
  const [, day, month, year] =
    /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$/.exec(text) ?? /^(\d\d)(\d\d)(\d{4})$/.exec(text) ?? []
  const iso = day === undefined ? text : [year, month?.padStart(2, '0'), day.padStart(2, '0')].join('-')
  return isDay(iso) ? iso : text
}

/** Whether a text is a day of the calendar as `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

/** Writes a day `YYYY-MM-DD` as one would type it. Anything else stays. */
export function writeDay(text: string): string {
  return isDay(text) ? text.split('-').reverse().join('/') : text
}

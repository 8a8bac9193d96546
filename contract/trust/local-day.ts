const FORMATS = new Map<string, Intl.DateTimeFormat>()

const ZONE_FORM = /^[A-Z][A-Za-z0-9_+-]*(\/[A-Z][A-Za-z0-9_+-]*){0,2}$/

const DAY_MS = 86_400_000

/** There are some 600 names of time zones. */
const MAX_FORMATS = 1_000

/** Checks whether a text is the name of a time zone in the IANA database, such as `America/Guatemala` or `UTC`. */
export function isTimeZone(name: string): boolean {
  return ZONE_FORM.test(name) && formatOf(name) !== undefined
}

/**
 * Returns the day, `YYYY-MM-DD`, that a moment belongs to in a time zone.
 * @param nowMs milliseconds since the epoch
 * @throws {RangeError} if the time zone does not exist, or the moment is not in the years 1 to 9999.
 */
export function localDay(nowMs: number, timeZone: string): string {
  const parts = new Map(
    formatOf(timeZone)
      ?.formatToParts(nowMs)
      .map(({ type, value }) => [type, value]),
  )
  const [year = '', month, day] = (['year', 'month', 'day'] as const).map((type) => parts.get(type))
  const text = `${year.padStart(4, '0')}-${month}-${day}`
  if (toDayNumber(text) === undefined)
    throw new RangeError('expected a time zone of the IANA database and a moment of our time')
  return text
}

/** Returns the number of a day, `YYYY-MM-DD`, counted from 1970-01-01; undefined if the calendar has no such day. */
export function toDayNumber(day: string): number | undefined {
  const startMs = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(startMs) || !new Date(startMs).toISOString().startsWith(`${day}T`)) return undefined
  return startMs / DAY_MS
}

/** Makes the format of a time zone, and keeps it: making one takes longer than the other checks of a leg together. */
function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  const kept = FORMATS.get(timeZone)
  if (kept !== undefined) return kept
  try {
    const made = new Intl.DateTimeFormat('en-u-ca-iso8601', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    })
    // A name may be written with capitals in many ways, so what strangers send must not make this grow.
    if (FORMATS.size >= MAX_FORMATS) FORMATS.clear()
    FORMATS.set(timeZone, made)
    return made
  } catch {
    return undefined
  }
}

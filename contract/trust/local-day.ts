const ZONE_FORM = /^[A-Z][A-Za-z0-9_+-]*(\/[A-Z][A-Za-z0-9_+-]*){0,2}$/

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/** There are some 600 names of time zones. */
const MAX_ZONES = 1_000

/** A time zone's format, and the day of the minute that was asked last: a leg asks thousands of times in one minute. */
interface Zone {
  readonly format: Intl.DateTimeFormat
  minute: number
  day: string
}

const zones = new Map<string, Zone>()

/** Checks whether a text is the name of a time zone in the IANA database, such as `America/Guatemala` or `UTC`. */
export function isTimeZone(name: string): boolean {
  return ZONE_FORM.test(name) && findZone(name) !== undefined
}

/**
 * Returns the day, `YYYY-MM-DD`, that a moment belongs to in a time zone.
 * @param nowMs milliseconds since the epoch
 * @throws {RangeError} if the time zone does not exist, or the moment is not in the years 1 to 9999.
 */
export function localDay(nowMs: number, timeZone: string): string {
  const zone = findZone(timeZone)
  // A day begins with a minute in each time zone since 1972.
  const minute = Math.floor(nowMs / MINUTE_MS)
  if (zone?.minute === minute) return zone.day
  const parts = new Map(zone?.format.formatToParts(nowMs).map(({ type, value }) => [type, value]))
  const [year = '', month, day] = (['year', 'month', 'day'] as const).map((type) => parts.get(type))
  const text = `${year.padStart(4, '0')}-${month}-${day}`
  if (zone === undefined || toDayNumber(text) === undefined) {
    throw new RangeError('expected a time zone of the IANA database and a moment of our time; came another')
  }
  zone.minute = minute
  zone.day = text
  return text
}

/**
 * Tells whether the last day of a mandate is over where it ends (docs/design/trust.md, The mandate).
 * @param nowMs milliseconds since the epoch. A day or a time zone that does not exist counts as over, so that a doubt never grants anything.
 */
export function isMandateOver(
  { not_after: day, time_zone: timeZone = 'UTC' }: { readonly not_after: string; readonly time_zone?: string },
  nowMs: number,
): boolean {
  try {
    return toDayNumber(day) === undefined || localDay(nowMs, timeZone) > day
  } catch {
    return true
  }
}

/** Days that were counted, and how many are kept. The last day of a mandate is asked for each request and each leg. */
const dayNumbers = new Map<string, number | undefined>()
const MAX_DAYS = 1_000

/** Returns the number of a day, `YYYY-MM-DD`, counted from 1970-01-01; undefined if the calendar has no such day. */
export function toDayNumber(day: string): number | undefined {
  if (dayNumbers.has(day)) return dayNumbers.get(day)
  const number = countDays(day)
  // Of other lengths there is no end of texts, and none of them is a day.
  if (day.length === 'YYYY-MM-DD'.length) {
    if (dayNumbers.size >= MAX_DAYS) dayNumbers.clear()
    dayNumbers.set(day, number)
  }
  return number
}

function countDays(day: string): number | undefined {
  const startMs = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(startMs) || !new Date(startMs).toISOString().startsWith(`${day}T`)) return undefined
  return startMs / DAY_MS
}

/** Finds a time zone, and keeps it: making a format takes longer than the other checks of a leg together. */
function findZone(timeZone: string): Zone | undefined {
  const kept = zones.get(timeZone)
  if (kept !== undefined) return kept
  try {
    const options = { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' } as const
    const made = { format: new Intl.DateTimeFormat('en-u-ca-iso8601', options), minute: Number.NaN, day: '' }
    // A name may be written with capitals in many ways, so what strangers send must not make this grow.
    if (zones.size >= MAX_ZONES) zones.clear()
    zones.set(timeZone, made)
    return made
  } catch {
    return undefined
  }
}

/** Local times and UTC, by the time zones of the IANA database. */

/** How many hours of one zone are remembered: old rows of many years lie close together. */
const MAX_HOURS = 50_000

const HOUR_MS = 3_600_000

/** Turns between a zone's local time and UTC. Both are milliseconds since 1970, the local one as if it were UTC. */
export interface Zone {
  /** A local time that comes twice, when clocks are set back, is the first one. One that is left out is that much later. */
  readonly toUtc: (localMs: number) => number
  readonly toLocal: (utcMs: number) => number
}

/** Opens a time zone; null if Node does not know its name. */
export function openZone(name: string): Zone | null {
  const format = createFormat(name)
  if (format === null) return null
  const offsets = new Map<number, number>()
  const offsetAt = (utcMs: number): number => {
    const hour = Math.floor(utcMs / HOUR_MS)
    const known = offsets.get(hour)
    if (known !== undefined) return known
    const offset = offsetIn(format, hour * HOUR_MS)
    if (offsets.size >= MAX_HOURS) offsets.clear()
    offsets.set(hour, offset)
    return offset
  }
  return {
    toUtc(localMs) {
      // The offsets before and after a change of clocks that is near; on all other days they are the same.
      const first = localMs - offsetAt(localMs - 24 * HOUR_MS)
      const after = offsetAt(first)
      const later = localMs - after
      // In the hour that is left out neither offset fits: the clock then shows the time by the offset before.
      return offsetAt(later) === after ? later : first
    },
    toLocal: (utcMs) => utcMs + offsetAt(utcMs),
  }
}

function createFormat(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
  } catch {
    return null
  }
}

/** How far local time is ahead of UTC, in milliseconds: the format says `GMT-06:00`, with seconds before zones were whole minutes, and `GMT` for UTC. */
function offsetIn(format: Intl.DateTimeFormat, utcMs: number): number {
  const name = format.formatToParts(utcMs).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours = 0, minutes = 0, seconds = 0] = /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(name) ?? []
  const ms = Number(hours) * HOUR_MS + Number(minutes) * 60_000 + Number(seconds) * 1_000
  return sign === '-' ? -ms : ms
}

/** Returns the time zone of a country that has one only, by the Unicode CLDR; null for another country. */
export function onlyZoneOf(country: string): string | null {
  const zones = zonesOf(country)
  return zones.length === 1 ? (zones[0] ?? null) : null
}

/** Lists the time zones of a country, by the Unicode CLDR. */
export function zonesOf(country: string): readonly string[] {
  // Not in the types of TypeScript yet (ECMA-402, Intl Locale Info).
  const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & {
    getTimeZones?: () => readonly string[] | undefined
  }
  return locale.getTimeZones?.() ?? []
}

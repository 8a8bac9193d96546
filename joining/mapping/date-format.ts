/**
 * Reads dates and times in the forms in which old databases write them. A form is compiled once; what it reads is checked against the calendar. Nothing is
 * guessed: a text of another form gives null.
 */

/** What a text says. Fields that the form does not have are null. `fraction` is the digits after the second's point. */
export interface DateParts {
  readonly year: number
  readonly month: number
  readonly day: number | null
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly fraction: string
  /** Minutes east of UTC. */
  readonly offset: number | null
}

/** Reads a text of one form; null if it has another form, or names a day or a time that does not exist. */
export type ReadDate = (text: string) => DateParts | null

/** Why a form cannot be used: `text` is the part that is not known, that comes twice, or that it lacks. */
export interface FormatFault {
  readonly kind: 'unknown' | 'twice' | 'lacks' | 'lacksHalf' | 'years'
  readonly text: string
}

/** The tokens of a form, with what they match. */
const TOKENS: Readonly<Record<string, string>> = {
  YYYY: '(?<year>\\d{4})',
  YY: '(?<shortYear>\\d{2})',
  MMMM: '(?<monthName>\\p{L}+)',
  MMM: '(?<shortName>\\p{L}+\\.?)',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  DD: '(?<day>\\d{2})',
  D: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{2})',
  H: '(?<hour>\\d{1,2})',
  hh: '(?<hour12>\\d{2})',
  h: '(?<hour12>\\d{1,2})',
  mm: '(?<minute>\\d{2})',
  ss: '(?<second>\\d{2})',
  S: '(?<fraction>\\d{1,9})',
  A: '(?<half>[ap]\\.? ?m\\.?)',
  Z: '(?<offset>Z|[+-]\\d{2}(?::?\\d{2})?)',
}

const MONTH_NAMES: readonly string[] = [
  'enero january',
  'febrero february',
  'marzo march',
  'abril april',
  'mayo may',
  'junio june',
  'julio july',
  'agosto august',
  'septiembre september setiembre',
  'octubre october',
  'noviembre november',
  'diciembre december',
]

/** The number of each month by its name in Spanish and English, in small letters. */
const MONTHS = new Map(
  MONTH_NAMES.flatMap((names, index) => names.split(' ').map((name) => [name, index + 1] as const)),
)

/** The same by the first three letters; September also by four. No abbreviation means two months. */
const SHORT_MONTHS = new Map([
  ...[...MONTHS].map(([name, month]) => [name.slice(0, 3), month] as const),
  ['sept', 9] as const,
])

/** How much of a form is read at once: a token, a text in brackets, or one character. */
const PIECE = /\[[^\]]*\]|YYYY|YY|MMMM|MMM|MM|M|DD|D|HH|H|hh|h|mm|ss|S+|A|Z|T(?=HH)|\p{L}+|[\s\S]/gu

/**
 * Compiles a form such as `DD/MM/YYYY`.
 * @param yearsFrom the first of the hundred years that `YY` can mean; null if the form must have four digits.
 */
export function compileDateFormat(
  format: string,
  yearsFrom: number | null,
): { readonly read: ReadDate } | { readonly fault: FormatFault } {
  const tokens: string[] = []
  let pattern = ''
  for (const [piece] of format.matchAll(PIECE)) {
    const token = TOKENS[tokenOf(piece)]
    if (token !== undefined) {
      // Two tokens for one thing, such as MM and MMMM, cannot be in one form.
      if (tokens.some((each) => partOf(each) === partOf(piece))) return { fault: { kind: 'twice', text: piece } }
      tokens.push(piece)
      pattern += token
    } else if (piece.startsWith('[') && piece.endsWith(']') && piece.length > 1)
      pattern += escapeLiteral(piece.slice(1, -1))
    else if (/^\p{L}+$/u.test(piece) && piece !== 'T') return { fault: { kind: 'unknown', text: piece } }
    else pattern += escapeLiteral(piece)
  }
  const fault = findFault(tokens, yearsFrom)
  if (fault !== null) return { fault }
  const expression = new RegExp(`^${pattern}$`, 'iu')
  return { read: (text) => toParts(expression.exec(text)?.groups, yearsFrom) }
}

/** Whether a form names the day. A form that was refused names none. */
export function hasDay(format: string): boolean {
  return [...format.matchAll(PIECE)].some(([piece]) => piece === 'DD' || piece === 'D')
}

function tokenOf(piece: string): string {
  return /^S+$/.test(piece) ? 'S' : piece
}

/** The part of a date that a token is. */
function partOf(token: string): string {
  return token.charAt(0).replace('H', 'h')
}

function findFault(tokens: readonly string[], yearsFrom: number | null): FormatFault | null {
  const has = (part: string): boolean => tokens.some((token) => token.startsWith(part))
  if (!has('Y')) return { kind: 'lacks', text: 'YYYY' }
  if (tokens.includes('YY') && yearsFrom === null) return { kind: 'years', text: 'YY' }
  if (!has('M')) return { kind: 'lacks', text: 'MM' }
  if (has('h') && !has('A')) return { kind: 'lacksHalf', text: 'A' }
  return has('A') && !has('h') ? { kind: 'lacks', text: 'h' } : null
}

function escapeLiteral(text: string): string {
  // Old files pad with spaces: one space of the form stands for one or more.
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/\s+/g, '\\s+')
}

/** What a database shows for a date or a time; a CSV file that was made from one too. */
const PLAIN =
  /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})(?:[T ](?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.(?<fraction>\d{1,9}))?)? ?(?<offset>Z|[+-]\d{2}(?::?\d{2})?)?)?$/i

/** Reads `2026-03-14`, and `2026-03-14 09:26:53.5-06` with or without its parts behind the minute. */
export const readPlainDate: ReadDate = (text) => toParts(PLAIN.exec(text)?.groups, null)

function toParts(found: Readonly<Record<string, string>> | undefined, yearsFrom: number | null): DateParts | null {
  if (found === undefined) return null
  const { year, shortYear, month, monthName, shortName, day, hour, hour12, half, minute, second, fraction, offset } =
    found
  const read: DateParts = {
    year: year === undefined ? fullYear(Number(shortYear), yearsFrom ?? 0) : Number(year),
    month: month === undefined ? monthOf(monthName ?? shortName ?? '', shortName !== undefined) : Number(month),
    day: day === undefined ? null : Number(day),
    hour: hour12 === undefined ? Number(hour ?? 0) : hourOf(Number(hour12), half ?? ''),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    fraction: fraction ?? '',
    offset: offset === undefined ? null : offsetOf(offset),
  }
  return exists(read) ? read : null
}

function fullYear(year: number, from: number): number {
  return from + ((((year - from) % 100) + 100) % 100)
}

/** The month of a name in Spanish or English; 0 if there is none. `mayShort`: whether an abbreviation is taken too. */
function monthOf(name: string, mayShort: boolean): number {
  const folded = name.toLowerCase().replace(/\.$/, '')
  return MONTHS.get(folded) ?? (mayShort ? SHORT_MONTHS.get(folded) : undefined) ?? 0
}

function hourOf(hour: number, half: string): number {
  if (hour < 1 || hour > 12) return -1
  return (hour % 12) + (half.toLowerCase().startsWith('p') ? 12 : 0)
}

function offsetOf(text: string): number {
  if (text.toUpperCase() === 'Z') return 0
  const digits = text.slice(1).replace(':', '')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0)
  return text.startsWith('-') ? -minutes : minutes
}

/** Returns the number of days of a month of the Gregorian calendar. `month` is 1 to 12. */
export function daysOfMonth(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

function exists({ year, month, day, hour, minute, second, offset }: DateParts): boolean {
  if (year < 1 || month < 1 || month > 12) return false
  if (day !== null && (day < 1 || day > daysOfMonth(year, month))) return false
  if (hour < 0 || hour > 23 || minute > 59 || second > 59) return false
  return offset === null || Math.abs(offset) <= 14 * 60
}

/** Writes a day as `YYYY-MM-DD`. */
export function writeDay(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

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

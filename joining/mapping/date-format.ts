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

type Part =
  | 'year'
  | 'shortYear'
  | 'month'
  | 'monthName'
  | 'day'
  | 'hour'
  | 'hour12'
  | 'minute'
  | 'second'
  | 'fraction'
  | 'half'
  | 'offset'

interface Token {
  readonly part: Part
  readonly pattern: string
}

/** The tokens of a form, the longest first, with what they match. */
export const DATE_TOKENS: Readonly<Record<string, Token>> = {
  YYYY: { part: 'year', pattern: '\\d{4}' },
  YY: { part: 'shortYear', pattern: '\\d{2}' },
  MMMM: { part: 'monthName', pattern: '\\p{L}+' },
  MMM: { part: 'monthName', pattern: '\\p{L}+\\.?' },
  MM: { part: 'month', pattern: '\\d{2}' },
  M: { part: 'month', pattern: '\\d{1,2}' },
  DD: { part: 'day', pattern: '\\d{2}' },
  D: { part: 'day', pattern: '\\d{1,2}' },
  HH: { part: 'hour', pattern: '\\d{2}' },
  H: { part: 'hour', pattern: '\\d{1,2}' },
  hh: { part: 'hour12', pattern: '\\d{2}' },
  h: { part: 'hour12', pattern: '\\d{1,2}' },
  mm: { part: 'minute', pattern: '\\d{2}' },
  ss: { part: 'second', pattern: '\\d{2}' },
  S: { part: 'fraction', pattern: '\\d{1,9}' },
  A: { part: 'half', pattern: '[ap]\\.? ?m\\.?' },
  Z: { part: 'offset', pattern: 'Z|[+-]\\d{2}(?::?\\d{2})?' },
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
  const parts: { readonly part: Part; readonly token: string }[] = []
  let pattern = ''
  for (const [piece] of format.matchAll(PIECE)) {
    const token = DATE_TOKENS[/^S+$/.test(piece) ? 'S' : piece]
    if (token !== undefined) {
      if (parts.some(({ part }) => nameOf(part) === nameOf(token.part)))
        return { fault: { kind: 'twice', text: piece } }
      parts.push({ part: token.part, token: piece })
      pattern += `(${token.pattern})`
    } else if (piece.startsWith('[') && piece.endsWith(']') && piece.length > 1)
      pattern += escapeLiteral(piece.slice(1, -1))
    else if (/^\p{L}+$/u.test(piece) && piece !== 'T') return { fault: { kind: 'unknown', text: piece } }
    else pattern += escapeLiteral(piece)
  }
  const has = new Set(parts.map(({ part }) => part))
  const fault = findFault(has, yearsFrom)
  if (fault !== null) return { fault }
  const expression = new RegExp(`^${pattern}$`, 'iu')
  return { read: (text) => toParts(expression.exec(text), parts, yearsFrom) }
}

/** Whether a form names the day. A form that was refused names none. */
export function hasDay(format: string): boolean {
  return [...format.matchAll(PIECE)].some(([piece]) => DATE_TOKENS[piece]?.part === 'day')
}

function findFault(has: ReadonlySet<Part>, yearsFrom: number | null): FormatFault | null {
  if (!has.has('year') && !has.has('shortYear')) return { kind: 'lacks', text: 'YYYY' }
  if (has.has('shortYear') && yearsFrom === null) return { kind: 'years', text: 'YY' }
  if (!has.has('month') && !has.has('monthName')) return { kind: 'lacks', text: 'MM' }
  if (has.has('hour12') && !has.has('half')) return { kind: 'lacksHalf', text: 'A' }
  if (has.has('half') && !has.has('hour12')) return { kind: 'lacks', text: 'h' }
  return null
}

/** Two tokens for one thing, such as MM and MMMM, cannot be in one form. */
function nameOf(part: Part): string {
  const same: Partial<Record<Part, string>> = { shortYear: 'year', monthName: 'month', hour12: 'hour' }
  return same[part] ?? part
}

function escapeLiteral(text: string): string {
  // Old files pad with spaces: one space of the form stands for one or more.
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/\s+/g, '\\s+')
}

function toParts(
  match: RegExpExecArray | null,
  parts: readonly { readonly part: Part; readonly token: string }[],
  yearsFrom: number | null,
): DateParts | null {
  if (match === null) return null
  const found: Partial<Record<Part, string>> = {}
  for (const [index, { part }] of parts.entries()) found[part] = match[index + 1] ?? ''
  const nameToken = parts.find(({ part }) => part === 'monthName')?.token
  const read: DateParts = {
    year: found.year === undefined ? fullYear(Number(found.shortYear), yearsFrom ?? 0) : Number(found.year),
    month: found.month === undefined ? monthOf(found.monthName ?? '', nameToken === 'MMM') : Number(found.month),
    day: found.day === undefined ? null : Number(found.day),
    hour: found.hour12 === undefined ? Number(found.hour ?? 0) : hourOf(Number(found.hour12), found.half ?? ''),
    minute: Number(found.minute ?? 0),
    second: Number(found.second ?? 0),
    fraction: found.fraction ?? '',
    offset: found.offset === undefined ? null : offsetOf(found.offset),
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

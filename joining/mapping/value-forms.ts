import countries from 'i18n-iso-countries'
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' }
import spanish from 'i18n-iso-countries/langs/es.json' with { type: 'json' }
import { isCountryCode } from '../../contract/country-code.ts'
import { iccsLevel } from '../../contract/iccs.ts'
import { isRecordId } from '../../contract/record-id.ts'
import type { FieldType } from '../../contract/records/record-kind.ts'
import { isIccsCode } from '../../contract/scalars.ts'
import type { Say } from '../../contract/words.ts'
import type { Cell, CountryNaming, ReadRule } from './mapping.ts'

/** The last step of a rule: from a text to a value that the contract takes. */

/** What the rules of a run share. */
export interface RuleContext {
  /** The country's code. */
  readonly country: string
  /** The time zone of times that say none; null if the mapping has none. */
  readonly zone: Zone | null
  /** When the run began, RFC 3339. */
  readonly startedAt: string
  readonly say: Say
}

/** Why a value is refused. */
export class Refused {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

/** How many values a reason lists. */
const MAX_LISTED = 12

/** Lists values for a reason. */
export function listTexts(texts: readonly string[], say: Say): string {
  const more = texts.length - MAX_LISTED
  const listed = texts
    .slice(0, MAX_LISTED)
    .map((text) => (text === '' ? '""' : text))
    .join(', ')
  return more > 0 ? say('reason.andMore', { listed, more }) : listed
}

/** Turns a text into the contract's value. */
export type ReadForm = (text: string) => Cell | Refused

/** The greatest whole number that the tables hold. */
const MAX_WHOLE = 2_147_483_647

/** The longest text that is read as a number: thousands of digits would take long, and be refused anyway. */
const MAX_DIGITS = 60

/** Compiles the last step of a rule for a field. For a list, it is the step of each item. */
export function compileForm(type: FieldType, rule: ReadRule, context: RuleContext): ReadForm {
  const { say } = context
  switch (type.kind) {
    case 'list':
      return compileForm(type.of, rule, context)
    case 'date':
      return compileDay(rule, context)
    case 'moment':
      return compileMoment(rule, context)
    case 'whole':
      return compileWhole(rule, say)
    case 'country':
      return compileCountry(rule, say)
    case 'id':
    case 'reference':
      return (text) => readId(text, type, context)
    case 'enum':
      return (text) =>
        type.values.includes(text) ? text : new Refused(say('reason.word', { words: listTexts(type.values, say) }))
    case 'boolean':
      return (text) => readBoolean(text) ?? new Refused(say('reason.boolean'))
    case 'iccs':
      return (text) => readIccs(text, say)
    case 'subdivision':
      return (text) => (isSubdivision(text) ? text : new Refused(say('reason.subdivision')))
    case 'rowId':
      return boundText(MAX_ROW_ID, say)
    default:
      return type.most === undefined ? (text) => text : boundText(type.most, say)
  }
}

/** How long a row's own id may be: it must fit into an index. */
const MAX_ROW_ID = 200

function boundText(most: number, say: Say): ReadForm {
  const refused = new Refused(say('reason.tooLong', { most }))
  return (text) => (text.length > most ? refused : text)
}

function readBoolean(text: string): boolean | undefined {
  const small = text.toLowerCase()
  if (small === 'true' || small === 't' || small === '1') return true
  return small === 'false' || small === 'f' || small === '0' ? false : undefined
}

/** Whether a text has the form of a code of ISO 3166-2: a country and up to three letters or digits. */
export function isSubdivision(text: string): boolean {
  return /^[A-Z]{2}-[A-Z0-9]{1,3}$/.test(text) && isCountryCode(text.slice(0, 2))
}

/** Whether a text has the form of a code of the ICCS that exists: there is no level of three digits. */
export function isIccs(text: string): boolean {
  return isIccsCode(text) && iccsLevel(text) !== null
}

function readIccs(text: string, say: Say): Cell | Refused {
  if (isIccs(text)) return text
  return new Refused(/^\d$|^\d{3}$/.test(text) ? say('reason.iccsZero') : say('reason.iccs'))
}

function readId(text: string, type: FieldType, { country, say }: RuleContext): Cell | Refused {
  const prefix = text.charAt(2) === ':' && isCountryCode(text.slice(0, 2)) ? text.slice(0, 2) : null
  const isForeign = prefix !== null && prefix !== country
  if (type.kind === 'id' && isForeign) return new Refused(say('reason.foreignId', { own: country, other: prefix }))
  if (type.kind === 'reference' && type.owner === 'other' && !isForeign)
    return new Refused(say('reason.ownId', { own: country }))
  const id = prefix === null ? `${country}:${text}` : text
  return isRecordId(id) ? id : new Refused(say('reason.id'))
}

function compileCountry({ countries }: ReadRule, say: Say): ReadForm {
  if (countries === null) return (text) => (isCountryCode(text) ? text : new Refused(say('reason.countryCode')))
  const refused = new Refused(say('reason.countryName', { languages: countries.join(', ') }))
  return (text) => {
    const code = findCountry(text, countries)
    return code !== undefined && isCountryCode(code) ? code : refused
  }
}

function compileWhole({ number }: ReadRule, say: Say): ReadForm {
  const { decimal, thousands, times } = number ?? { decimal: '.', thousands: null, times: 1 }
  const group = thousands === null ? '' : `(?:[${thousands.replace(/[\\\]^-]/g, '\\$&')}]\\d{3})*`
  const form = new RegExp(
    thousands === null ? `^(\\d+)(?:[${decimal}](\\d+))?$` : `^(\\d{1,3}${group}|\\d+)(?:[${decimal}](\\d+))?$`,
  )
  return (text) => {
    const [, whole, decimals = ''] = text.length > MAX_DIGITS ? [] : (form.exec(text) ?? [])
    if (whole === undefined) return new Refused(number === null ? say('reason.whole') : say('reason.number'))
    const digits = thousands === null ? whole : whole.replaceAll(thousands, '')
    // In whole numbers, so that 0,1 times 30 is 3.
    const scale = 10n ** BigInt(decimals.length)
    const product = BigInt(digits + decimals) * BigInt(times)
    const value = product / scale
    return product % scale !== 0n || value > BigInt(MAX_WHOLE) ? new Refused(say('reason.whole')) : Number(value)
  }
}

function compileDay(rule: ReadRule, { zone, say }: RuleContext): ReadForm {
  const refused = new Refused(say('reason.day', { format: rule.format ?? 'YYYY-MM-DD' }))
  const noZone = new Refused(say('reason.noZone'))
  const read = readerOf(rule)
  return (text) => {
    const parts = read(text)
    if (parts === null) return refused
    const { year, month } = parts
    if (parts.day === null) return writeDay(year, month, rule.day === 'last' ? daysOfMonth(year, month) : 1)
    if (parts.offset === null) return writeDay(year, month, parts.day)
    // The day on which a moment falls depends on where one is.
    if (zone === null) return noZone
    const local = new Date(zone.toLocal(asUtc(parts) - parts.offset * 60_000))
    return writeDay(local.getUTCFullYear(), local.getUTCMonth() + 1, local.getUTCDate())
  }
}

function compileMoment(rule: ReadRule, context: RuleContext): ReadForm {
  const { zone, say } = context
  const refused = new Refused(say('reason.moment', { format: rule.format ?? 'YYYY-MM-DD HH:MM:SS' }))
  const noZone = new Refused(say('reason.noZone'))
  const read = readerOf(rule)
  return (text) => {
    const parts = read(text)
    if (parts === null) return refused
    const local = asUtc(parts)
    if (parts.offset === null && zone === null) return noZone
    const utc = parts.offset === null ? (zone?.toUtc(local) ?? local) : local - parts.offset * 60_000
    const fraction = parts.fraction === '' ? '' : `.${parts.fraction.slice(0, 6)}`
    const at = new Date(utc)
    if (at.getUTCFullYear() < 1 || at.getUTCFullYear() > 9999) return refused
    return `${at.toISOString().slice(0, 19)}${fraction}Z`
  }
}

/** @throws {Error} for a form that the parser would have refused. */
function readerOf({ format, yearsFrom }: ReadRule): ReadDate {
  if (format === null) return readPlainDate
  const compiled = compileDateFormat(format, yearsFrom)
  if ('read' in compiled) return compiled.read
  throw new Error(`expected a form of dates; came ${format}`)
}

/** The time of the parts as if it were UTC, in milliseconds since 1970. */
function asUtc({ year, month, day, hour, minute, second }: DateParts): number {
  const at = new Date(0)
  at.setUTCFullYear(year, month - 1, day ?? 1)
  return at.setUTCHours(hour, minute, second)
}

/** Countries by their names in Spanish and English, and by their three-letter codes. */

countries.registerLocale(english)
countries.registerLocale(spanish)

const found = new Map<string, string | undefined>()

/** There are some 2,000 names of countries in both languages; other texts are not remembered for ever. */
const MAX_NAMES = 10_000

/**
 * Finds the code of a country. Upper and lower case are the same; accents count.
 * @returns ISO 3166-1 alpha-2; undefined if the text names no country in one of these ways.
 */
export function findCountry(name: string, namings: readonly CountryNaming[]): string | undefined {
  const key = `${namings.join(' ')} ${name}`
  if (found.has(key)) return found.get(key)
  if (found.size >= MAX_NAMES) found.clear()
  const code = namings.map((naming) => findIn(name, naming)).find((each) => each !== undefined)
  found.set(key, code)
  return code
}

function findIn(name: string, naming: CountryNaming): string | undefined {
  if (naming !== 'alpha-3') return countries.getAlpha2Code(name, naming)
  return /^[A-Z]{3}$/.test(name) ? countries.alpha3ToAlpha2(name) : undefined
}

/**
 * Reads dates and times in the forms in which old databases write them. A form is compiled once; what it reads is checked against the calendar. Nothing is
 * guessed: a text of another form gives null.
 */

/** What a text says. Fields that the form does not have are null. `fraction` is the digits after the second's point. */
interface DateParts {
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

/** The number of each month by its name in Spanish and English, in small letters. */
const MONTHS = new Map([
  ...['es', 'en'].flatMap((language) => {
    const { format } = new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' })
    return Array.from({ length: 12 }, (_, at) => [format(Date.UTC(2000, at)).toLowerCase(), at + 1] as const)
  }),
  ['setiembre', 9] as const,
])

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
const readPlainDate: ReadDate = (text) => toParts(PLAIN.exec(text)?.groups, null)

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
interface Zone {
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

import countries from 'i18n-iso-countries'
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' }
import spanish from 'i18n-iso-countries/langs/es.json' with { type: 'json' }
import { isCountryCode } from '../../contract/country-code.ts'
import { iccsLevel } from '../../contract/iccs.ts'
import { isRecordId } from '../../contract/record-id.ts'
import type { FieldType } from '../../contract/records/record-kind.ts'
import { isIccsCode } from '../../contract/scalars.ts'
import type { Say } from '../../contract/words.ts'
import {
  compileDateFormat,
  type DateParts,
  daysOfMonth,
  type ReadDate,
  readPlainDate,
  writeDay,
  type Zone,
} from './date-format.ts'
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

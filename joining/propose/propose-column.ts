/** Proposes the rule of a column by what it holds. Which field it is, is left to a person, unless its values are words of one. */

import { isCountryCode } from '../../contract/country-code.ts'
import { foldText } from '../mapping/clean-text.ts'
import { type CountryNaming, findCountry } from '../mapping/country-names.ts'
import { TODO } from '../mapping/mapping-schema.ts'
import { isSubdivision } from '../mapping/value-forms.ts'
import { type ColumnProfile, type FoundDates, PLAIN_FORMAT } from './profile.ts'
import { guessNationality, guessValue, VALUED_FIELDS } from './value-lexicon.ts'
import type { ProposeWords } from './words.ts'
import { flow, type Line, scalar } from './yaml-lines.ts'

/** More values than this stand below each other. */
const MAX_IN_LINE = 3

const NAMINGS: readonly CountryNaming[] = ['es', 'en', 'alpha-3']

/** A line, and the field that it is of if the values say it. */
interface Proposed {
  readonly field?: string
  readonly rule: string | readonly Line[]
  readonly remarks: readonly string[]
}

/**
 * Proposes the line of a column.
 * @param used the fields that other columns of the table are. The field of this one is added.
 */
export function proposeColumn(column: ColumnProfile, used: Set<string>, say: ProposeWords): Line {
  const { name, kind, filled } = column
  if (kind === 'binary') return { text: '', comment: say('binary', { name }) }
  if (filled === 0) return { text: '', comment: say('empty', { name }) }
  const { field, rule, remarks } = proposeRule(column, say)
  const isFree = field !== undefined && !used.has(field)
  if (isFree) used.add(field)
  const key = isFree ? (field.split('.').at(-1) ?? field) : scalar(`${TODO} ${name}`)
  const all = [...(isFree ? [say('guess', { field })] : []), ...remarks, ...warnOf(column, say)]
  const comment = all.length === 0 ? {} : { comment: all.join('; ') }
  return typeof rule === 'string'
    ? { text: `${key}: ${rule}`, ...comment }
    : { text: `${key}:`, ...comment, below: rule }
}

function proposeRule(column: ColumnProfile, say: ProposeWords): Proposed {
  const { name, kind, dates, isDateLike, values } = column
  const plain = scalar(name)
  if (dates !== null) return proposeDate(plain, dates, say)
  if (kind === 'text' && isDateLike) {
    return { rule: writeRule(plain, [['format', TODO]]), remarks: [say('unknownDates')] }
  }
  if (kind === 'boolean' || values === null) return { rule: plain, remarks: [say(`kinds.${kind}`)] }
  const texts = [...values.keys()]
  if (texts.every(isSubdivision)) return { field: 'subdivision', rule: plain, remarks: [] }
  if (texts.every(isCountryCode)) return { rule: plain, remarks: [say('countries')] }
  const naming = NAMINGS.find((each) => texts.every((text) => findCountry(text, [each]) !== undefined))
  if (naming !== undefined) return { rule: writeRule(plain, [['countries', naming]]), remarks: [say('countries')] }
  const field = guessField(texts)
  const guess = (text: string): string | undefined => {
    if (field !== undefined) return guessValue(field, foldText(text))
    return findCountry(text, NAMINGS) ?? guessNationality(foldText(text)) ?? guessValue('boolean', foldText(text))
  }
  const isKnown = field === undefined && texts.every((text) => guess(text) !== undefined)
  const known = field === undefined && !isKnown ? () => undefined : guess
  return { ...(field !== undefined && { field }), rule: writeValues(plain, values, known), remarks: [] }
}

/** The field that knows the most values, and at least half of them. Undefined if none does, or several know as many. */
function guessField(texts: readonly string[]): string | undefined {
  const scored = VALUED_FIELDS.map((field) => ({
    field,
    known: texts.filter((text) => guessValue(field, foldText(text)) !== undefined).length,
  })).toSorted((a, b) => b.known - a.known)
  const [best, second] = scored
  if (best === undefined || best.known * 2 < texts.length || best.known === second?.known) return undefined
  return best.field
}

function proposeDate(name: string, { formats, misfits, first, last }: FoundDates, say: ProposeWords): Proposed {
  const [format = PLAIN_FORMAT] = formats
  const remarks = [
    ...(first <= last ? [say('days', { first, last })] : []),
    ...(misfits > 0 ? [say('otherForms', { rows: misfits })] : []),
  ]
  if (format === PLAIN_FORMAT) return { rule: name, remarks }
  if (formats.some((each) => isOtherOrder(format, each))) {
    return {
      rule: writeRule(name, [['format', TODO]]),
      remarks: [say('ambiguousDate', { formats: formats.join(' / ') })],
    }
  }
  const isShort = /(?<!Y)YY(?!Y)/.test(format)
  return {
    rule: writeRule(name, [['format', scalar(format)], ...(isShort ? [['yearsFrom', TODO] as const] : [])]),
    remarks: [...remarks, ...(isShort ? [say('century')] : [])],
  }
}

/** Whether another form that fits as well has day and month in the other order. */
function isOtherOrder(format: string, other: string): boolean {
  const isDayFirst = (each: string): boolean => each.indexOf('D') < each.indexOf('M')
  return !format.startsWith('Y') && !other.startsWith('Y') && isDayFirst(other) !== isDayFirst(format)
}

/** What is doubtful about the values, whatever they are. */
function warnOf({ dates, placeholders, garbled, values, filled }: ColumnProfile, say: ProposeWords): readonly string[] {
  const told = values === null ? [...placeholders].map(([text, count]) => `${JSON.stringify(text)} ${count}`) : []
  // Nearly all days of less than 18 years ago are days of the office, not of births.
  const births =
    dates !== null && dates.minors > 0 && dates.minors * 2 < filled ? [say('minors', { rows: dates.minors })] : []
  return [
    ...(dates !== null && dates.doubtful > 0 ? [say('doubtfulDays', { rows: dates.doubtful })] : []),
    ...births,
    ...(told.length > 0 ? [say('placeholders', { values: told.join(', ') })] : []),
    ...(garbled > 0 ? [say('garbled', { rows: garbled })] : []),
  ]
}

function writeRule(name: string, entries: readonly (readonly [string, string])[]): string {
  return flow([['column', name], ...entries])
}

/** `values` with each value that the column has, and what it may mean. */
function writeValues(
  name: string,
  values: ReadonlyMap<string, number>,
  guess: (text: string) => string | undefined,
): Proposed['rule'] {
  const guesses = [...values].map(([value, count]) => ({ value, count, meaning: guess(value) ?? TODO }))
  if (guesses.length <= MAX_IN_LINE && guesses.every(({ value }) => value.length < 20)) {
    return writeRule(name, [['values', flow(guesses.map(({ value, meaning }) => [scalar(value), meaning]))]])
  }
  const below = guesses.map(({ value, count, meaning }) => ({
    text: `${scalar(value)}: ${meaning}`,
    comment: String(count),
  }))
  return [{ text: `column: ${name}` }, { text: 'values:', below }]
}

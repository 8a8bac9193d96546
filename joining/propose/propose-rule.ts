/** Proposes the rule of a field for the column that fits it. */

import { isCountryCode } from '../../contract/country-code.ts'
import type { FieldSpec, FieldType, RecordKindName } from '../../contract/records/record-kind.ts'
import { foldText } from '../mapping/clean-text.ts'
import { type CountryNaming, findCountry } from '../mapping/country-names.ts'
import { isIccs, isSubdivision } from '../mapping/value-forms.ts'
import { TODO } from '../mapping/yaml-report.ts'
import { nameWords } from './name-words.ts'
import { type ColumnProfile, PLAIN_FORMAT } from './profile.ts'
import type { ProposeWords } from './propose-words.ts'
import { guessNationality, guessValue } from './value-lexicon.ts'
import { flow, type Line, scalar } from './yaml-lines.ts'

/** More values than this stand below each other. */
const MAX_IN_LINE = 3

/** Proposes the lines of a field. */
export function proposeField(kind: RecordKindName, field: FieldSpec, column: ColumnProfile, words: ProposeWords): Line {
  const { key, type } = field
  const name = scalar(column.name)
  switch (type.kind) {
    case 'date':
    case 'moment':
      return proposeDate(field, name, column, words)
    case 'enum':
      return withWords(
        proposeValues(
          key,
          name,
          column,
          words,
          (value) => guessValue(`${kind}.${key}`, value),
          emptyKey(field, column),
        ),
        type.values,
      )
    case 'boolean':
      if (column.kind === 'boolean') return { text: `${key}: ${name}` }
      return proposeValues(key, name, column, words, (value) => guessValue('boolean', value))
    case 'list':
      return proposeList(key, name, type.of, column, words)
    case 'country':
      return proposeCountry(key, name, column, words)
    case 'subdivision':
      if (hasOnly(column, isSubdivision)) return { text: `${key}: ${name}` }
      return {
        ...proposeValues(key, name, column, words, () => undefined, [['fold', 'true']]),
        comment: words.subdivision,
      }
    case 'iccs':
      return hasOnly(column, isIccs)
        ? { text: `${key}: ${name}` }
        : {
            text: `${key}: ${flow([
              ['column', name],
              ['crosswalk', TODO],
            ])}`,
          }
    case 'text':
      return { text: `${key}: ${name}`, ...(isCode(column) && { comment: words.code }) }
    default:
      return { text: `${key}: ${name}` }
  }
}

/** Asks how persons are protected, if the sample has minors and no column says it. */
export function proposeProtection(
  kind: RecordKindName,
  matches: readonly { readonly field: FieldSpec; readonly column: ColumnProfile }[],
  words: ProposeWords,
): readonly Line[] {
  const minors = matches.find(({ field }) => field.key === 'birthDate')?.column.minors ?? 0
  const isSaid = matches.some(({ field }) => field.key === 'protected')
  if (kind !== 'persons' || minors === 0 || isSaid) return []
  return [{ text: `protected: ${TODO}`, comment: words.minors(minors) }]
}

/** A field that the contract requires says what a row without a value gets; else the whole row would be refused. */
function emptyKey({ isRequired }: FieldSpec, { filled }: ColumnProfile): readonly (readonly [string, string])[] {
  return isRequired === true && filled > 0 && filled < 1 ? [['default', TODO]] : []
}

/** The words of the contract, for whoever must decide what a value means. */
function withWords(line: Line, known: readonly string[]): Line {
  const isOpen = JSON.stringify(line).includes(TODO)
  return isOpen ? { ...line, comment: known.join(' ') } : line
}

function proposeDate({ key, isRequired }: FieldSpec, name: string, column: ColumnProfile, words: ProposeWords): Line {
  const { kind, formats, misfits, isDateLike } = column
  const [format, other] = formats
  const open = {
    text: `${key}: ${flow([
      ['column', name],
      ['format', TODO],
    ])}`,
  }
  if (kind === 'text' && format === undefined && isDateLike) return { ...open, comment: words.unknownDates }
  const remarks = misfits === 0 ? [] : [words.otherForms(misfits, isRequired !== true)]
  if (kind === 'date' || kind === 'time' || format === PLAIN_FORMAT || format === undefined) {
    return withRemarks({ text: `${key}: ${name}` }, remarks)
  }
  if (other !== undefined && isOtherOrder(format, formats)) {
    return withRemarks(open, [`${formats.join(' / ')}: ${words.ambiguousDate}`, ...remarks])
  }
  const isShort = /(?<!Y)YY(?!Y)/.test(format)
  const years: readonly (readonly [string, string])[] = isShort ? [['yearsFrom', TODO]] : []
  const text = `${key}: ${flow([['column', name], ['format', scalar(format)], ...years])}`
  return withRemarks({ text }, [...(isShort ? [words.century] : []), ...remarks])
}

function withRemarks(line: Line, remarks: readonly string[]): Line {
  return remarks.length === 0 ? line : { ...line, comment: remarks.join('; ') }
}

/** Whether another form that fits as well has day and month in the other order. */
function isOtherOrder(format: string, formats: readonly string[]): boolean {
  const isDayFirst = (each: string): boolean => each.indexOf('D') < each.indexOf('M')
  const isYearFirst = (each: string): boolean => each.startsWith('Y')
  return formats.some((each) => !isYearFirst(each) && !isYearFirst(format) && isDayFirst(each) !== isDayFirst(format))
}

function proposeList(key: string, name: string, of: FieldType, column: ColumnProfile, words: ProposeWords): Line {
  if (of.kind === 'country') return proposeCountry(key, name, column, words)
  if (of.kind !== 'enum') return { text: `${key}: ${name}` }
  return proposeValues(key, name, column, words, () => undefined)
}

/** `values` with each value that the sample has, and what it may mean. */
function proposeValues(
  key: string,
  name: string,
  { values }: ColumnProfile,
  words: ProposeWords,
  guess: (folded: string) => string | undefined,
  more: readonly (readonly [string, string])[] = [],
): Line {
  if (values === null || values.size === 0)
    return { text: `${key}: ${flow([['column', name], ...more, ['values', flow([[TODO, TODO]])]])}` }
  const guesses = [...values].map(([value, count]) => ({ value, count, meaning: guess(foldText(value)) }))
  if (guesses.length <= MAX_IN_LINE && guesses.every(({ value }) => value.length < 20)) {
    const table = flow(guesses.map(({ value, meaning }) => [scalar(value), meaning ?? TODO]))
    return { text: `${key}: ${flow([['column', name], ...more, ['values', table]])}` }
  }
  return {
    text: `${key}:`,
    below: [
      { text: `column: ${name}` },
      ...more.map(([each, value]) => ({ text: `${each}: ${value}` })),
      {
        text: 'values:',
        below: guesses.map(({ value, count, meaning }) => ({
          text: `${scalar(value)}: ${meaning ?? TODO}`,
          comment: `${count}${meaning === undefined ? '' : `, ${words.guess}`}`,
        })),
      },
    ],
  }
}

function proposeCountry(key: string, name: string, column: ColumnProfile, words: ProposeWords): Line {
  if (hasOnly(column, isCountryCode)) return { text: `${key}: ${name}` }
  const { values } = column
  if (values === null)
    return {
      text: `${key}: ${flow([
        ['column', name],
        ['countries', '[es, en]'],
      ])}`,
    }
  const namings: readonly CountryNaming[] = ['es', 'en', 'alpha-3']
  const naming = namings.find((each) => hasOnly(column, (value) => findCountry(value, [each]) !== undefined))
  if (naming !== undefined)
    return {
      text: `${key}: ${flow([
        ['column', name],
        ['countries', naming],
      ])}`,
    }
  return proposeValues(key, name, column, words, (value) => findCountry(value, namings) ?? guessNationality(value))
}

/** Whether a column holds the number of something in another table, and not its name. */
function isCode({ name, kind }: ColumnProfile): boolean {
  return kind === 'number' || nameWords(name).includes('codigo')
}

function hasOnly({ values }: ColumnProfile, accepts: (value: string) => boolean): boolean {
  return values !== null && values.size > 0 && [...values.keys()].every(accepts)
}

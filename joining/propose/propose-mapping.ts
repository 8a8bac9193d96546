import { isCountryCode } from '../../contract/country-code.ts'
import { readWords } from '../../contract/read-words.ts'
import type { Say } from '../../contract/words.ts'
import { showText } from '../../service/show-text.ts'
import type { CountryNaming } from '../mapping/mapping.ts'
import { TODO } from '../mapping/mapping-schema.ts'
import { foldText } from '../mapping/read-text.ts'
import { findCountry, isSubdivision, onlyZoneOf, zonesOf } from '../mapping/value-forms.ts'
import type { SourceKey } from '../sources/source.ts'
import { type ColumnProfile, type FoundDates, PLAIN_FORMAT, type TableProfile } from './profile.ts'

/** Proposes a mapping from the tables of a source, by what their columns hold. */

/** What a proposal is made for. */
export interface ProposalRequest {
  /** ISO 3166-1 alpha-2; null if nobody said it. */
  readonly country: string | null
  /** Where the rows come from, for the comment: without a password. */
  readonly label: string
  readonly source: ProposedSource
  /** The path of the JSON Schema, for editors. */
  readonly schema: string
  readonly tables: readonly TableProfile[]
  readonly say: Say
}

/** The `source:` of a proposal. */
export type ProposedSource =
  | {
      readonly kind: 'SQL'
      /** Without its password. */
      readonly url: string
      /** From the folder of the proposal; TODO if the password was not given by a file; null if there is none. */
      readonly passwordFile: string | null
    }
  | ({ readonly kind: 'CSV' } & ProposedFile)
  /** Several files, by the names of their tables. */
  | { readonly kind: 'FILES'; readonly files: ReadonlyMap<string, ProposedFile> }

/** A CSV file of a proposal. */
export interface ProposedFile {
  /** The path from the folder of the proposal. */
  readonly file: string
  readonly encoding: string | null
  readonly delimiter: string
}

type ForeignKey = Extract<SourceKey, { readonly kind: 'FOREIGN' }>

/** Proposes a mapping. Pure: what it knows of the rows is in the profiles. @returns YAML with comments, and how often it says TODO. */
export function proposeMapping({ country, label, source, schema, tables, say }: ProposalRequest) {
  const lines: readonly Line[] = [
    { text: '', comment: `yaml-language-server: $schema=${schema}` },
    ...say('head', { source: label })
      .split('\n')
      .map((comment) => ({ text: '', comment })),
    { text: `country: ${country ?? TODO}` },
    ...zoneLine(country, say),
    sourceLine(source, say),
    { text: '' },
    {
      text: 'provenance:',
      below: [
        { text: `agency: { value: ${TODO} }`, comment: say('agency') },
        { text: `handling: [${TODO}]`, comment: say('handling') },
        { text: `sharedWith: ${TODO}`, comment: say('sharedWith') },
      ],
    },
    ...tables.flatMap((table) => [{ text: '' }, proposeTable(table, source, say)]),
  ]
  const text = writeLines(lines)
  return { text, todos: countTodos(text) }
}

function zoneLine(country: string | null, say: Say): readonly Line[] {
  if (country === null || country === 'UN') return []
  const only = onlyZoneOf(country)
  if (only !== null) return [{ text: '', comment: say('onlyZone', { zone: only }) }]
  return [{ text: `zone: ${TODO}`, comment: say('notOneZone', { zones: zonesOf(country).join(', ') }) }]
}

function sourceLine(source: ProposedSource, say: Say): Line {
  if (source.kind === 'CSV') return { text: `source: ${fileForm(source)}` }
  if (source.kind === 'FILES') return { text: 'source: { csv: {} }', comment: say('severalFiles') }
  const sql = ['sql', JSON.stringify(source.url)] as const
  if (source.passwordFile === null) return { text: `source: ${flow([sql])}` }
  return { text: `source: ${flow([sql, ['passwordFile', scalar(source.passwordFile)]])}`, comment: say('password') }
}

function fileForm({ file, encoding, delimiter }: ProposedFile): string {
  const form: readonly (readonly [string, string])[] = [
    ['file', JSON.stringify(file)],
    ...(encoding === null ? [] : [['encoding', encoding] as const]),
    ...(delimiter === ',' ? [] : [['delimiter', JSON.stringify(delimiter)] as const]),
  ]
  return flow([['csv', flow(form)]])
}

/** The section of a table: which records its rows are, is for a person to say. */
function proposeTable(table: TableProfile, source: ProposedSource, say: Say): Line {
  const { name, rows, columns } = table
  const file = source.kind === 'FILES' ? source.files.get(name) : undefined
  const from = file === undefined ? scalar(name) : fileForm(file)
  const id = findId(table)
  const ids = id.length === 1 ? id.map((column) => column.name) : []
  const keys = table.keys.filter((key): key is ForeignKey => key.kind === 'FOREIGN' && key.columns.length > 1)
  const parts = new Set([...keys.flatMap((key) => key.columns), ...(id.length > 1 ? id.map((each) => each.name) : [])])
  const times = source.kind === 'SQL' ? columns.filter(({ kind }) => kind === 'time').map((column) => column.name) : []
  const used = new Set<string>()
  return {
    text: `${scalar(`${TODO} ${name}`)}:`,
    comment: say('section', { rows: rows.toLocaleString('en-GB') }),
    below: [
      ...(source.kind === 'CSV' ? [] : [{ text: `from: ${from}` }]),
      idLine(table, id, say),
      ...(times.length === 0 ? [] : [{ text: '', comment: say('since', { columns: times.join(', ') }) }]),
      ...keys.map((key) => ({
        text: `${scalar(`${TODO} ${key.references.table}`)}: ${templateOf(key.columns)}`,
        comment: namesOf(key.references, say),
      })),
      ...columns
        .filter((column) => !ids.includes(column.name) && !parts.has(column.name))
        .map((column) => {
          const named = namedBy(table, column)
          if (named === null) return proposeColumn(column, used, say)
          const key = scalar(`${TODO} ${column.name}`)
          return { text: `${key}: ${scalar(column.name)}`, comment: namesOf(named, say) }
        }),
      ...(parts.size === 0 ? [] : [{ text: '', comment: say('inKeys', { columns: [...parts].join(', ') }) }]),
    ],
  }
}

function namesOf({ table, columns }: ForeignKey['references'], say: Say): string {
  return say('names', { table, columns: columns.join(', ') })
}

/** The table whose rows a column names, by a key of the catalog. */
function namedBy({ keys }: TableProfile, { name }: ColumnProfile): ForeignKey['references'] | null {
  const key = keys.find((each) => each.kind === 'FOREIGN' && each.columns.length === 1 && each.columns[0] === name)
  return key?.kind === 'FOREIGN' ? key.references : null
}

/** The columns of the primary key. Without one, the first column that has a value of its own in each row. */
function findId({ keys, columns, rows }: TableProfile): readonly ColumnProfile[] {
  const primary = keys.find(({ kind }) => kind === 'PRIMARY')
  if (primary !== undefined) return primary.columns.flatMap((name) => columns.filter((column) => column.name === name))
  return columns.filter(({ isUnique, filled, dates }) => isUnique && filled === rows && dates === null).slice(0, 1)
}

function idLine(table: TableProfile, id: readonly ColumnProfile[], say: Say): Line {
  const [only] = id
  if (only === undefined) return { text: `id: ${TODO}`, comment: say('noId') }
  const names = id.map(({ name }) => name)
  if (id.length > 1) return { text: `id: ${templateOf(names)}`, comment: say('severalKeys') }
  const isKey = table.keys.some(({ kind }) => kind === 'PRIMARY')
  const remarks = [
    ...(isKey ? [] : [say('uniqueId')]),
    ...(only.shape === null
      ? []
      : [say('otherIds', { rows: only.shape.others, pattern: JSON.stringify(`^(?<id>${only.shape.pattern})$`) })]),
  ]
  return { text: `id: ${scalar(only.name)}`, ...(remarks.length > 0 && { comment: remarks.join('; ') }) }
}

/** Writes what makes an id of several columns. */
function templateOf(columns: readonly string[]): string {
  return flow([['template', JSON.stringify(columns.map((name) => `{${name}}`).join('-'))]])
}

function countTodos(text: string): number {
  const code = text.split('\n').map((line) => line.replace(/(?:^|\s)#.*$/, ''))
  return code.join('\n').match(/\bTODO\b/g)?.length ?? 0
}

/** Proposes the rule of a column by what it holds. Which field it is, is left to a person, unless its values are words of one. */

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
export function proposeColumn(column: ColumnProfile, used: Set<string>, say: Say): Line {
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

function proposeRule(column: ColumnProfile, say: Say): Proposed {
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

function proposeDate(name: string, { formats, misfits, first, last }: FoundDates, say: Say): Proposed {
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
function warnOf({ dates, placeholders, garbled, values, filled }: ColumnProfile, say: Say): readonly string[] {
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

/** Guesses what words of old databases mean in the contract, by value-lexicon.yaml. A person confirms each guess. */

interface ValueLexicon {
  /** The words of each value, by the kind and key of the field, or `boolean`. */
  readonly values: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly nationalities: Readonly<Record<string, string>>
}

const { values: VALUES, nationalities: NATIONALITIES } = readWords<ValueLexicon>(
  new URL('value-lexicon.yaml', import.meta.url),
)

/** The fields whose values have words: `cases.status`. */
export const VALUED_FIELDS: readonly string[] = Object.keys(VALUES).filter((field) => field !== 'boolean')

/**
 * Guesses what a word of a source means.
 * @param field the kind and the key: `cases.status`; or `boolean`.
 * @param folded the word, folded.
 * @returns the contract's value; undefined if it is none of the words.
 */
export function guessValue(field: string, folded: string): string | undefined {
  const words = Object.entries(VALUES[field] ?? {})
  return words.find(([value, texts]) => value.toLowerCase() === folded || texts.split('|').includes(folded))?.[0]
}

/** The longest ending of a word for the people of a country: `uruguayos`, `dominicana`. */
const MAX_ENDING = 3

/** Guesses which country a word for a nationality names. @param folded the word, folded. */
export function guessNationality(folded: string): string | undefined {
  if (/[^a-z]/.test(folded)) return undefined
  const found = Object.entries(NATIONALITIES).find(([, beginnings]) =>
    beginnings.split('|').some((each) => folded.startsWith(each) && folded.length - each.length <= MAX_ENDING),
  )
  return found?.[0]
}

/** Writes YAML with comments, as a person would. */

/** A line of a proposal, or a block of lines below it. */
export interface Line {
  readonly text: string
  readonly comment?: string
  readonly below?: readonly Line[]
}

/** Words that YAML reads as something else than text. */
const RESERVED = /^(?:true|false|null|~|yes|no|on|off|y|n)$/i

/** Writes a text as a scalar or a key of YAML: in quotes only if it needs them. */
export function scalar(text: string): string {
  const isPlain = /^[\p{L}_][\p{L}\p{N}_.-]*(?: [\p{L}\p{N}_.()/-]+)*$/u.test(text) && !RESERVED.test(text)
  return isPlain ? text : JSON.stringify(text)
}

/** Writes a map in one line: `{ column: estado, fold: true }`. */
export function flow(entries: readonly (readonly [string, string])[]): string {
  return `{ ${entries.map(([key, value]) => `${key}: ${value}`).join(', ')} }`
}

/** Joins lines to a text. */
export function writeLines(lines: readonly Line[], indent = ''): string {
  return lines
    .map(({ text, comment, below }) => {
      // A name of the source may be in it. On a line of its own, it would be a key of the mapping.
      const said = comment === undefined ? '' : showText(comment).replaceAll('\n', ' ')
      const remark = comment === undefined ? '' : text === '' ? `# ${said}` : ` # ${said}`
      const head = text === '' && comment === undefined ? '\n' : `${indent}${text}${remark}\n`
      return head + (below === undefined ? '' : writeLines(below, `${indent}  `))
    })
    .join('')
}

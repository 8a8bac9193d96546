import type { Language } from '../../contract/language.ts'
import type { FieldType } from '../../contract/records/record-kind.ts'
import { kindOf } from '../../contract/records/records.ts'
import type { Say } from '../../contract/words.ts'
import { closestTo } from '../../service/closest-to.ts'
import type { SourceRow } from '../sources/source.ts'
import {
  type Cell,
  type ColumnPlan,
  type Feed,
  type Mapping,
  NOW,
  type ReadRule,
  type RecordPlan,
  type Refusal,
  type RowReader,
  type TableRow,
  type ValueRule,
} from './mapping.ts'
import { cleanText, compileText, foldText, isStorable, numberKey, type RowNumbers, readColumnsOf } from './read-text.ts'
import { compileForm, listTexts, openZone, Refused, type RuleContext } from './value-forms.ts'
import { mappingWords } from './words.ts'

/** Runs a mapping over the rows of a source. Pure but for the numbers of rows: a row of the source gives rows of the contract's tables, or a refusal. */

/** What a run gives to its readers. */
export interface RunSettings {
  /** When the run began, RFC 3339 in UTC. */
  readonly startedAt: string
  /** The language of the reasons for refusals. */
  readonly language: Language
}

interface CompiledColumn {
  readonly plan: ColumnPlan
  readonly read: ReadField
}

interface CompiledRecord {
  readonly plan: RecordPlan
  readonly columns: readonly CompiledColumn[]
  /** The columns of the source that say whether the row has such a record at all; empty if each row has one. */
  readonly own: readonly string[]
}

/** Creates the reader of one feed for one run. */
export function createRowReader(mapping: Mapping, feed: Feed, { startedAt, language }: RunSettings): RowReader {
  const say = mappingWords(language)
  const zone = mapping.zone === null ? null : openZone(mapping.zone)
  const context: RuleContext = { country: mapping.country, zone, startedAt, say }
  const records = feed.records.map((plan) => compileRecord(plan, context))
  const count = createCounter(feed)
  return {
    read(row) {
      // A refused row takes a number too, so that its correction does not change the numbers of other rows.
      const numbers = count(row)
      const rows: TableRow[] = []
      for (const record of records) {
        const made = readRecord(record, row, numbers, say)
        if (made === null) continue
        if ('reason' in made) {
          const refused = { ...made, place: record.plan.place, id: idOf(records, row, numbers) }
          return { refused, record: rows[0] ?? null }
        }
        rows.push(made)
      }
      return { rows }
    },
  }
}

function compileRecord(plan: RecordPlan, context: RuleContext): CompiledRecord {
  const columns = plan.columns.map((each) => ({ plan: each, read: compileRule(each.type, each.rule, context) }))
  const own = plan.columns.filter(({ isOwn }) => isOwn).flatMap(({ rule }) => readColumnsOf(rule))
  return { plan, columns, own: plan.isSkippedIfEmpty ? own : [] }
}

type Fault = Pick<Refusal, 'column' | 'value' | 'reason'>

/** The record of a row; null if the row has none, or if the mapping makes its text empty: then the record above comes without it. */
function readRecord(
  { plan, columns, own }: CompiledRecord,
  row: SourceRow,
  numbers: RowNumbers,
  say: Say,
): TableRow | Fault | null {
  if (own.length > 0 && own.every((column) => cleanText(row[column]) === null)) return null
  const values: Record<string, Cell> = {}
  for (const { plan: each, read } of columns) {
    const value = read(row, numbers)
    if (value instanceof Refused) return faultOf(each, row, value.reason)
    if (value === null && each.isRequired)
      return plan.parent !== null && isMadeEmpty(each, row)
        ? null
        : faultOf(each, row, say('reason.empty', { field: each.field }))
    values[each.column] = value
  }
  return { record: plan, values: kindOf(plan.kind).record?.(values) ?? values }
}

/**
 * Whether the mapping made nothing of a text that the source has, as `values: { SIN CEDULA: null }` does. Only texts are placeholders: a role or a code
 * without a value of the contract is refused, because a victim who is left out would not be protected.
 */
function isMadeEmpty({ type, rule }: ColumnPlan, row: SourceRow): boolean {
  const columns = readColumnsOf(rule)
  return type.kind === 'text' && columns.length > 0 && columns.every((column) => cleanText(row[column]) !== null)
}

function faultOf({ field, rule }: ColumnPlan, row: SourceRow, reason: string): Fault {
  const columns = readColumnsOf(rule)
  const [first] = columns
  const value = columns.map((column) => row[column] ?? '').join(' | ')
  return { column: columns.length === 1 ? (first ?? null) : columns.join(' | ') || field, value: value || null, reason }
}

/** The id of the feed's first record, which may be what is refused. */
function idOf(records: readonly CompiledRecord[], row: SourceRow, numbers: RowNumbers): string | null {
  const [first] = records
  const column = first?.columns.find(({ plan }) => plan.type.kind === 'id' || plan.type.kind === 'rowId')
  const value = (column ?? first?.columns[0])?.read(row, numbers)
  return typeof value === 'string' ? value : null
}

/** Numbers rows within the columns that the templates of a feed name. */
function createCounter({ records }: Feed): (row: SourceRow) => RowNumbers {
  const wanted = new Map<string, readonly string[]>()
  for (const { rule } of records.flatMap(({ columns }) => columns)) {
    for (const within of numberedWithin(rule)) wanted.set(numberKey(within), within)
  }
  const numbers = new Map<string, number>()
  if (wanted.size === 0) return () => numbers
  const counts = new Map<string, number>()
  return (row) => {
    for (const [key, within] of wanted) {
      const group = `${key} ${JSON.stringify(within.map((column) => row[column]?.normalize('NFC').trim() ?? ''))}`
      const count = (counts.get(group) ?? 0) + 1
      counts.set(group, count)
      numbers.set(key, count)
    }
    return numbers
  }
}

function numberedWithin(rule: ValueRule): readonly (readonly string[])[] {
  if (rule.kind === 'constant' || rule.text.kind !== 'template') return []
  return rule.text.parts.flatMap((part) => (part.kind === 'number' ? [part.within] : []))
}

/** A column that a feed reads and its source does not have. */
export interface MissingColumn {
  readonly feed: Feed
  readonly column: string
  /** The column of the source that it may mean. */
  readonly closest: string | undefined
}

/** Lists the columns that a feed reads, and that its source does not have. A run must check them first: a missing column is not an empty one. */
export function findMissingColumns(feed: Feed, columns: readonly string[]): readonly MissingColumn[] {
  const missing = feed.reads.filter((column) => !columns.includes(column))
  return missing.map((column) => ({ feed, column, closest: closestTo(column, columns) }))
}

/** Turns a rule into a function from a row to a value of the contract. Rules are compiled once for a run, because a run reads millions of rows. */

/** The value of a field in a row, or why there is none. */
export type ReadField = (row: SourceRow, numbers: RowNumbers) => Cell | Refused

/** What a text becomes by `values`: undefined if they do not have it. */
type LookUp = (text: string) => Cell | undefined

/** Compiles the rule of a field. A value that is empty is null, also in a field that the contract requires: the row's reader refuses that. */
export function compileRule(type: FieldType, rule: ValueRule, context: RuleContext): ReadField {
  if (rule.kind === 'constant') {
    const value = rule.value === NOW ? context.startedAt : rule.value
    return () => value
  }
  const isList = type.kind === 'list'
  const texts = compileText(rule.text, isList)
  const take = compileSteps(rule)
  const item = compileItem(type, rule, context)
  const whenEmpty = rule.default === NOW ? context.startedAt : rule.default
  const unknown = compileOtherwise(rule, whenEmpty)
  const refusedPattern = new Refused(context.say('reason.pattern', { source: rule.pattern?.source ?? '' }))
  const refusedText = new Refused(context.say('reason.notText'))

  const readOne = (text: string): Cell | Refused => {
    if (!isStorable(text)) return refusedText
    const taken = take(text)
    return taken === null ? unknown(text, refusedPattern) : item(taken, unknown, whenEmpty)
  }
  if (!isList) {
    return (row, numbers) => {
      const [text] = texts(row, numbers)
      return text === undefined ? whenEmpty : readOne(text)
    }
  }
  return (row, numbers) => {
    const pieces = split(texts(row, numbers), rule.split)
    if (pieces.length === 0) return whenEmpty
    const items: string[] = []
    for (const piece of pieces) {
      const value = readOne(piece)
      if (value instanceof Refused) return value
      for (const each of asItems(value)) if (!items.includes(each)) items.push(each)
    }
    return items.length === 0 ? whenEmpty : items
  }
}

type Unknown = (text: string, refused: Refused) => Cell | Refused

function compileOtherwise({ otherwise, values }: ReadRule, whenEmpty: Cell): Unknown {
  switch (otherwise.kind) {
    case 'use':
      return () => otherwise.value
    case 'default':
      // What differs from a known value only in accents or case is probably that value, and its default may be a looser one.
      return (text, refused) => (values !== null && findNear(values, text) !== undefined ? refused : whenEmpty)
    default:
      return (_, refused) => refused
  }
}

/** `pattern` and `replace`. Null if the text does not match the pattern. */
function compileSteps({ pattern, replace }: ReadRule): (text: string) => string | null {
  if (pattern === null && replace.length === 0) return (text) => text
  const expression = pattern === null ? null : new RegExp(pattern.source, 'u')
  return (text) => {
    let taken = text
    if (expression !== null && pattern !== null) {
      const match = expression.exec(text)
      if (match === null) return null
      taken = match.groups?.[pattern.take]?.trim() ?? ''
    }
    for (const [from, to] of replace) taken = taken.replaceAll(from, to)
    return taken.trim()
  }
}

/** `values`, and then the form of the type. */
function compileItem(
  type: FieldType,
  rule: ReadRule,
  context: RuleContext,
): (text: string, unknown: Unknown, whenEmpty: Cell) => Cell | Refused {
  const form = compileForm(type, rule, context)
  const lookUp = compileLookUp(rule)
  const { values } = rule
  const passesOn = values === null || rule.otherwise.kind === 'keep' || hasForm(type, rule)
  return (text, unknown, whenEmpty) => {
    const known = lookUp(text)
    if (known !== undefined) return known
    if (text === '') return whenEmpty
    if (!passesOn) return unknown(text, notListed(values, text, context))
    const value = form(text)
    return value instanceof Refused ? unknown(text, value) : value
  }
}

function notListed(values: ReadonlyMap<string, Cell> | null, text: string, { say }: RuleContext): Refused {
  const near = values === null ? undefined : findNear(values, text)
  if (near !== undefined) return new Refused(say('reason.nearMiss', { known: near }))
  return new Refused(say('reason.notListed', { known: listTexts([...(values?.keys() ?? [])], say) }))
}

function findNear(values: ReadonlyMap<string, Cell>, text: string): string | undefined {
  const folded = foldText(text)
  for (const known of values.keys()) if (foldText(known) === folded) return known
  return undefined
}

/**
 * Whether a type has a form of its own beside `values`, so that `values` only names exceptions: `00/00/0000` among dates. Texts have none, and words,
 * codes of the ICCS and of subdivisions are only what the mapping says.
 */
export function hasForm(type: FieldType, { countries }: Pick<ReadRule, 'countries'>): boolean {
  const { kind } = type.kind === 'list' ? type.of : type
  return (
    kind === 'date' ||
    kind === 'moment' ||
    kind === 'whole' ||
    kind === 'id' ||
    kind === 'reference' ||
    (kind === 'country' && countries !== null)
  )
}

function compileLookUp({ values, isFolded }: ReadRule): LookUp {
  if (values === null) return () => undefined
  if (!isFolded) return (text) => values.get(text)
  const folded = new Map([...values].map(([text, value]) => [foldText(text), value]))
  return (text) => folded.get(foldText(text))
}

function split(texts: readonly string[], separator: string | null): readonly string[] {
  if (separator === null) return texts
  return texts.flatMap((text) => text.split(separator)).flatMap((piece) => (piece.trim() === '' ? [] : [piece.trim()]))
}

function asItems(value: Cell): readonly string[] {
  if (value === null) return []
  return typeof value === 'object' ? value : [String(value)]
}

/** Runs a mapping over the rows of a source. Pure but for the numbers of rows: a row of the source gives rows of the contract's tables, or a refusal. */
import type { Language } from '../../contract/language.ts'
import { kindOf } from '../../contract/records/records.ts'
import { closestTo } from '../../service/closest-to.ts'
import type { SourceRow } from '../sources/source.ts'
import { cleanText } from './clean-text.ts'
import { compileRule, type ReadField } from './compile-rule.ts'
import type { Cell, ColumnPlan, Feed, Mapping, RecordPlan, Refusal, RowReader, TableRow, ValueRule } from './mapping.ts'
import { numberKey, type RowNumbers, readColumnsOf } from './read-text.ts'
import { Refused, type RuleContext } from './value-forms.ts'
import { type MappingWords, mappingWords } from './words.ts'
import { openZone } from './zone.ts'

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
  say: MappingWords,
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

/** Reads the sections of a mapping, `cases:` and the others, with what hangs on them. */

import { isSeq, type Node } from 'yaml'
import {
  type FieldSpec,
  ID,
  needed,
  PROVENANCE_FIELDS,
  type RecordKind,
  SHARED_PROVENANCE,
} from '../../contract/records/record-kind.ts'
import { childrenOf, kindOf } from '../../contract/records/records.ts'
import type { ColumnPlan, Feed, From, RecordPlan, ReferencePlan, TextRule, ValueRule } from './mapping.ts'
import { type ReadRuleResult, readRule } from './read-rule.ts'
import { type ReadSource, readFrom } from './read-source.ts'
import { readColumnsOf } from './rule-columns.ts'
import type { RuleReader } from './rule-reader.ts'
import { standardRule } from './standard-rule.ts'
import {
  type Entry,
  findEntry,
  isEmptyNode,
  readEntries,
  readText,
  readWord,
  rejectUnknownKeys,
} from './yaml-report.ts'

/** What the sections of a mapping share. */
export interface SectionReader extends RuleReader {
  readonly source: ReadSource
  /** The rules of `provenance:` by key; null for one whose problems were noted. */
  readonly provenance: ReadonlyMap<string, ReadRuleResult | null>
  readonly lineOf: (node: Node | null) => number
}

/** The section that another one stands in. */
interface Parent {
  readonly spec: RecordKind
  readonly idRule: ValueRule | null
  readonly repeats: RecordPlan['repeats']
  readonly feed: { readonly from: From | null; readonly since: string | null }
}

/** What a section gives: its own feed if it has one, and those of what hangs on it. */
interface ReadSection {
  /** For the feed of the parent. */
  readonly inline: readonly RecordPlan[]
  readonly feeds: readonly Feed[]
}

const NOTHING: ReadSection = { inline: [], feeds: [] }

/** Reads a section of the top level, or the list of several. Returns its feeds, the parents' before the others. */
export function readSections(spec: RecordKind, entry: Entry, reader: SectionReader): readonly Feed[] {
  return readAll(spec, entry, spec.key, null, reader).feeds
}

/** Reads `provenance:`, which holds for all sections that do not say it themselves. */
export function readProvenance(entry: Entry | undefined, reader: RuleReader): SectionReader['provenance'] {
  const rules = new Map<string, ReadRuleResult | null>()
  if (entry === undefined) return rules
  const entries = readEntries(entry.node, 'provenance', reader.report)
  if (entries === null) return rules
  rejectUnknownKeys(
    entries,
    SHARED_PROVENANCE.map(({ key }) => key),
    'provenance',
    reader.report,
  )
  for (const field of SHARED_PROVENANCE) {
    const given = findEntry(entries, field.key)
    if (given !== undefined) rules.set(field.key, readRule(given.node, field, 'provenance', reader))
  }
  return rules
}

function readAll(
  spec: RecordKind,
  { node, keyNode }: Entry,
  place: string,
  parent: Parent | null,
  reader: SectionReader,
): ReadSection {
  if (!isSeq(node)) return readOne(spec, node, keyNode, place, parent, reader)
  if (node.items.length === 0) reader.report.problem(node, place, reader.report.words.emptyList)
  const read = node.items.map((item, index) => {
    const each = reader.report.resolve(item)
    return readOne(spec, each, each ?? node, `${place}[${index}]`, parent, reader)
  })
  return { inline: read.flatMap(({ inline }) => inline), feeds: read.flatMap(({ feeds }) => feeds) }
}

function readOne(
  spec: RecordKind,
  node: Node | null,
  keyNode: Node,
  place: string,
  parent: Parent | null,
  reader: SectionReader,
): ReadSection {
  const { report } = reader
  const entries = readEntries(node, place, report)
  if (entries === null) return NOTHING
  const children = childrenOf(spec.name)
  rejectUnknownKeys(entries, keysOfSection(spec), place, report)
  const hasFrom = findEntry(entries, 'from') !== undefined
  const isInline = parent !== null && !hasFrom
  const from = isInline ? parent.feed.from : readFrom(findEntry(entries, 'from'), keyNode, place, reader.source, report)
  const since = isInline ? parent.feed.since : readSince(findEntry(entries, 'since'), place, reader)
  if (isInline) rejectFeedKeys(entries, spec, place, reader)
  const tie = parent === null ? null : readTie(spec, entries, keyNode, place, parent, isInline, reader)
  const fields = readFields(spec, entries, keyNode, place, since, reader)
  const repeats = readRepeats(entries, place, isInline ? parent.repeats : 'refuse', reader)
  const own = planRecord(spec, fields, tie, place, isInline, repeats)
  const idRule = fields.find(({ plan }) => plan.type.kind === 'id')?.plan.rule ?? null
  const below = children.flatMap((child) => {
    const entry = findEntry(entries, child.key)
    if (entry === undefined || isEmptyNode(entry.node)) return []
    return [readAll(child, entry, `${place}.${child.key}`, { spec, idRule, repeats, feed: { from, since } }, reader)]
  })
  const records = [own, ...below.flatMap(({ inline }) => inline)]
  const feeds = below.flatMap((each) => each.feeds)
  if (isInline) return { inline: records, feeds }
  if (from === null) return { inline: [], feeds }
  return {
    inline: [],
    feeds: [{ place, line: reader.lineOf(keyNode), from, records, reads: readsOf(records, since), since }, ...feeds],
  }
}

/** Lists the keys that a section of a kind can have. */
export function keysOfSection(spec: RecordKind): readonly string[] {
  const tie = spec.parent === undefined ? [] : [spec.parent.key]
  const own = spec.fields.map(({ key }) => key)
  return ['from', 'since', 'repeats', ...tie, ...own, ...childrenOf(spec.name).map(({ key }) => key)]
}

function readSince(entry: Entry | undefined, place: string, { report }: SectionReader): string | null {
  return entry === undefined ? null : readText(entry.node, `${place}.since`, report, report.words.column)
}

/** In the rows of a record that comes several times, what hangs on it comes several times too. */
function readRepeats(
  entries: readonly Entry[],
  place: string,
  standard: RecordPlan['repeats'],
  { report }: SectionReader,
): RecordPlan['repeats'] {
  const entry = findEntry(entries, 'repeats')
  return (entry === undefined ? null : readWord(entry.node, ['refuse', 'same'], `${place}.repeats`, report)) ?? standard
}

/** Without a `from` of its own, a child stands in its parent's rows. */
function rejectFeedKeys(
  entries: readonly Entry[],
  { parent }: RecordKind,
  place: string,
  { report }: SectionReader,
): void {
  for (const key of ['since', parent?.key]) {
    const entry = key === undefined ? undefined : findEntry(entries, key)
    if (entry !== undefined) report.problem(entry.keyNode, place, report.words.needsFrom(entry.key))
  }
}

/** The column with the parent's id. A child with a `from` of its own has the parent's columns, or says which it has. */
function readTie(
  { parent: tie }: RecordKind,
  entries: readonly Entry[],
  keyNode: Node,
  place: string,
  parent: Parent,
  isInline: boolean,
  reader: SectionReader,
): ColumnPlan | null {
  if (tie === undefined) return null
  const field = needed(tie.key, ID, 'The id of the record above.', 'El identificador del registro superior.', {
    column: tie.column,
  })
  const given = findEntry(entries, tie.key)
  const own = given === undefined || isInline ? null : readRule(given.node, field, place, reader)
  const rule = given === undefined || isInline ? parent.idRule : (own?.rule ?? null)
  if (rule === null) return null
  if (!isInline && given === undefined && countsRows(rule)) {
    reader.report.problem(keyNode, place, reader.report.words.countedParent(tie.key))
  }
  return { column: tie.column, field: tie.key, type: field.type, isRequired: true, isOwn: false, rule }
}

function countsRows(rule: ValueRule): boolean {
  return rule.kind === 'read' && rule.text.kind === 'template' && rule.text.parts.some(({ kind }) => kind === 'number')
}

interface ReadFieldPlan {
  readonly plan: ColumnPlan
  readonly dangling: ReferencePlan['dangling']
}

function readFields(
  spec: RecordKind,
  entries: readonly Entry[],
  keyNode: Node,
  place: string,
  since: string | null,
  reader: SectionReader,
): readonly ReadFieldPlan[] {
  const fields: ReadFieldPlan[] = []
  for (const field of inReadingOrder(spec)) {
    const entry = findEntry(entries, field.key)
    const label = fields.find(({ plan }) => plan.field === 'label')?.plan.rule
    const fallback: TextRule | null = label?.kind === 'read' ? label.text : null
    const given = entry === undefined ? undefined : readRule(entry.node, field, place, reader, fallback)
    const shared = isProvenance(field) ? reader.provenance.get(field.key) : undefined
    // Its problem was noted.
    if (given === null || (given === undefined && shared === null)) continue
    const read =
      given ??
      shared ??
      toResult(
        standardRule(
          field,
          fields.map(({ plan }) => plan),
          since,
          reader.country,
        ),
      )
    if (read === null) {
      if (field.isRequired && field.standard !== 'minor')
        reader.report.problem(keyNode, place, missingField(field, reader))
      continue
    }
    const { rule, dangling } = read
    const isOwn = given !== undefined && rule.kind === 'read'
    fields.push({
      plan: {
        column: field.column,
        field: field.key,
        type: field.type,
        isRequired: field.isRequired === true,
        isOwn,
        rule,
      },
      dangling,
    })
  }
  return fields
}

/** A standard may depend on other fields: the whole name on its parts, the code of a charge on its label. */
function inReadingOrder({ fields }: RecordKind): readonly FieldSpec[] {
  const later = fields.filter(({ key, standard }) => standard === 'names' || key === 'iccs')
  return [...fields.filter((field) => !later.includes(field)), ...later]
}

function toResult(rule: ValueRule | null): ReadRuleResult | null {
  return rule === null ? null : { rule, dangling: 'refuse' }
}

function isProvenance(field: FieldSpec): boolean {
  return SHARED_PROVENANCE.includes(field)
}

function missingField(field: FieldSpec, { report: { words } }: SectionReader): string {
  if (field.key === 'handling') return words.missing(field.key, words.handlingRemedy)
  if (field.key === 'full') return words.missing(field.key, words.fullNameRemedy)
  return words.missing(field.key, words.fieldRemedy(field.key, field.type.kind))
}

function planRecord(
  spec: RecordKind,
  fields: readonly ReadFieldPlan[],
  tie: ColumnPlan | null,
  place: string,
  isInline: boolean,
  repeats: RecordPlan['repeats'],
): RecordPlan {
  const columns = [...(tie === null ? [] : [tie]), ...fields.map(({ plan }) => plan)]
  const lacks = (column: string | undefined): string | null =>
    column === undefined || columns.some((each) => each.column === column) ? null : column
  return {
    kind: spec.name,
    place,
    table: spec.table,
    columns,
    counted: lacks(spec.counted),
    derived: lacks(spec.derived),
    parent: spec.parent === undefined ? null : { column: spec.parent.column, kind: spec.parent.kind },
    references: fields.flatMap(({ plan, dangling }) =>
      plan.type.kind === 'reference' ? [{ column: plan.column, kind: kindOf(plan.type.to).name, dangling }] : [],
    ),
    isSkippedIfEmpty: isInline,
    repeats,
  }
}

function readsOf(records: readonly RecordPlan[], since: string | null): readonly string[] {
  const columns = records.flatMap((record) => record.columns.flatMap(({ rule }) => readColumnsOf(rule)))
  return [...new Set([...columns, ...(since === null ? [] : [since])])]
}

/** Whether a kind has a provenance of its own. */
export function hasProvenance({ fields }: RecordKind): boolean {
  return PROVENANCE_FIELDS.every((field) => fields.includes(field))
}

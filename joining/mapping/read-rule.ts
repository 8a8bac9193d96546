/** Reads the rule of a field: a column, a value, or a map of keys. */

import { isMap, isScalar, isSeq, type Node } from 'yaml'
import { isCountryCode } from '../../contract/country-code.ts'
import type { FieldSpec, FieldType } from '../../contract/records/record-kind.ts'
import {
  type Cell,
  NOW,
  type Otherwise,
  type ReadRule,
  type ReferencePlan,
  type TextRule,
  type ValueRule,
} from './mapping.ts'
import { readConstant } from './read-constant.ts'
import { readDateKeys, readNumberKeys } from './read-form-keys.ts'
import { readPattern } from './read-pattern.ts'
import { readFold, readNamings, readReplace, readValues } from './read-tables.ts'
import { parseTemplate } from './read-template.ts'
import { keysFor, RULE_BEGINNINGS, RULE_KEYS } from './rule-keys.ts'
import type { RuleReader } from './rule-reader.ts'
import {
  type Entry,
  entriesIn,
  findEntry,
  type Report,
  readItems,
  readText,
  readWord,
  rejectUnknownKeys,
  scalarText,
} from './yaml-report.ts'

/** A rule as it was read. */
export interface ReadRuleResult {
  readonly rule: ValueRule
  readonly dangling: ReferencePlan['dangling']
}

/** A rule that takes the text of a column as it is. */
export function columnRule(text: TextRule): ReadRule {
  return {
    kind: 'read',
    text,
    pattern: null,
    replace: [],
    split: null,
    values: null,
    isFolded: false,
    countries: null,
    format: null,
    day: null,
    yearsFrom: null,
    number: null,
    default: null,
    otherwise: { kind: 'refuse' },
  }
}

/**
 * Reads a rule.
 * @param fallback what a crosswalk without a column reads: the label of a charge.
 * @returns null after its problems were noted.
 */
export function readRule(
  node: Node | null,
  field: FieldSpec,
  place: string,
  reader: RuleReader,
  fallback: TextRule | null = null,
): ReadRuleResult | null {
  const { report, country } = reader
  const at = `${place}.${field.key}`
  if (isMap(node)) return readKeys(node, field, at, reader, fallback)
  if (isSeq(node) || !isScalar(node) || typeof node.value !== 'string') {
    const value = readConstant(node, field.type, at, report, country)
    return value === undefined || !isAllowed(value, node, field, at, report)
      ? null
      : asResult({ kind: 'constant', value })
  }
  const word = node.value
  if (looksLikeValue(word, field.type)) {
    report.problem(node, at, report.words.bareValue(word, field.type.kind === 'list'))
    return null
  }
  const column = readText(node, at, report, report.words.column)
  return column === null ? null : asResult(columnRule({ kind: 'column', column }))
}

function asResult(rule: ValueRule): ReadRuleResult {
  return { rule, dangling: 'refuse' }
}

/** A column is hardly ever called `OPEN` or `*`: whoever writes that means the value. */
function looksLikeValue(word: string, type: FieldType): boolean {
  const inner = type.kind === 'list' ? type.of : type
  if (word === '*') return true
  return inner.kind === 'enum' && inner.values.includes(word)
}

/** A field that the contract requires cannot be empty in each row; and all rows cannot have one id. */
function isAllowed(value: Cell | typeof NOW, node: Node | null, field: FieldSpec, at: string, report: Report): boolean {
  if (field.type.kind === 'id' || field.type.kind === 'rowId') {
    report.problem(node, at, report.words.sameId)
    return false
  }
  if (value !== null || field.isRequired === undefined) return true
  report.problem(node, at, report.words.requiredEmpty)
  return false
}

function readKeys(
  node: Node,
  field: FieldSpec,
  at: string,
  reader: RuleReader,
  fallback: TextRule | null,
): ReadRuleResult | null {
  const { report, country } = reader
  const { words } = report
  const before = report.problems.length
  const entries = entriesIn(node, report)
  const known = keysFor(field.type)
  rejectUnknownKeys(entries, known, at, report, (key) => {
    const other = RULE_KEYS.find((each) => each.key === key)
    return other === undefined ? undefined : words.keyForOthers(key, other.for ?? [], field.type.kind)
  })
  const begun = entries.filter(({ key }) => (RULE_BEGINNINGS as readonly string[]).includes(key))
  const [beginning] = begun
  const hasFallback = beginning === undefined && fallback !== null && findEntry(entries, 'crosswalk') !== undefined
  if (begun.length !== 1 && !hasFallback) {
    report.problem(begun[1]?.keyNode ?? node, at, words.oneBeginning(begun.map(({ key }) => key)))
    return null
  }
  if (beginning?.key === 'value') {
    for (const { key, keyNode } of entries)
      if (key !== 'value' && known.includes(key)) report.problem(keyNode, at, words.withValue(key))
    const value = readConstant(beginning.node, field.type, `${at}.value`, report, country)
    if (value === undefined || !isAllowed(value, beginning.node, field, at, report)) return null
    return report.problems.length > before ? null : asResult({ kind: 'constant', value })
  }
  const text = beginning === undefined ? fallback : readTextRule(beginning, entries, field.type, at, reader)
  const rule = text === null ? null : readSteps(entries, text, field, at, reader)
  const missing = findEntry(entries, 'missing')
  const dangling = missing === undefined ? 'refuse' : readDangling(missing, field, at, report)
  return rule === null || dangling === null || report.problems.length > before ? null : { rule, dangling }
}

function readDangling(entry: Entry, field: FieldSpec, at: string, report: Report): ReferencePlan['dangling'] | null {
  if (scalarText(entry.node) === undefined) {
    if (field.isRequired === undefined) return 'null'
    report.problem(entry.keyNode, at, report.words.requiredEmpty)
    return null
  }
  return readMissing(entry, at, report)
}

function readMissing({ node }: Entry, at: string, report: Report): ReferencePlan['dangling'] | null {
  return readWord(node, ['refuse', 'keep', 'null'], `${at}.missing`, report)
}

function readTextRule(
  { key, node }: Entry,
  entries: readonly Entry[],
  type: FieldType,
  at: string,
  { report, country }: RuleReader,
): TextRule | null {
  const { words } = report
  const join = findEntry(entries, 'join')
  if (join !== undefined && (key !== 'columns' || type.kind === 'list'))
    report.problem(join.keyNode, at, words.joinWithoutColumns)
  if (key === 'column') {
    const column = readText(node, `${at}.column`, report, words.column)
    return column === null ? null : { kind: 'column', column }
  }
  if (key === 'columns') return readColumns(node, join, at, report)
  const text = readText(node, `${at}.template`, report)
  if (text === null) return null
  const parts = parseTemplate(text)
  if (typeof parts === 'string') {
    report.problem(node, `${at}.template`, words.template(parts))
    return null
  }
  const [first] = parts
  const prefix = first?.kind === 'literal' ? /^([A-Z]{2}):/.exec(first.text)?.[1] : undefined
  if (type.kind === 'id' && prefix !== undefined && prefix !== country && isCountryCode(prefix)) {
    report.problem(node, `${at}.template`, words.foreignPrefix(prefix, country))
    return null
  }
  return { kind: 'template', parts }
}

function readColumns(node: Node | null, join: Entry | undefined, at: string, report: Report): TextRule | null {
  const items = readItems(node, `${at}.columns`, report)
  if (items === null) return null
  if (items.length === 0) report.problem(node, `${at}.columns`, report.words.emptyList)
  const columns: string[] = []
  for (const item of items) {
    const column = readText(item, `${at}.columns`, report, report.words.column)
    if (column !== null && columns.includes(column)) report.problem(item, `${at}.columns`, report.words.twice(column))
    if (column !== null) columns.push(column)
  }
  return { kind: 'columns', columns, join: scalarText(join?.node ?? null) ?? ' ' }
}

function readSteps(
  entries: readonly Entry[],
  text: TextRule,
  field: FieldSpec,
  at: string,
  reader: RuleReader,
): ReadRule | null {
  const { report } = reader
  const { type } = field
  const isFolded = readFold(findEntry(entries, 'fold'), at, report)
  const values = readValues(entries, field, at, isFolded, reader)
  const split = findEntry(entries, 'split')
  const rule: ReadRule = {
    ...columnRule(text),
    pattern: readPattern(entries, at, report),
    replace: readReplace(findEntry(entries, 'replace'), at, report),
    split: split === undefined ? null : (scalarText(split.node) ?? readText(split.node, `${at}.split`, report)),
    values,
    isFolded,
    countries: readNamings(findEntry(entries, 'countries'), at, report),
    ...readDateKeys(entries, type, at, report),
    number: readNumberKeys(entries, at, report),
  }
  const given = findEntry(entries, 'default')
  const fallback = given === undefined ? null : readConstant(given.node, type, `${at}.default`, report, reader.country)
  if (given !== undefined && fallback === null)
    report.problem(given.node ?? given.keyNode, `${at}.default`, report.words.defaultNull)
  const otherwise = readOtherwise(findEntry(entries, 'else'), values !== null && given !== undefined, field, at, reader)
  return fallback === undefined || otherwise === null ? null : { ...rule, default: fallback, otherwise }
}

function readOtherwise(
  entry: Entry | undefined,
  hasDefault: boolean,
  field: FieldSpec,
  at: string,
  { report, country }: RuleReader,
): Otherwise | null {
  if (entry === undefined) return { kind: hasDefault ? 'default' : 'refuse' }
  const text = scalarText(entry.node)
  if (text === 'refuse' || text === 'keep') return { kind: text }
  const value = readConstant(entry.node, field.type, `${at}.else`, report, country)
  if (value === undefined || value === NOW) return null
  return isAllowed(value, entry.node ?? entry.keyNode, field, at, report) ? { kind: 'use', value } : null
}

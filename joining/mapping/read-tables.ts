/** Reads the keys of a rule that exchange values for others: `values`, `crosswalk`, `replace` and `countries`. */

import { isSeq } from 'yaml'
import type { FieldSpec } from '../../contract/records/record-kind.ts'
import { foldText } from './clean-text.ts'
import type { CountryNaming } from './country-names.ts'
import { type Cell, NOW, type ReadRule } from './mapping.ts'
import { readConstant } from './read-constant.ts'
import type { RuleReader } from './rule-reader.ts'
import {
  describeNode,
  type Entry,
  findEntry,
  type Report,
  readEntries,
  readText,
  readWord,
  scalarText,
} from './yaml-report.ts'

const NAMINGS: readonly CountryNaming[] = ['en', 'es', 'alpha-3']

/** Reads `fold`. */
export function readFold(entry: Entry | undefined, at: string, report: Report): boolean {
  return entry !== undefined && readWord(entry.node, ['true', 'false'], `${at}.fold`, report) === 'true'
}

/** Reads `values` or `crosswalk`; null if the rule has neither, or after their problems were noted. */
export function readValues(
  entries: readonly Entry[],
  { key: field, type }: FieldSpec,
  at: string,
  isFolded: boolean,
  reader: RuleReader,
): ReadonlyMap<string, Cell> | null {
  const { report, country, readCrosswalk } = reader
  const given = findEntry(entries, 'values')
  const crosswalk = findEntry(entries, 'crosswalk')
  if (given !== undefined && crosswalk !== undefined) report.problem(crosswalk.keyNode, at, report.words.bothTables)
  if (crosswalk !== undefined) {
    const file = readText(crosswalk.node, `${at}.crosswalk`, report)
    return file === null
      ? null
      : readCrosswalk({ file, field, type, node: crosswalk.node, place: `${at}.crosswalk`, isFolded })
  }
  if (given === undefined) return null
  const pairs = readEntries(given.node, `${at}.values`, report)
  if (pairs === null) return null
  if (pairs.length === 0) report.problem(given.keyNode, `${at}.values`, report.words.emptyTable)
  const values = new Map<string, Cell>()
  const folded = new Map<string, string>()
  for (const { key: word, keyNode, node } of pairs) {
    const text = word.normalize('NFC').trim()
    const value = readConstant(node, type, `${at}.values.${word}`, report, country)
    const same = isFolded ? folded.get(foldText(text)) : undefined
    if (same !== undefined) report.problem(keyNode, `${at}.values`, report.words.foldsTwice(same, text))
    folded.set(foldText(text), text)
    if (value !== undefined && value !== NOW) values.set(text, value)
  }
  return values
}

/** Reads `replace`. */
export function readReplace(entry: Entry | undefined, at: string, report: Report): ReadRule['replace'] {
  if (entry === undefined) return []
  const pairs = readEntries(entry.node, `${at}.replace`, report) ?? []
  return pairs.flatMap(({ key, keyNode, node }) => {
    if (key === '') report.problem(keyNode, `${at}.replace`, report.words.expected(report.words.text, '«»'))
    const to = scalarText(node)
    if (to === undefined)
      report.problem(
        keyNode,
        `${at}.replace`,
        report.words.expected(report.words.text, describeNode(node, report.words)),
      )
    return [[key, to ?? ''] as const]
  })
}

/** Reads `countries`; null if the rule does not have it. */
export function readNamings(entry: Entry | undefined, at: string, report: Report): ReadRule['countries'] {
  if (entry === undefined) return null
  const items = isSeq(entry.node) ? entry.node.items.map((item) => report.resolve(item)) : [entry.node]
  const read = items.map((item) => readWord(item, NAMINGS, `${at}.countries`, report))
  return read.filter((naming) => naming !== null)
}

/** Reads a mapping file. All that is wrong in it is told at once, with line, column and remedy. */

import { createHash } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import { LineCounter, type Node, parseDocument, type YAMLError } from 'yaml'
import { isCountryCode } from '../../contract/country-code.ts'
import type { Language } from '../../contract/language.ts'
import { kindOf, RECORD_KINDS } from '../../contract/records/records.ts'
import { isTimeZone } from '../../contract/trust/local-day.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { readPlainFile } from '../../service/read-plain-file.ts'
import { UsageError } from '../../service/usage-error.ts'
import { createCrosswalkReader } from './crosswalk.ts'
import type { Feed, Mapping, MappingProblem } from './mapping.ts'
import { readCoverage } from './read-coverage.ts'
import { hasProvenance, readProvenance, readSections, type SectionReader } from './read-section.ts'
import { readSource } from './read-source.ts'
import { PROBLEM_WORDS } from './words.ts'
import {
  createReport,
  describeNode,
  type Entry,
  entriesIn,
  findEntry,
  isEmptyNode,
  type Report,
  readText,
  rejectUnknownKeys,
} from './yaml-report.ts'
import { onlyZoneOf } from './zone.ts'

/** How a mapping is read. */
export interface ParseSettings {
  /** The language of messages. */
  readonly language: Language
  /** Returns the text of a crosswalk, by its path as the mapping has it. */
  readonly readFile: (file: string) => string
}

/** A mapping, or all that is wrong with it, in the order of the file. */
export type ParsedMapping = { readonly mapping: Mapping } | { readonly problems: readonly MappingProblem[] }

/** The kinds with a section at the top of a mapping. */
export const TOP_KINDS = RECORD_KINDS.filter(({ parent }) => parent === undefined)

/** How large a mapping and a crosswalk may be, in bytes: a hundred times as large as one that a person wrote. */
const MAX_FILE = 8_388_608

/** The keys at the top of a mapping beside those of the kinds. */
export const TOP_KEYS = ['country', 'zone', 'source', 'provenance', 'coverage'] as const

/**
 * Parses the text of a mapping.
 * @param path the path of the file, for messages.
 */
export function parseMapping(text: string, path: string, { language, readFile }: ParseSettings): ParsedMapping {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, merge: false })
  const words = PROBLEM_WORDS[language]
  const report = createReport(path, document, lines, words)
  if (document.errors.length > 0) return { problems: document.errors.map((error) => toProblem(error, path, report)) }
  const read: string[] = []
  const readNoting = (file: string): string => {
    const content = readFile(file)
    read.push(content)
    return content
  }
  const root = report.resolve(document.contents)
  const lineOf = (node: Node | null): number => Math.max(1, lines.linePos(node?.range?.[0] ?? 0).line)
  const draft = readRoot(root, report, readNoting, lineOf)
  if (draft === null || report.problems.length > 0) {
    return { problems: report.problems.toSorted((a, b) => a.line - b.line || a.column - b.column) }
  }
  const content = JSON.stringify([text, ...read])
  const sha256 = createHash('sha256').update(content).digest('hex')
  return { mapping: { path, content, sha256, ...draft, warnings: report.warnings } }
}

type Draft = Omit<Mapping, 'path' | 'content' | 'sha256' | 'warnings'>

function toProblem({ message, linePos, code }: YAMLError, path: string, { words }: Report): MappingProblem {
  const [at] = linePos ?? []
  const [reason = ''] = message.split('\n', 1)
  const told =
    code === 'DUPLICATE_KEY' ? words.duplicateKey : words.notYaml(reason.replace(/ at line \d+, column \d+:?$/, ''))
  return { path, line: at?.line ?? 1, column: at?.col ?? 1, message: told }
}

function readRoot(
  root: Node | null,
  report: Report,
  readFile: (file: string) => string,
  lineOf: (node: Node | null) => number,
): Draft | null {
  const { words } = report
  const entries = entriesIn(root, report)
  if (entries.length === 0) {
    report.problem(root, '', words.expected(words.mappingFile, describeNode(root, words)))
    return null
  }
  rejectUnknownKeys(entries, [...TOP_KEYS, ...TOP_KINDS.map(({ key }) => key)], '', report, (key) => {
    const child = RECORD_KINDS.find((kind) => kind.key === key && kind.parent !== undefined)
    return child?.parent === undefined ? undefined : words.belongsUnder(key, kindOf(child.parent.kind).key)
  })
  const country = readCountry(findEntry(entries, 'country'), root, report)
  const zone = readZone(findEntry(entries, 'zone'), country, report)
  const source = readSource(findEntry(entries, 'source'), root, report)
  // With a wrong code, ids are checked as those of any country, so that the code is the only problem.
  const code = country ?? 'UN'
  const rules = { report, country: code, readCrosswalk: createCrosswalkReader(report, code, readFile) }
  const reader: SectionReader = {
    ...rules,
    source,
    provenance: readProvenance(findEntry(entries, 'provenance'), rules),
    lineOf,
  }
  const feeds = TOP_KINDS.flatMap((kind) => {
    const entry = findEntry(entries, kind.key)
    return entry === undefined || isEmptyNode(entry.node) ? [] : readSections(kind, entry, reader)
  })
  const coverage = readCoverage(findEntry(entries, 'coverage'), report)
  if (feeds.length === 0 && coverage === null && report.problems.length === 0)
    report.problem(root, '', words.noSection(TOP_KINDS.map(({ key }) => key)))
  warnOfStandards(feeds, entries, report)
  return { country: code, zone, sql: source.sql, feeds, coverage }
}

function readCountry(entry: Entry | undefined, root: Node | null, report: Report): string | null {
  const { words } = report
  if (entry === undefined) {
    report.problem(root, '', words.missing('country', words.countryRemedy))
    return null
  }
  const text = readText(entry.node, 'country', report, words.forms.country)
  if (text === null || isCountryCode(text)) return text
  report.problem(entry.node, 'country', words.expected(words.forms.country, describeNode(entry.node, words)))
  return null
}

function readZone(entry: Entry | undefined, country: string | null, report: Report): string | null {
  if (entry === undefined) return country === null ? null : onlyZoneOf(country)
  const text = readText(entry.node, 'zone', report, report.words.zone)
  if (text === null || isTimeZone(text)) return text
  report.problem(entry.node, 'zone', report.words.expected(report.words.zone, describeNode(entry.node, report.words)))
  return null
}

/** Tells what a person may not have meant: rows that nobody sees, and a country as the agency. */
function warnOfStandards(feeds: readonly Feed[], entries: readonly Entry[], report: Report): void {
  for (const { place, records } of feeds) {
    const [record] = records
    if (record === undefined || !hasProvenance(kindOf(record.kind))) continue
    const node = findEntry(entries, place.split(/[.[]/, 1).join(''))?.keyNode ?? null
    const isShared = record.columns.some(
      ({ column, rule }) => column === 'shared_with' && !(rule.kind === 'constant' && rule.value === null),
    )
    if (!isShared && record.parent === null) report.warning(node, place, report.words.sharedWithNobody)
    const agency = record.columns.find(({ field }) => field === 'agency')
    if (agency?.rule.kind === 'constant' && /^[A-Z]{2}$/.test(String(agency.rule.value))) {
      report.warning(node, place, report.words.agencyIsCountry(String(agency.rule.value)))
    }
  }
}

/** A mapping file is wrong. The message has a line for each problem. */
export class MappingError extends UsageError {
  readonly problems: readonly MappingProblem[]
  constructor(problems: readonly MappingProblem[]) {
    super(problems.map(formatProblem).join('\n'))
    this.problems = problems
  }
}

/** Writes a problem as compilers do, so that editors find the line. */
export function formatProblem({ path, line, column, message }: MappingProblem): string {
  return `${path}:${line}:${column}: ${message}`
}

/**
 * Reads a mapping file, and the crosswalks that it names.
 * @throws {MappingError} with all that is wrong in it.
 * @throws {UsageError} if the file cannot be read, or is not UTF-8.
 */
export function readMappingFile(path: string, language: Language): Mapping {
  const words = PROBLEM_WORDS[language]
  const read = (file: string): string => readPlainFile(file, MAX_FILE)
  let text: string
  try {
    text = read(path)
  } catch (error) {
    throw new UsageError(`${path}: ${words.noMapping(describeFileError(error))}`, { cause: error })
  }
  const parsed = parseMapping(text, path, { language, readFile: (file) => read(resolve(dirname(path), file)) })
  if ('problems' in parsed) throw new MappingError(parsed.problems)
  return parsed.mapping
}

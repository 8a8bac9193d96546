/** Reads a mapping file. All that is wrong in it is told at once, with line, column and remedy. */

import { createHash } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import { LineCounter, parseDocument, type YAMLError } from 'yaml'
import type { Language } from '../../contract/language.ts'
import { kindOf } from '../../contract/records/records.ts'
import type { Say } from '../../contract/words.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { readPlainFile } from '../../service/read-plain-file.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { Feed, Mapping, MappingProblem } from './mapping.ts'
import { MAPPING_SCHEMA, type Scalar, TOP_KINDS } from './mapping-schema.ts'
import { createCrosswalkReader, isMap } from './read-rule.ts'
import { hasProvenance, readProvenance, readSections, readSource } from './read-section.ts'
import { createReport, type Issue, issuesOf, type Report } from './report.ts'
import { onlyZoneOf } from './value-forms.ts'
import { mappingWords } from './words.ts'

/** How a mapping is read. */
export interface ParseSettings {
  /** The language of messages. */
  readonly language: Language
  /** Returns the text of a crosswalk, by its path as the mapping has it. */
  readonly readFile: (file: string) => string
}

/** A mapping, or all that is wrong with it, in the order of the file. */
export type ParsedMapping = { readonly mapping: Mapping } | { readonly problems: readonly MappingProblem[] }

/** How large a mapping and a crosswalk may be, in bytes: a hundred times as large as one that a person wrote. */
const MAX_FILE = 8_388_608

/**
 * Parses the text of a mapping.
 * @param path the path of the file, for messages.
 */
export function parseMapping(text: string, path: string, { language, readFile }: ParseSettings): ParsedMapping {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, merge: false })
  const say = mappingWords(language)
  if (document.errors.length > 0) return { problems: document.errors.map((error) => toProblem(error, path, say)) }
  const read: string[] = []
  const readNoting = (file: string): string => {
    const content = readFile(file)
    read.push(content)
    return content
  }
  const report = createReport(path, document, lines, say)
  const draft = readRoot(report, readNoting)
  if (draft === null || report.issues.length > 0) return { problems: report.problems() }
  const content = JSON.stringify([text, ...read])
  const sha256 = createHash('sha256').update(content).digest('hex')
  return { mapping: { path, content, sha256, ...draft, warnings: report.warnings() } }
}

type Draft = Omit<Mapping, 'path' | 'content' | 'sha256' | 'warnings'>

function toProblem({ message, linePos, code }: YAMLError, path: string, say: Say): MappingProblem {
  const [at] = linePos ?? []
  const reason = message
    .split('\n', 1)
    .join()
    .replace(/ at line \d+, column \d+:?$/, '')
  const told = code === 'DUPLICATE_KEY' ? say('duplicateKey') : say('notYaml', { reason })
  return { path, line: at?.line ?? 1, column: at?.col ?? 1, message: told }
}

function readRoot(report: Report, readFile: (file: string) => string): Draft | null {
  const { root } = report
  if (!isMap(root) || Object.keys(root).length === 0) {
    report.add({ path: [], word: 'forms.mappingFile' })
    return null
  }
  const found = MAPPING_SCHEMA.safeParse(root)
  for (const issue of issuesOf(found.error?.issues ?? [])) report.add(missingAtTop(issue, root))
  // With a wrong code, ids are checked as those of any country, so that the code is the only problem.
  const country = report.isWrong(['country']) ? 'UN' : String(root.country ?? 'UN')
  const rules = { report, country, readCrosswalk: createCrosswalkReader(report, country, readFile) }
  const source = readSource(root.source, report)
  const reader = { ...rules, source, provenance: readProvenance(root.provenance, rules) }
  const feeds = TOP_KINDS.flatMap((kind) => readSections(kind, root[kind.key], [kind.key], null, reader).feeds)
  const coverage = readCoverage(root.coverage)
  if (feeds.length === 0 && coverage === null && report.issues.length === 0)
    report.add({ path: [], word: 'noSection', values: { known: TOP_KINDS.map(({ key }) => key) } })
  warnOfStandards(feeds, report)
  return {
    country,
    zone: root.zone === undefined ? onlyZoneOf(country) : String(root.zone),
    sql: source.sql,
    feeds,
    coverage,
  }
}

/** A key that the file lacks has no place. */
function missingAtTop(issue: Issue, root: Readonly<Record<string, unknown>>): Issue {
  const [key, ...below] = issue.path
  if (below.length > 0 || issue.isOfKey || String(key) in root) return issue
  return { path: [], word: key === 'country' ? 'noCountry' : 'noSource' }
}

const SUBJECTS = { participations: 'PARTICIPATIONS', statutes: 'STATUTES', iccs: 'ICCS' } as const

/** Reads `coverage:`, which says what the law of a mapping is complete for; null if the mapping does not have it. */
function readCoverage(given: unknown): Mapping['coverage'] {
  if (!isMap(given)) return null
  return Object.entries(SUBJECTS).flatMap(([name, subject]) => {
    const keys = given[name]
    return Array.isArray(keys) ? (keys as readonly Scalar[]).map((key) => ({ subject, key: String(key) })) : []
  })
}

/** Tells what a person may not have meant: rows that nobody sees, and a country as the agency. */
function warnOfStandards(feeds: readonly Feed[], report: Report): void {
  for (const { place, records } of feeds) {
    const [record] = records
    if (record === undefined || !hasProvenance(kindOf(record.kind))) continue
    const path = place.split(/[.[\]]+/).filter((part) => part !== '')
    const warn = (word: string, values = {}): void =>
      report.warn({ path: path.slice(0, 1), word, isOfKey: true, isAbove: false, values })
    const isShared = record.columns.some(
      ({ column, rule }) => column === 'shared_with' && !(rule.kind === 'constant' && rule.value === null),
    )
    if (!isShared && record.parent === null) warn('sharedWithNobody')
    const agency = record.columns.find(({ field }) => field === 'agency')
    if (agency?.rule.kind === 'constant' && /^[A-Z]{2}$/.test(String(agency.rule.value)))
      warn('agencyIsCountry', { code: String(agency.rule.value) })
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
  const say = mappingWords(language)
  const read = (file: string): string => readPlainFile(file, MAX_FILE)
  let text: string
  try {
    text = read(path)
  } catch (error) {
    throw new UsageError(`${path}: ${say('noMapping', { reason: describeFileError(error) })}`, { cause: error })
  }
  const parsed = parseMapping(text, path, { language, readFile: (file) => read(resolve(dirname(path), file)) })
  if ('problems' in parsed) throw new MappingError(parsed.problems)
  return parsed.mapping
}

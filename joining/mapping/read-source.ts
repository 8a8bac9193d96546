/** Reads `source:` and `from:`. */
import { isMap, type Node } from 'yaml'
import { isDatabaseUrl, OTHER_SCHEMES } from '../sources/databases.ts'
import type { CsvSource, From, SqlSource } from './mapping.ts'
import {
  describeNode,
  type Entry,
  entriesIn,
  findEntry,
  type Report,
  readEntries,
  readText,
  rejectUnknownKeys,
  scalarText,
} from './yaml-report.ts'

/** What `source:` says. */
export interface ReadSource {
  readonly sql: SqlSource | null
  /** How CSV files are read, and the file of sections without `from`; null if there are no CSV files. */
  readonly csv: (Omit<CsvSource, 'file'> & { readonly file: string | null }) | null
}

const CSV_KEYS = ['file', 'encoding', 'delimiter', 'quote'] as const

const PLAIN_CSV: Omit<CsvSource, 'file'> = { encoding: null, delimiter: ',', quote: '"' }

/** Reads `source:`. Returns an empty source after its problems were noted. */
export function readSource(entry: Entry | undefined, root: Node | null, report: Report): ReadSource {
  const none = { sql: null, csv: null }
  const { words } = report
  if (entry === undefined) {
    report.problem(root, '', words.missing('source', words.sourceRemedy))
    return none
  }
  const entries = readEntries(entry.node, 'source', report)
  if (entries === null) return none
  rejectUnknownKeys(entries, ['sql', 'passwordFile', 'csv'], 'source', report)
  const [sql, csv, password] = ['sql', 'csv', 'passwordFile'].map((key) => findEntry(entries, key))
  if ((sql === undefined) === (csv === undefined))
    report.problem(entry.keyNode, 'source', words.oneSource(sql !== undefined))
  if (password !== undefined && sql === undefined) report.problem(password.keyNode, 'source', words.passwordWithoutSql)
  return {
    sql: sql === undefined ? null : readSql(sql, password, report),
    csv: csv === undefined ? null : readCsv(csv.node, 'source.csv', PLAIN_CSV, report),
  }
}

function readSql({ node }: Entry, password: Entry | undefined, report: Report): SqlSource | null {
  const url = readText(node, 'source.sql', report)
  const passwordFile = password === undefined ? null : readText(password.node, 'source.passwordFile', report)
  if (url === null) return null
  const { words } = report
  // A socket has no server, but a folder as a parameter.
  if (!isDatabaseUrl(url) || !/^[a-z]+:\/\/([^/]|.*[?&]host=)/i.test(url)) {
    report.problem(node, 'source.sql', words.expected(words.databaseUrl(OTHER_SCHEMES), describeNode(node, words)))
    return null
  }
  const open = url.replaceAll(/\$\{[A-Za-z_][A-Za-z0-9_]*\}/g, '')
  if (open.includes('$')) report.problem(node, 'source.sql', words.badVariable)
  // A password between the colon and the at sign, which is not a variable.
  if (/^[a-z]+:\/\/[^/@:]*:[^/@]+@/i.test(open)) report.warning(node, 'source.sql', words.openPassword)
  if (passwordFile !== null && /^[a-z]+:\/\/[^/@:]*:[^/@]+@/i.test(url))
    report.problem(node, 'source.sql', words.twoPasswords)
  return { url, passwordFile }
}

function readCsv(node: Node | null, place: string, standard: Omit<CsvSource, 'file'>, report: Report) {
  const entries = readEntries(node, place, report)
  if (entries === null) return { ...standard, file: null }
  rejectUnknownKeys(entries, CSV_KEYS, place, report)
  const [file, encoding, delimiter, quote] = CSV_KEYS.map((key) => findEntry(entries, key))
  return {
    file: file === undefined ? null : readText(file.node, `${place}.file`, report),
    encoding: encoding === undefined ? standard.encoding : readEncoding(encoding, place, report),
    delimiter: delimiter === undefined ? standard.delimiter : readLetter(delimiter, place, report),
    quote:
      quote === undefined
        ? standard.quote
        : quote.node === null || scalarText(quote.node) === undefined
          ? null
          : readLetter(quote, place, report),
  }
}

function readEncoding({ node }: Entry, place: string, report: Report): string | null {
  const text = readText(node, `${place}.encoding`, report)
  if (text === null) return null
  try {
    return new TextDecoder(text).encoding
  } catch {
    report.problem(
      node,
      `${place}.encoding`,
      report.words.expected(report.words.encoding, describeNode(node, report.words)),
    )
    return null
  }
}

function readLetter({ key, node }: Entry, place: string, report: Report): string {
  const text = scalarText(node) ?? ''
  // A person who writes a tab in plain YAML writes \t.
  const letter = text === '\\t' ? '\t' : text
  if ([...letter].length !== 1 || letter === '\n') {
    report.problem(
      node,
      `${place}.${key}`,
      report.words.expected(report.words.letter, describeNode(node, report.words)),
    )
  }
  return letter
}

/** Reads the `from` of a section; null after its problems were noted. */
export function readFrom(
  entry: Entry | undefined,
  section: Node | null,
  place: string,
  source: ReadSource,
  report: Report,
): From | null {
  const { words } = report
  const at = `${place}.from`
  const csv = source.csv ?? PLAIN_CSV
  if (entry === undefined) {
    if (source.csv?.file) return { kind: 'csv', csv: { ...source.csv, file: source.csv.file } }
    if (source.sql !== null || source.csv !== null)
      report.problem(section, place, words.missing('from', words.fromRemedy(source.sql !== null)))
    return null
  }
  if (isMap(entry.node)) {
    const entries = entriesIn(entry.node, report)
    rejectUnknownKeys(entries, ['csv'], at, report)
    const given = findEntry(entries, 'csv')
    const read = given === undefined ? null : readCsv(given.node, `${at}.csv`, csv, report)
    if (read?.file) return { kind: 'csv', csv: { ...read, file: read.file } }
    if (read !== null || entries.length === 0) report.problem(entry.node, at, words.missing('csv.file', ''))
    return null
  }
  const text = readText(entry.node, at, report)
  if (text === null) return null
  if (source.sql === null) {
    if (source.csv === null) return null
    if (!/^\s*(select|with)\s/i.test(text)) return { kind: 'csv', csv: { ...csv, file: text } }
    report.problem(entry.node, at, words.selectFromCsv)
    return null
  }
  return readQuery(text.trim(), entry.node, at, report)
}

function readQuery(text: string, node: Node | null, at: string, report: Report): From | null {
  const { words } = report
  if (/^(select|with)\s/i.test(text)) {
    const query = text.replace(/;\s*$/, '')
    if (/;\s*(select|insert|update|delete|drop|alter|create|with|set|truncate)\b/i.test(query)) {
      report.problem(node, at, words.oneStatement)
      return null
    }
    return { kind: 'query', query }
  }
  if (/^(insert|update|delete|drop|alter|create|truncate|call|exec|merge)\s/i.test(text)) {
    report.problem(node, at, words.onlySelect)
    return null
  }
  return { kind: 'table', table: text }
}

/** Reads `source:` and `from:`, whose forms are right (mapping-schema.ts) or known to be wrong. */
import type { CsvSource, From, SqlSource } from './mapping.ts'
import { isEncoding } from './mapping-schema.ts'
import { isMap } from './read-rule.ts'
import type { Path, Report } from './report.ts'

/** How CSV files are read; a section without `from` reads `file`. */
type CsvForm = Omit<CsvSource, 'file'> & { readonly file: string | null }

/** What `source:` says. */
export interface ReadSource {
  readonly sql: SqlSource | null
  readonly csv: CsvForm | null
}

const PLAIN_CSV: CsvForm = { file: null, encoding: null, delimiter: ',', quote: '"' }
const SOURCE: Path = ['source']

/** A password between the colon and the at sign. */
const PASSWORD = /^[a-z]+:\/\/[^/@:]*:[^/@]+@/i

/** Reads `source:`. Returns an empty source if it is not a map. */
export function readSource(given: unknown, report: Report): ReadSource {
  if (!isMap(given)) return { sql: null, csv: null }
  const { sql, csv, passwordFile } = given
  if ((sql === undefined) === (csv === undefined))
    report.add({
      path: SOURCE,
      word: sql === undefined ? 'neitherSource' : 'bothSources',
      isOfKey: true,
      isAbove: false,
    })
  if (passwordFile !== undefined && sql === undefined)
    report.add({ path: [...SOURCE, 'passwordFile'], word: 'passwordWithoutSql', isOfKey: true })
  return {
    sql:
      sql === undefined ? null : readSql(String(sql), passwordFile === undefined ? null : String(passwordFile), report),
    csv: csv === undefined ? null : readCsv(csv, PLAIN_CSV),
  }
}

function readSql(url: string, passwordFile: string | null, report: Report): SqlSource {
  const path = [...SOURCE, 'sql']
  if (report.isWrong(path)) return { url, passwordFile }
  const open = url.replaceAll(/\$\{[A-Za-z_][A-Za-z0-9_]*\}/g, '')
  if (open.includes('$')) report.add({ path, word: 'badVariable' })
  if (PASSWORD.test(open)) report.warn({ path, word: 'openPassword' })
  if (passwordFile !== null && PASSWORD.test(url)) report.add({ path, word: 'twoPasswords' })
  return { url, passwordFile }
}

function readCsv(given: unknown, standard: CsvForm): CsvForm {
  if (!isMap(given)) return standard
  const letter = (value: unknown, or: string): string => {
    if (value === undefined) return or
    // A person who writes a tab in plain YAML writes \t.
    return value === '\\t' ? '\t' : String(value)
  }
  return {
    file: given.file === undefined ? null : String(given.file).normalize('NFC'),
    encoding: given.encoding === undefined ? standard.encoding : encodingOf(String(given.encoding)),
    delimiter: letter(given.delimiter, standard.delimiter),
    quote: given.quote === undefined ? standard.quote : given.quote === null ? null : letter(given.quote, ''),
  }
}

/** The name of an encoding; as it stands there if it is wrong, which is then in the report. */
function encodingOf(label: string): string {
  return isEncoding(label) ? new TextDecoder(label).encoding : label
}

/** Reads the `from` of a section at a path; null if something is wrong with it, which is then in the report. */
export function readFrom(given: unknown, section: Path, { sql, csv }: ReadSource, report: Report): From | null {
  const path = [...section, 'from']
  const tell = (word: string, values = {}): null => {
    report.add({ path, word, values })
    return null
  }
  if (given === undefined) {
    if (csv?.file) return { kind: 'csv', csv: { ...csv, file: csv.file } }
    if (sql !== null || csv !== null)
      report.add({ path: section, word: sql === null ? 'noCsv' : 'noTable', isOfKey: true, isAbove: false })
    return null
  }
  if (report.isWrong(path)) return null
  if (isMap(given)) {
    const read = readCsv(given.csv, csv ?? PLAIN_CSV)
    return read.file !== null && given.csv !== undefined
      ? { kind: 'csv', csv: { ...read, file: read.file } }
      : tell('missing', { key: 'csv.file' })
  }
  const text = String(given).normalize('NFC')
  const isSelect = /^\s*(select|with)\s/i.test(text)
  if (sql === null) {
    if (csv === null) return null
    return isSelect ? tell('selectFromCsv') : { kind: 'csv', csv: { ...csv, file: text } }
  }
  const trimmed = text.trim()
  const query = trimmed.replace(/;\s*$/, '')
  if (isSelect)
    return /;\s*(select|insert|update|delete|drop|alter|create|with|set|truncate)\b/i.test(query)
      ? tell('oneStatement')
      : { kind: 'query', query }
  return /^(insert|update|delete|drop|alter|create|truncate|call|exec|merge)\s/i.test(trimmed)
    ? tell('onlySelect')
    : { kind: 'table', table: trimmed }
}

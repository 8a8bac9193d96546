import {
  type FieldSpec,
  ID,
  needed,
  PROVENANCE_FIELDS,
  type RecordKind,
  SHARED_PROVENANCE,
} from '../../contract/records/record-kind.ts'
import { childrenOf, kindOf } from '../../contract/records/records.ts'
import {
  type ColumnPlan,
  type CsvSource,
  type Feed,
  type From,
  NOW,
  type ReadRule,
  type RecordPlan,
  type ReferencePlan,
  type SqlSource,
  type TextRule,
  type ValueRule,
} from './mapping.ts'
import { isEncoding } from './mapping-schema.ts'
import { columnRule, isMap, type ReadRuleResult, type RuleReader, readRule } from './read-rule.ts'
import { readColumnsOf } from './read-text.ts'
import { formatPath, type Path, type Report } from './report.ts'

/** Reads the sections of a mapping, `cases:` and the others, with what hangs on them. */

/** What the sections of a mapping share. */
export interface SectionReader extends RuleReader {
  readonly source: ReadSource
  /** The rules of `provenance:` by key; null for one that is wrong. */
  readonly provenance: ReadonlyMap<string, ReadRuleResult | null>
}

/** The section that another one stands in. */
interface Parent {
  readonly idRule: ValueRule | null
  readonly repeats: RecordPlan['repeats']
  readonly from: From | null
  readonly since: string | null
}

/** What a section gives: its own feed if it has one, and those of what hangs on it. */
interface ReadSection {
  /** For the feed of the parent. */
  readonly inline: readonly RecordPlan[]
  /** The parents' before the others. */
  readonly feeds: readonly Feed[]
}

/** One section that is read, and what is needed for it. */
interface Reading extends SectionReader {
  readonly spec: RecordKind
  readonly keys: Readonly<Record<string, unknown>>
  readonly path: Path
}

/** Reads `provenance:`, which holds for all sections that do not say it themselves. */
export function readProvenance(given: unknown, reader: RuleReader): SectionReader['provenance'] {
  const said = SHARED_PROVENANCE.filter(({ key }) => isMap(given) && given[key] !== undefined)
  const read = (field: FieldSpec) =>
    readRule((given as Reading['keys'])[field.key], field, ['provenance', field.key], reader)
  return new Map(said.map((field) => [field.key, read(field)]))
}

/** Reads a section, or the list of several. @param parent null at the top of the file. */
export function readSections(
  spec: RecordKind,
  given: unknown,
  path: Path,
  parent: Parent | null,
  reader: SectionReader,
): ReadSection {
  const places = Array.isArray(given)
    ? given.map((keys, at) => [keys as unknown, [...path, at]] as const)
    : [[given, path] as const]
  const read = places.flatMap(([keys, at]) =>
    isMap(keys) ? [readOne({ ...reader, spec, keys, path: at }, parent)] : [],
  )
  return { inline: read.flatMap(({ inline }) => inline), feeds: read.flatMap(({ feeds }) => feeds) }
}

function readOne(reading: Reading, parent: Parent | null): ReadSection {
  const { spec, keys, path, report, source } = reading
  const isInline = parent !== null && keys.from === undefined
  const from = isInline ? parent.from : readFrom(keys.from, path, source, report)
  const ownSince = keys.since === undefined ? null : String(keys.since).normalize('NFC')
  const since = isInline ? parent.since : ownSince
  const repeats = (keys.repeats ?? (isInline ? parent.repeats : 'refuse')) as RecordPlan['repeats']
  // Without a `from` of its own, a child stands in its parent's rows.
  for (const key of ['since', spec.parent?.key]) {
    if (isInline && key !== undefined && key in keys)
      report.add({ path: [...path, key], word: 'needsFrom', isOfKey: true, values: { key } })
  }
  const tie = parent === null ? null : readTie(reading, parent, isInline)
  const fields = readFields(reading, since)
  const place = formatPath(path)
  const own = planRecord(spec, fields, tie, { place, isSkippedIfEmpty: isInline, repeats })
  const idRule = fields.find(({ plan }) => plan.type.kind === 'id')?.plan.rule ?? null
  const below = childrenOf(spec.name).map((child) =>
    readSections(child, keys[child.key], [...path, child.key], { idRule, repeats, from, since }, reading),
  )
  const records = [own, ...below.flatMap(({ inline }) => inline)]
  const feeds = below.flatMap((each) => each.feeds)
  if (isInline) return { inline: records, feeds }
  if (from === null) return { inline: [], feeds }
  const feed = { place, line: report.lineOf(path), from, records, reads: readsOf(records, since), since }
  return { inline: [], feeds: [feed, ...feeds] }
}

function readsOf(records: readonly RecordPlan[], since: string | null): readonly string[] {
  const columns = records.flatMap((record) => record.columns.flatMap(({ rule }) => readColumnsOf(rule)))
  return [...new Set([...columns, ...(since === null ? [] : [since])])]
}

/** The column with the parent's id. A child with a `from` of its own has the parent's columns, or says which it has. */
function readTie({ spec, keys, path, ...reader }: Reading, parent: Parent, isInline: boolean): ColumnPlan | null {
  if (spec.parent === undefined) return null
  const { key, column } = spec.parent
  const field = needed(key, ID, '', '', { column })
  const given = isInline ? undefined : keys[key]
  const own = given === undefined ? null : readRule(given, field, [...path, key], reader)
  const rule = given === undefined ? parent.idRule : (own?.rule ?? null)
  if (rule === null) return null
  const isCounted =
    rule.kind === 'read' && rule.text.kind === 'template' && rule.text.parts.some(({ kind }) => kind === 'number')
  if (!isInline && given === undefined && isCounted)
    reader.report.add({ path, word: 'countedParent', isOfKey: true, isAbove: false, values: { key } })
  return { column, field: key, type: field.type, isRequired: true, isOwn: false, rule }
}

interface ReadFieldPlan {
  readonly plan: ColumnPlan
  readonly dangling: ReferencePlan['dangling']
}

function readFields({ spec, keys, path, ...reader }: Reading, since: string | null): readonly ReadFieldPlan[] {
  const { provenance, report, country } = reader
  const fields: ReadFieldPlan[] = []
  for (const field of inReadingOrder(spec)) {
    const { key, column, type, isRequired = false, standard } = field
    const label = fields.find(({ plan }) => plan.field === 'label')?.plan.rule
    const fallback: TextRule | null = label?.kind === 'read' ? label.text : null
    const given = keys[key] === undefined ? undefined : readRule(keys[key], field, [...path, key], reader, fallback)
    const shared = SHARED_PROVENANCE.includes(field) ? provenance.get(key) : undefined
    // What is wrong with it is in the report.
    if (given === null || (given === undefined && shared === null)) continue
    const before = fields.map(({ plan }) => plan)
    const rule = (given ?? shared)?.rule ?? standardRule(field, before, since, country)
    if (rule === null) {
      const word = missingWord(field)
      if (isRequired && standard !== 'minor') report.add({ path, word, isOfKey: true, isAbove: false, values: { key } })
      continue
    }
    const isOwn = given !== undefined && rule.kind === 'read'
    const dangling = (given ?? shared)?.dangling ?? 'refuse'
    fields.push({ plan: { column, field: key, type, isRequired, isOwn, rule }, dangling })
  }
  return fields
}

/** A standard may depend on other fields: the whole name on its parts, the code of a charge on its label. */
function inReadingOrder({ fields }: RecordKind): readonly FieldSpec[] {
  const later = fields.filter(({ key, standard }) => standard === 'names' || key === 'iccs')
  return [...fields.filter((field) => !later.includes(field)), ...later]
}

function missingWord({ key, type: { kind } }: FieldSpec): string {
  if (key === 'handling') return 'noHandling'
  if (key === 'full') return 'noFullName'
  if (kind === 'id' || kind === 'rowId') return 'noId'
  return kind === 'enum' || kind === 'iccs' ? 'noCode' : 'noField'
}

/**
 * What fills a field that the mapping does not name.
 * @param before the fields of the record that were read already.
 * @param since the column that says when a row changed; null if the feed has none.
 * @returns null if nothing does, or what loads the rows.
 */
function standardRule(
  { standard }: FieldSpec,
  before: readonly ColumnPlan[],
  since: string | null,
  country: string,
): ValueRule | null {
  if (standard === undefined || standard === 'minor') return null
  if (standard === 'own-country') return { kind: 'constant', value: country }
  if (standard === 'names') return joinNames(before)
  if (standard !== 'changed') return { kind: 'constant', value: standard.value }
  // A row that was never changed often has no time of a change.
  return since === null
    ? { kind: 'constant', value: NOW }
    : { ...columnRule({ kind: 'column', column: since }), default: NOW }
}

/** The whole name from its parts, if these are plain columns: a part that a rule changes would be missing in it, or stand in it unchanged. */
function joinNames(before: readonly ColumnPlan[]): ValueRule | null {
  const parts = before.flatMap(({ field, rule }) =>
    (field === 'givenNames' || field === 'surnames') && rule.kind === 'read' ? [rule] : [],
  )
  const columns = parts.flatMap(readColumnsOf)
  return columns.length === 0 || parts.some(isChanged) ? null : columnRule({ kind: 'columns', columns, join: ' ' })
}

function isChanged({ text, pattern, values, replace }: ReadRule): boolean {
  return text.kind === 'template' || pattern !== null || values !== null || replace.length > 0
}

function planRecord(
  spec: RecordKind,
  fields: readonly ReadFieldPlan[],
  tie: ColumnPlan | null,
  plan: Pick<RecordPlan, 'place' | 'isSkippedIfEmpty' | 'repeats'>,
): RecordPlan {
  const columns = [...(tie === null ? [] : [tie]), ...fields.map((field) => field.plan)]
  const lacks = (column: string | undefined): string | null =>
    column === undefined || columns.some((each) => each.column === column) ? null : column
  return {
    ...plan,
    kind: spec.name,
    table: spec.table,
    columns,
    counted: lacks(spec.counted),
    derived: lacks(spec.derived),
    parent: spec.parent === undefined ? null : { column: spec.parent.column, kind: spec.parent.kind },
    references: fields.flatMap(({ plan: { type, column }, dangling }) =>
      type.kind === 'reference' ? [{ column, kind: kindOf(type.to).name, dangling }] : [],
    ),
  }
}

/** Whether a kind has a provenance of its own. */
export function hasProvenance({ fields }: RecordKind): boolean {
  return PROVENANCE_FIELDS.every((field) => fields.includes(field))
}

/** Reads `source:` and `from:`, whose forms are right (mapping-schema.ts) or known to be wrong. */

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

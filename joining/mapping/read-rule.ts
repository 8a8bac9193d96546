/** Reads the rule of a field: a column, a value, or a map of keys. Its form is right (mapping-schema.ts), or what is wrong with it is known. */

import { parse } from 'csv-parse/sync'
import { isCountryCode } from '../../contract/country-code.ts'
import type { FieldSpec } from '../../contract/records/record-kind.ts'
import { closestTo } from '../../service/closest-to.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { unguardCell } from '../decisions/decisions.ts'
import {
  type Cell,
  NOW,
  type Otherwise,
  type ReadRule,
  type ReferencePlan,
  type TextRule,
  type ValueRule,
} from './mapping.ts'
import { type RawRule, type RawValue, RULE_BEGINNINGS, toCell, valueSchema } from './mapping-schema.ts'
import { foldText, parseTemplate } from './read-text.ts'
import { issuesOf, type Path, type Report } from './report.ts'
import { compileDateFormat, hasDay } from './value-forms.ts'

/** What the rules of a mapping need beside their own text. */
export interface RuleReader {
  readonly report: Report
  readonly country: string
  readonly readCrosswalk: ReadCrosswalk
}

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
 * @param given as it stands in the file.
 * @param fallback what a crosswalk without a column reads: the label of a charge.
 * @returns null if something is wrong with it, which is then in the report.
 */
export function readRule(
  given: unknown,
  field: FieldSpec,
  path: Path,
  reader: RuleReader,
  fallback: TextRule | null = null,
): ReadRuleResult | null {
  if (isMap(given)) return readKeys(given, { field, path, ...reader }, fallback)
  if (reader.report.isWrong(path)) return null
  if (typeof given === 'string') return asResult(columnRule({ kind: 'column', column: given.normalize('NFC') }))
  return readConstant(given as RawValue, { field, path, ...reader }, path)
}

/** Whether a value of the file has keys. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function asResult(rule: ValueRule): ReadRuleResult {
  return { rule, dangling: 'refuse' }
}

/** The rule that is read, and what is needed for it. */
interface Reading extends RuleReader {
  readonly field: FieldSpec
  readonly path: Path
}

function readConstant(raw: RawValue, reading: Reading, path: Path): ReadRuleResult | null {
  const value = readCell(raw, reading, path)
  return value === undefined || !isAllowed(value, reading, path) ? null : asResult({ kind: 'constant', value })
}

/** A field that the contract requires cannot be empty in each row; and all rows cannot have one id. */
function isAllowed(value: Cell | typeof NOW, { field, path, report }: Reading, at: Path): boolean {
  const isAbove = at.length > path.length
  if (field.type.kind === 'id' || field.type.kind === 'rowId') report.add({ path: at, word: 'sameId', isAbove })
  else if (value === null && field.isRequired) report.add({ path: at, word: 'requiredEmpty', isAbove })
  else return true
  return false
}

function readCell(raw: RawValue, { field, report, country }: Reading, path: Path): Cell | typeof NOW | undefined {
  const value = toCell(raw, field.type, country)
  if (value === undefined) report.add({ path, word: `forms.${field.type.kind}` })
  return value
}

function readKeys(
  map: Readonly<Record<string, unknown>>,
  reading: Reading,
  fallback: TextRule | null,
): ReadRuleResult | null {
  const { field, path, report } = reading
  const before = report.issues.length
  const isWrong = report.isWrong(path)
  // What is wrong is left out, so that the other keys are still looked at.
  const right = Object.entries(map).filter(([key]) => !report.isWrong([...path, key]))
  const keys: RawRule = Object.fromEntries(right)
  const begun = Object.keys(map).filter((key) => RULE_BEGINNINGS.includes(key))
  const [beginning, second] = begun
  const hasFallback = beginning === undefined && fallback !== null && 'crosswalk' in map
  if (second !== undefined)
    report.add({
      path: [...path, second],
      word: 'twoBeginnings',
      isOfKey: true,
      values: { begun: begun.join(report.say('and')) },
    })
  else if (beginning === undefined && !hasFallback) report.add({ path, word: 'noBeginning' })
  else if (beginning === 'value') {
    for (const key of right.map(([each]) => each)) if (key !== 'value') tellOfKey(reading, key, 'withValue')
    const result = keys.value === undefined ? null : readConstant(keys.value, reading, [...path, 'value'])
    return isWrong || report.issues.length > before ? null : result
  } else {
    const text = hasFallback ? fallback : readTextRule(keys, map, reading)
    const rule = readSteps(keys, text, reading)
    if (keys.missing === null && field.isRequired) tellOfKey(reading, 'missing', 'requiredEmpty')
    const dangling = keys.missing === null ? 'null' : (keys.missing ?? 'refuse')
    return isWrong || report.issues.length > before ? null : { rule, dangling }
  }
  return null
}

function tellOfKey({ path, report }: Reading, key: string, word: string): void {
  report.add({ path: [...path, key], word, isOfKey: true, values: { key } })
}

const NO_TEXT: TextRule = { kind: 'columns', columns: [], join: '' }

function readTextRule(
  { column, columns, template, join }: RawRule,
  map: Readonly<Record<string, unknown>>,
  reading: Reading,
): TextRule {
  const { field, path, report, country } = reading
  const isJoined = 'columns' in map && field.type.kind !== 'list'
  if (join !== undefined && !isJoined) tellOfKey(reading, 'join', 'joinWithoutColumns')
  if (column !== undefined) return { kind: 'column', column: String(column).normalize('NFC') }
  if (columns !== undefined) {
    const names = columns.map((name) => String(name).normalize('NFC'))
    for (const [at, name] of names.entries()) {
      if (names.indexOf(name) < at) report.add({ path: [...path, 'columns', at], word: 'twice', values: { name } })
    }
    return { kind: 'columns', columns: names, join: String(join ?? ' ') }
  }
  if (template === undefined) return NO_TEXT
  const parts = parseTemplate(String(template).normalize('NFC'))
  const at = [...path, 'template']
  if (typeof parts === 'string') {
    report.add({ path: at, word: `template.${parts}` })
    return NO_TEXT
  }
  const [first] = parts
  const prefix = first?.kind === 'literal' ? /^([A-Z]{2}):/.exec(first.text)?.[1] : undefined
  if (field.type.kind === 'id' && prefix !== undefined && prefix !== country && isCountryCode(prefix))
    report.add({ path: at, word: 'foreignPrefix', values: { other: prefix, own: country } })
  return { kind: 'template', parts }
}

function readSteps(keys: RawRule, text: TextRule, reading: Reading): ReadRule {
  const { path, report } = reading
  const values = readValues(keys, reading)
  if (keys.default === null) report.add({ path: [...path, 'default'], word: 'defaultNull' })
  const fallback = keys.default === undefined ? null : readCell(keys.default, reading, [...path, 'default'])
  return {
    ...columnRule(text),
    pattern: readPattern(keys, reading),
    replace: keys.replace === undefined ? [] : readReplace(reading),
    split: keys.split === undefined ? null : String(keys.split),
    values,
    isFolded: keys.fold === true,
    countries: keys.countries === undefined ? null : [keys.countries].flat(),
    ...readDateKeys(keys, reading),
    number: readNumberKeys(keys, reading),
    default: fallback ?? null,
    otherwise: readOtherwise(keys, values !== null && keys.default !== undefined, reading),
  }
}

function readOtherwise({ else: given }: RawRule, hasDefault: boolean, reading: Reading): Otherwise {
  const refuse = { kind: 'refuse' } as const
  if (given === undefined) return hasDefault ? { kind: 'default' } : refuse
  if (given === 'refuse' || given === 'keep') return { kind: given }
  const at = [...reading.path, 'else']
  const value = readCell(given, reading, at)
  if (value === undefined || value === NOW || !isAllowed(value, reading, at)) return refuse
  return { kind: 'use', value }
}

function readReplace({ path, report }: Reading): ReadRule['replace'] {
  const at = [...path, 'replace']
  return report.entries(at).map(([from, to]) => {
    if (from === '') report.add({ path: [...at, from], word: 'forms.text', isOfKey: true })
    return [from, String(to)] as const
  })
}

/** Reads `values` or `crosswalk`; null if the rule has neither, or if something is wrong with it. */
function readValues({ values: given, crosswalk, fold }: RawRule, reading: Reading): ReadonlyMap<string, Cell> | null {
  const { field, path, report, readCrosswalk } = reading
  if (given !== undefined && crosswalk !== undefined) tellOfKey(reading, 'crosswalk', 'bothTables')
  if (crosswalk !== undefined) {
    const at = [...path, 'crosswalk']
    return readCrosswalk({ file: String(crosswalk), field, path: at, isFolded: fold === true })
  }
  if (given === undefined) return null
  const at = [...path, 'values']
  const pairs = report.entries(at)
  if (pairs.length === 0) report.add({ path: at, word: 'emptyTable', isOfKey: true, isAbove: false })
  const values = new Map<string, Cell>()
  const folded = new Map<string, string>()
  for (const [word, raw] of pairs) {
    const text = word.normalize('NFC').trim()
    const value = readCell(raw as RawValue, reading, [...at, word])
    const one = fold === true ? folded.get(foldText(text)) : undefined
    if (one !== undefined)
      report.add({ path: [...at, word], word: 'foldsTwice', isOfKey: true, values: { one, other: text } })
    folded.set(foldText(text), text)
    if (value !== undefined && value !== NOW) values.set(text, value)
  }
  return values
}

/** Reads `pattern` and `take`; null if the rule has none, or if something is wrong with it. */
function readPattern({ pattern, take }: RawRule, reading: Reading): ReadRule['pattern'] {
  const { path, report } = reading
  if (pattern === undefined) {
    if (take !== undefined) tellOfKey(reading, 'take', 'takeWithoutPattern')
    return null
  }
  const source = String(pattern).normalize('NFC')
  const at = [...path, 'pattern']
  const groups = groupsOf(source)
  const [only, ...others] = groups
  if (typeof groups === 'string') report.add({ path: at, word: 'badPattern', values: { reason: groups } })
  else if (only === undefined) report.add({ path: at, word: 'noGroup' })
  else if (take === undefined && others.length > 0) report.add({ path: at, word: 'whichGroup', values: { groups } })
  else if (take !== undefined && !groups.includes(String(take)))
    report.add({ path: [...path, 'take'], word: 'expectedWord', values: { words: groups } })
  else return { source, take: String(take ?? only) }
  return null
}

/** The named groups of a regular expression, or what is wrong with it. */
function groupsOf(source: string): readonly string[] | string {
  try {
    // An empty alternative makes each pattern match, so that its groups can be listed.
    return Object.keys(new RegExp(`${source}|`, 'u').exec('')?.groups ?? {})
  } catch (error) {
    return (error as Error).message.replace(/^Invalid regular expression: /, '').replace(/\|\/u: /, '/: ')
  }
}

/** Reads `format`, `day` and `yearsFrom`. */
function readDateKeys(
  { format, day, yearsFrom: years }: RawRule,
  reading: Reading,
): Pick<ReadRule, 'format' | 'day' | 'yearsFrom'> {
  const { field, path, report } = reading
  const none = { format: null, day: null, yearsFrom: null }
  const yearsFrom = years === undefined ? null : Number(years)
  if (format === undefined) {
    const alone = day !== undefined ? 'day' : years !== undefined ? 'yearsFrom' : undefined
    if (alone !== undefined && !report.isWrong([...path, 'format'])) tellOfKey(reading, alone, 'withoutFormat')
    return none
  }
  const at = [...path, 'format']
  const text = String(format).normalize('NFC')
  const compiled = compileDateFormat(text, yearsFrom)
  if ('fault' in compiled) {
    const { kind, ...values } = compiled.fault
    report.add({ path: at, word: `format.${kind}`, values })
    return none
  }
  const isMoment = field.type.kind === 'moment'
  if (!hasDay(text)) {
    if (day === undefined || isMoment) report.add({ path: at, word: isMoment ? 'noDayOfMoment' : 'noDay' })
  } else if (day !== undefined) tellOfKey(reading, 'day', 'dayTwice')
  return { format: text, day: day ?? null, yearsFrom }
}

/** Reads `decimal`, `thousands` and `times`; null if there is none of them. */
function readNumberKeys({ decimal, thousands, times }: RawRule, { path, report }: Reading): ReadRule['number'] {
  if (decimal === undefined && thousands === undefined && times === undefined) return null
  const point = decimal ?? '.'
  const sign = thousands === undefined ? null : String(thousands)
  if (sign !== null && ([...sign].length !== 1 || /\d/.test(sign) || sign === point))
    report.add({ path: [...path, 'thousands'], word: 'forms.thousands', values: { decimal: point } })
  return { decimal: point, thousands: sign, times: Number(times ?? 1) }
}

/** Reads a crosswalk: a CSV file with the contract's value for each label of a source, such as the code of the ICCS for each national offence. */

/** Which crosswalk is read, and for which field. */
export interface CrosswalkRequest {
  /** As the mapping has it. */
  readonly file: string
  /** The field; its key is the name of the column with the values. */
  readonly field: FieldSpec
  readonly path: Path
  readonly isFolded: boolean
}

/** Reads a crosswalk; null if something is wrong with it, which is then in the report. */
type ReadCrosswalk = (request: CrosswalkRequest) => ReadonlyMap<string, Cell> | null

/** The column with the source's labels. */
const LABEL = 'label'

/** How many rows of a crosswalk that are wrong are told one by one. */
const MAX_TOLD = 20

/**
 * Creates what reads the crosswalks of one mapping.
 * @param readFile returns the text of a file, by its path as the mapping has it. It throws if there is none, or if it is not UTF-8.
 */
export function createCrosswalkReader(
  report: Report,
  country: string,
  readFile: (file: string) => string,
): ReadCrosswalk {
  return (request) => {
    const { file, field, path } = request
    const { say } = report
    const rows = readRows(file, readFile)
    if (typeof rows === 'string') {
      report.add({ path, word: 'noFile', values: { file, reason: rows } })
      return null
    }
    const [head = [], ...lines] = rows
    const missing = [LABEL, field.key].filter((column) => !head.includes(column))
    const [first] = missing
    if (first !== undefined) {
      const closest = closestTo(first, head)
      const hint = closest === undefined ? '' : ` ${say('didYouMean', { closest })}`
      const found = head.join(', ') || say('nothing')
      const values = { file, missing: missing.join(say('and')), head: found, hint }
      report.add({ path, word: 'crosswalkHead', values })
      return null
    }
    return readLines(lines, [head.indexOf(LABEL), head.indexOf(field.key)], request, report, country)
  }
}

/** The rows of a file, or why it has none. */
function readRows(file: string, readFile: (file: string) => string): readonly (readonly string[])[] | string {
  try {
    const text = readFile(file)
    const [head = ''] = text.split('\n', 1)
    const delimiter = head.includes(';') && !head.includes(',') ? ';' : ','
    return parse(text, {
      bom: true,
      delimiter,
      // A file that two programs wrote to has both.
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as string[][]
  } catch (error) {
    return describeFileError(error)
  }
}

function readLines(
  lines: readonly (readonly string[])[],
  [labelAt, valueAt]: readonly [number, number],
  { file, field: { type }, path, isFolded }: CrosswalkRequest,
  report: Report,
  country: string,
): ReadonlyMap<string, Cell> {
  const { say } = report
  const schema = valueSchema(type)
  const values = new Map<string, Cell>()
  const seen = new Map<string, number>()
  let told = 0
  let undecided = 0
  for (const [index, line] of lines.entries()) {
    // Our command guards a label such as «-Robo» against spreadsheets.
    const label = unguardCell(line[labelAt] ?? '').normalize('NFC')
    const text = line[valueAt] ?? ''
    const row = index + 2
    const tell = (message: string): void => {
      told++
      if (told <= MAX_TOLD) report.add({ path, word: 'crosswalkRow', values: { file, row, message } })
    }
    const key = isFolded ? foldText(label) : label
    const before = seen.get(key)
    seen.set(key, row)
    if (before !== undefined) tell(say('crosswalkTwice', { label, before }))
    else if (text === '') undecided++
    else {
      const [wrong] = issuesOf(schema.safeParse(text).error?.issues ?? [])
      const value = wrong === undefined ? toCell(text, type, country) : undefined
      if (value === undefined) tell(report.explain(wrong ?? { word: `forms.${type.kind}` }, text))
      else if (value !== NOW) values.set(label, value)
    }
  }
  if (told > MAX_TOLD) report.add({ path, word: 'crosswalkMore', values: { file, more: told - MAX_TOLD } })
  if (undecided > 0) report.warn({ path, word: 'crosswalkUndecided', values: { file, count: undecided } })
  return values
}

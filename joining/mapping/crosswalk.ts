/** Reads a crosswalk: a CSV file with the contract's value for each label of a source, such as the code of the ICCS for each national offence. */

import { parse } from 'csv-parse/sync'
import type { FieldSpec } from '../../contract/records/record-kind.ts'
import { closestTo } from '../../service/closest-to.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { unguardCell } from '../decisions/read-table.ts'
import { type Cell, NOW } from './mapping.ts'
import { toCell, valueSchema } from './mapping-schema.ts'
import { foldText } from './read-text.ts'
import { issuesOf, type Path, type Report } from './report.ts'

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
export type ReadCrosswalk = (request: CrosswalkRequest) => ReadonlyMap<string, Cell> | null

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

/** Reads a crosswalk: a CSV file with the contract's value for each label of a source, such as the code of the ICCS for each national offence. */

import { parse } from 'csv-parse/sync'
import { type Node, Scalar } from 'yaml'
import type { FieldType } from '../../contract/records/record-kind.ts'
import { closestTo } from '../../service/closest-to.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { unguardCell } from '../decisions/read-table.ts'
import { foldText } from './clean-text.ts'
import { type Cell, NOW } from './mapping.ts'
import { readConstant } from './read-constant.ts'
import type { Report } from './yaml-report.ts'

/** Which crosswalk is read, and for which field. */
export interface CrosswalkRequest {
  /** As the mapping has it. */
  readonly file: string
  /** The key of the field, which is the name of the column with the values. */
  readonly field: string
  readonly type: FieldType
  readonly node: Node | null
  readonly place: string
  readonly isFolded: boolean
}

/** Reads a crosswalk; null after its problems were noted. */
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
    const { file, field, node, place } = request
    const rows = readRows(file, readFile)
    if (typeof rows === 'string') {
      report.problem(node, place, report.words.noFile(file, rows))
      return null
    }
    const [head = [], ...lines] = rows
    const missing = [LABEL, field].filter((column) => !head.includes(column))
    if (missing.length > 0) {
      report.problem(node, place, report.words.crosswalkHead(file, missing, head, closestTo(missing[0] ?? '', head)))
      return null
    }
    return readLines(lines, [head.indexOf(LABEL), head.indexOf(field)], request, report, country)
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
  { file, type, node, place, isFolded }: CrosswalkRequest,
  report: Report,
  country: string,
): ReadonlyMap<string, Cell> {
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
      if (told <= MAX_TOLD) report.problem(node, place, report.words.crosswalkRow(file, row, message))
    }
    const key = isFolded ? foldText(label) : label
    const before = seen.get(key)
    seen.set(key, row)
    if (before !== undefined) tell(report.words.crosswalkTwice(label, before))
    else if (text === '') undecided++
    else {
      const value = readConstant(
        new Scalar(text),
        type,
        '',
        { ...report, problem: (_, __, message) => tell(message) },
        country,
      )
      if (value !== undefined && value !== NOW) values.set(label, value)
    }
  }
  if (told > MAX_TOLD) report.problem(node, place, report.words.crosswalkMore(file, told - MAX_TOLD))
  if (undecided > 0) report.warning(node, place, report.words.crosswalkUndecided(file, undecided))
  return values
}

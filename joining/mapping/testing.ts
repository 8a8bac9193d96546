/** What the tests of mappings share. */
import type { SourceRow } from '../sources/source.ts'
import type { Cell, Mapping } from './mapping.ts'
import { formatProblem, parseMapping } from './parse-mapping.ts'
import { createRowReader } from './row-reader.ts'

/** The moment at which the runs of tests began. */
export const STARTED_AT = '2026-11-27T12:00:00Z'

const NO_FILES = (file: string): string => {
  throw new Error(`there is no ${file}`)
}

/** Parses a mapping that is right. @throws {Error} with its problems if it is not. */
export function parseRight(text: string, readFile: (file: string) => string = NO_FILES): Mapping {
  const parsed = parseMapping(text, 'test.yaml', { language: 'en', readFile })
  if ('mapping' in parsed) return parsed.mapping
  throw new Error(parsed.problems.map(formatProblem).join('\n'))
}

/** A mapping of persons of Nicaragua in a file, with more keys of the section. */
export function personsMapping(keys: string, top = ''): Mapping {
  const section = ['id: id', 'handling: [H1]', 'sharedWith: ["*"]', ...keys.split('\n')].map((line) => `  ${line}\n`)
  return parseRight(`country: NI\n${top}source: { csv: { file: x.csv } }\npersons:\n${section.join('')}`)
}

/** Reads a row by the first feed of a mapping: the values by table, or the reason and the column of the refusal. */
export function readRow(
  mapping: Mapping,
  row: SourceRow,
): Readonly<Record<string, Readonly<Record<string, Cell>>>> | string {
  const [feed] = mapping.feeds
  if (feed === undefined) throw new Error('expected a feed')
  const read = createRowReader(mapping, feed, { startedAt: STARTED_AT, language: 'en' }).read(row)
  if ('refused' in read) return `${read.refused.column}: ${read.refused.reason}`
  return Object.fromEntries(read.rows.map(({ record, values }) => [record.place, values]))
}

/** Reads one column of a person by a rule. A refusal is its reason. */
export function readPersonColumn(rule: string, column: string, row: SourceRow, top = ''): Cell | undefined {
  const read = readRow(personsMapping(rule, top), { id: '1', ...row })
  return typeof read === 'string' ? read : read.persons?.[column]
}

/** Reads a CSV file in which persons decide: as our commands wrote it, and as a spreadsheet saved it afterwards. */
import { readFile } from 'node:fs/promises'
import { type CsvError, parse } from 'csv-parse/sync'
import { describeFileError } from '../../service/describe-error.ts'
import { UsageError } from '../../service/usage-error.ts'

/** One row by the names of the columns, trimmed and in NFC. */
export interface TableRow {
  /** The line on which the row ends, counted from 1. */
  readonly line: number
  readonly fields: Readonly<Record<string, string>>
}

/** A table. */
export interface Table {
  /** The names in the first line, in their order. */
  readonly head: readonly string[]
  readonly rows: readonly TableRow[]
}

/** The longest row, in bytes: a quote that is never closed must not swallow the file. */
const MAX_ROW_BYTES = 65_536

/** What separates fields, the most usual first. Spreadsheets in Spanish write semicolons. */
const DELIMITERS = [',', ';', '\t'] as const

/** What {@link guardCell} puts before a cell that a spreadsheet would run. */
const GUARD = "'"

/** How a cell begins that a spreadsheet takes for a formula (OWASP, CSV Injection), with the guards that it has already. */
const FORMULA = /^'*[=+\-@\t\r]/u

/** How a cell begins that {@link guardCell} guarded. */
const GUARDED = /^'+[=+\-@\t\r]/u

/**
 * Reads a table.
 * @param columns the columns that it must have. It may have others.
 * @throws {UsageError} if it cannot be read, is not UTF-8 or not CSV, lacks a column, or has a row with another number of fields.
 */
export async function readTable(path: string, columns: readonly string[]): Promise<Table> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new UsageError(`${path}: expected a readable CSV file; ${describeFileError(cause)}`, { cause })
  })
  return parseTable(path, decode(path, bytes), columns)
}

/** Reads a table from its text. `path`: for messages. @throws {UsageError} as {@link readTable}. */
export function parseTable(path: string, text: string, columns: readonly string[]): Table {
  const records = parseRecords(path, text)
  const head = (records[0]?.record ?? []).map((name) => name.normalize('NFC').trim())
  const missing = columns.filter((column) => !head.includes(column))
  if (missing.length > 0) {
    const came = head.filter((name) => name !== '').join(', ') || 'nothing'
    throw new UsageError(
      `${path}, line 1: expected the columns ${columns.join(', ')}; came ${came}, without ${missing.join(', ')}`,
    )
  }
  const twice = head.find((name, at) => name !== '' && head.indexOf(name) !== at)
  if (twice !== undefined) throw new UsageError(`${path}, line 1: expected each column once; ${twice} is there twice`)
  return { head, rows: records.slice(1).map(({ record, line }) => toRow(path, head, record, line)) }
}

/** Returns a cell that no spreadsheet takes for a formula. {@link readTable} gives the cell back as it was. */
export function guardCell(cell: string): string {
  return FORMULA.test(cell) ? `${GUARD}${cell}` : cell
}

/** Formats one line of a CSV file (RFC 4180), with a line feed at its end. Cells are guarded. */
export function formatLine(cells: readonly (string | number)[]): string {
  return `${cells.map((cell) => quote(guardCell(String(cell)))).join(',')}\n`
}

function quote(cell: string): string {
  return /[",;\t\r\n]|^\s|\s$/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new UsageError(`${path}: expected UTF-8; came another encoding. Save it again as «CSV UTF-8»`, { cause })
  }
}

function parseRecords(
  path: string,
  text: string,
): readonly { readonly record: readonly string[]; readonly line: number }[] {
  const [first = ''] = text.split('\n', 1)
  const counts = DELIMITERS.map((each) => ({ each, count: first.split(each).length }))
  const { each: delimiter } = counts.reduce((best, next) => (next.count > best.count ? next : best))
  const options = { bom: true, info: true, delimiter, trim: true, skip_empty_lines: true } as const
  try {
    const records = parse(text, { ...options, relax_column_count: true, max_record_size: MAX_ROW_BYTES })
    return (records as unknown as readonly { record: string[]; info: { lines: number } }[]).map(({ record, info }) => ({
      record,
      line: info.lines,
    }))
  } catch (cause) {
    throw new UsageError(`${path}: expected CSV; ${(cause as CsvError).message}`, { cause })
  }
}

function toRow(path: string, head: readonly string[], record: readonly string[], line: number): TableRow {
  // A spreadsheet leaves empty cells at the end of a line away, or adds some.
  const extra = record.slice(head.length).some((cell) => cell !== '')
  if (extra) {
    throw new UsageError(
      `${path}, line ${line}: expected ${head.length} fields; came ${record.length}. Put quotes around a field with a comma`,
    )
  }
  const cells = head.map((name, at) => [name, unguardCell(record[at] ?? '').normalize('NFC')] as const)
  return { line, fields: Object.fromEntries(cells) }
}

/** Returns what a cell was before {@link guardCell} guarded it. */
export function unguardCell(cell: string): string {
  return GUARDED.test(cell) ? cell.slice(GUARD.length) : cell
}

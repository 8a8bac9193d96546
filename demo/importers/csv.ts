import { pipeline, Readable } from 'node:stream'
import { type CsvError, parse } from 'csv-parse'
import { UsageError } from '../../service/usage-error.ts'
import type { TextFile } from './text-file.ts'

/** A row of a CSV file by column name, or why it cannot be read. `line` is the line on which the row ends, counted from 1. */
export type CsvLine =
  | { readonly line: number; readonly fields: Readonly<Record<string, string>> }
  | { readonly line: number; readonly rejected: string }

/** The longest row that is accepted, in bytes: a quote that is never closed must not swallow the file. */
const MAX_FRAME_BYTES = 65_536

/** Errors after which the reader cannot tell where the next row begins: more than one row is lost. */
const FATAL: readonly string[] = ['CSV_QUOTE_NOT_CLOSED', 'CSV_MAX_RECORD_SIZE']

/**
 * Reads a CSV file (RFC 4180, with a header) as a stream. Trims the fields, and leaves out the columns that `columns` does not name.
 * @throws {UsageError} when the header lacks a column, or the rest of the file cannot be split into rows.
 */
export async function* readCsv(file: TextFile, columns: readonly string[]): AsyncGenerator<CsvLine> {
  const skipped: CsvLine[] = []
  let fatal: CsvError | undefined
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    trim: true,
    max_record_size: MAX_FRAME_BYTES,
    on_skip: (error) => {
      if (error !== undefined && FATAL.includes(error.code)) fatal ??= error
      else if (error !== undefined) skipped.push({ line: lineOf(error), rejected: error.message })
      return undefined
    },
  })
  pipeline(Readable.from(file.chunks), parser, () => undefined)
  let head: readonly string[] | undefined
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield* skipped.splice(0)
      if (head === undefined) head = readHead(file.path, record, columns)
      else yield toLine(head, record, columns, info.lines)
    }
  } catch (error) {
    throw asUsageError(file.path, error)
  }
  if (fatal !== undefined) throw asUsageError(file.path, fatal)
  yield* skipped.splice(0)
  if (head === undefined) readHead(file.path, [], columns)
}

function readHead(path: string, record: readonly string[], columns: readonly string[]): readonly string[] {
  const head = record.map((name) => name.normalize('NFC'))
  const missing = columns.filter((column) => !head.includes(column))
  if (missing.length > 0) {
    throw new UsageError(
      `${path}: expected the columns ${columns.join(', ')}; the first line lacks ${missing.join(', ')}`,
    )
  }
  return head
}

function toLine(head: readonly string[], record: readonly string[], columns: readonly string[], line: number): CsvLine {
  if (record.length !== head.length) {
    return { line, rejected: `expected ${head.length} fields; came ${record.length}` }
  }
  const field = (column: string): string => record[head.indexOf(column)]?.normalize('NFC') ?? ''
  return { line, fields: Object.fromEntries(columns.map((column) => [column, field(column)])) }
}

function lineOf(error: CsvError): number {
  const { lines } = error as { lines?: unknown }
  return typeof lines === 'number' ? lines : 0
}

function asUsageError(path: string, error: unknown): unknown {
  if (error instanceof UsageError || !(error instanceof Error) || !('code' in error)) return error
  if (!String(error.code).startsWith('CSV_')) return error
  return new UsageError(`${path}: expected CSV; ${error.message}`, { cause: error })
}

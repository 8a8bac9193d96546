import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { TextDecoder } from 'node:util'
import { type CsvError, type Info, parse } from 'csv-parse'
import { describeFileError } from '../../service/describe-error.ts'
import {
  type PlacedRow,
  type Source,
  type SourceBatch,
  type SourceColumn,
  SourceError,
  type UnreadableRow,
} from './source.ts'

/** How many rows a batch has. */
const BATCH_ROWS = 2_000

/** The longest row that is read, in bytes: a quote that is never closed must not swallow the file. */
const MAX_ROW_BYTES = 1_048_576

/** The most columns that a file may have: as many as a spreadsheet. A file with more was read with the wrong separator. */
const MAX_COLUMNS = 16_384

/** Errors after which the reader cannot tell where the next row begins: more than one row is lost. */
const FATAL: readonly string[] = ['CSV_QUOTE_NOT_CLOSED', 'CSV_MAX_RECORD_SIZE']

/**
 * Opens a CSV file (RFC 4180, with a header) as a source of one table, whose name is the file's. Fields are trimmed, and texts are in NFC. A row
 * with another number of fields than the header is unreadable; so is one with a quote inside a field without quotes.
 * @throws {SourceError} if there is no such file.
 */
export async function openCsv(form: CsvForm): Promise<Source> {
  const { path } = form
  const name = basename(path)
  const size = await sizeOf(path)
  const listColumns = async (): Promise<readonly SourceColumn[]> =>
    (await readHead(form)).map((column) => ({ name: column, type: 'text', kind: 'text', isNullable: false }))
  return {
    label: name,
    listColumns,
    async listTables() {
      return [{ name, columns: await listColumns(), keys: [], estimatedRows: null }]
    },
    async *read({ changed }) {
      if (changed !== undefined) {
        throw new SourceError(`${path}: expected to read the whole file; a CSV file cannot be asked for its changes`)
      }
      yield* readBatches(form)
      // The sizes of one moment: a file that is written to meanwhile may have been read in half.
      const now = await sizeOf(path)
      if (now.bytes !== size.bytes || now.changedMs !== size.changedMs) {
        throw new SourceError(`${path}: the file changed while it was read. Nothing was changed: run the command again`)
      }
    },
    count: async () => null,
    close: async () => undefined,
  }
}

async function sizeOf(path: string): Promise<{ readonly bytes: number; readonly changedMs: number }> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new SourceError(`${path}: expected a file; ${describeFileError(cause)}`, { cause })
  })
  if (!found.isFile()) throw new SourceError(`${path}: expected a file; came a folder or a device`)
  return { bytes: found.size, changedMs: found.mtimeMs }
}

/** Reads the names of the columns. @throws {SourceError} if two are the same, or the file is empty. */
async function readHead(form: CsvForm): Promise<readonly string[]> {
  for await (const { head } of readRecords(form)) return head
  throw new SourceError(`${form.path}: expected a first line with the names of the columns; the file is empty`)
}

async function* readBatches(form: CsvForm): AsyncGenerator<SourceBatch> {
  let rows: PlacedRow[] = []
  let unreadable: UnreadableRow[] = []
  let hasHead = false
  for await (const read of readRecords(form)) {
    hasHead = true
    if (read.row !== undefined) rows.push(read.row)
    unreadable.push(...read.unreadable)
    if (rows.length + unreadable.length >= BATCH_ROWS) {
      yield { rows, unreadable }
      rows = []
      unreadable = []
    }
  }
  if (!hasHead) await readHead(form)
  if (rows.length + unreadable.length > 0) yield { rows, unreadable }
}

/** What one line gives: first the head without a row, then a row for each line. */
interface ReadRecord {
  readonly head: readonly string[]
  readonly row: PlacedRow | undefined
  readonly unreadable: readonly UnreadableRow[]
}

async function* readRecords(form: CsvForm): AsyncGenerator<ReadRecord> {
  const { path, delimiter, quote } = form
  const skipped: UnreadableRow[] = []
  let fatal: CsvError | undefined
  const parser = parse({
    bom: true,
    delimiter,
    quote: quote ?? false,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    // A spreadsheet leaves rows of separators behind.
    skip_records_with_empty_values: true,
    skip_records_with_error: true,
    trim: true,
    max_record_size: MAX_ROW_BYTES,
    on_skip: (error) => {
      if (error !== undefined && FATAL.includes(error.code)) fatal ??= error
      else if (error !== undefined) skipped.push({ place: lineOf(error), reason: reasonOf(error) })
      return undefined
    },
  })
  pipeline(Readable.from(decodeFile(createReadStream(path), form)), parser, () => undefined)
  let head: readonly string[] | undefined
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      if (head === undefined) {
        head = nameColumns(form, record)
        yield { head, row: undefined, unreadable: [] }
        continue
      }
      const unreadable = skipped.splice(0)
      const [row, reason] = toRow(head, record)
      if (row === undefined) yield { head, row, unreadable: [...unreadable, { place: info.lines, reason }] }
      else yield { head, row: { place: info.lines, row }, unreadable }
    }
  } catch (error) {
    throw toCsvError(path, error)
  }
  if (fatal !== undefined) throw toCsvError(path, fatal)
  if (head !== undefined && skipped.length > 0) yield { head, row: undefined, unreadable: skipped }
}

function nameColumns({ path, delimiter }: CsvForm, record: readonly string[]): readonly string[] {
  if (record.length > MAX_COLUMNS) {
    throw new SourceError(
      `${path}: expected no more than ${MAX_COLUMNS} columns; the first line has ${record.length}. Is «${delimiter}» the separator?`,
    )
  }
  const names = record.map((name, at) => name.normalize('NFC') || `column ${at + 1}`)
  if (names.includes('__proto__')) {
    throw new SourceError(`${path}: expected another name of a column than __proto__. Rename it in the first line`)
  }
  const twice = findTwice(names)
  if (twice !== undefined) {
    throw new SourceError(
      `${path}: expected a name of its own for each column in the first line; came «${twice}» twice. Rename one of them`,
    )
  }
  const other = [',', ';', '\t', '|'].find((sign) => sign !== delimiter && (names[0]?.split(sign).length ?? 0) > 2)
  if (names.length === 1 && other !== undefined) {
    const shown = other === '\t' ? '\\t' : other
    throw new SourceError(
      `${path}: expected columns separated by «${delimiter}»; the first line has none, but several «${shown}». Write delimiter: "${shown}"`,
    )
  }
  return names
}

function toRow(head: readonly string[], record: readonly string[]): [Record<string, string> | undefined, string] {
  if (record.length !== head.length) {
    return [undefined, `expected ${head.length} fields, as in the first line; came ${record.length}`]
  }
  const row: Record<string, string> = {}
  for (const [at, name] of head.entries()) row[name] = record[at]?.normalize('NFC') ?? ''
  return [row, '']
}

function findTwice(names: readonly string[]): string | undefined {
  const seen = new Set<string>()
  return names.find((name) => seen.size === seen.add(name).size)
}

/** Says why a line cannot be a row. The parser's own message has the value, which may be of a person. */
function reasonOf({ code }: CsvError): string {
  if (code === 'INVALID_OPENING_QUOTE') return 'expected a quote only around a whole field; came one inside a field'
  if (code === 'CSV_INVALID_CLOSING_QUOTE') return 'expected a separator behind a closing quote; came something else'
  return `expected a line of CSV; came another form (${code})`
}

function lineOf(error: CsvError): number {
  const { lines } = error as { lines?: unknown }
  return typeof lines === 'number' ? lines : 0
}

function toCsvError(path: string, error: unknown): unknown {
  if (error instanceof SourceError || !(error instanceof Error) || !('code' in error)) return error
  const code = String(error.code)
  if (!code.startsWith('CSV_')) {
    return new SourceError(`${path}: expected to read the file; came «${error.message}»`, { cause: error })
  }
  return new SourceError(
    `${path}: expected CSV; ${error.message}. Does the file use another quote, or none (quote: null)?`,
    { cause: error },
  )
}

/** How the bytes of a CSV file become rows. */
export interface CsvForm {
  /** The path of the file. */
  readonly path: string
  /** A label of the WHATWG Encoding Standard. Null: the mark at the beginning of the file decides, else UTF-8. */
  readonly encoding: string | null
  /** One character. */
  readonly delimiter: string
  /** One character, or null for a file without quotes. */
  readonly quote: string | null
}

/** The marks at the beginning of a file that say its encoding. */
const MARKS: readonly (readonly [encoding: string, bytes: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]

/** Finds the encoding that the mark at the beginning of a file names; null without a mark. */
export function readMark(bytes: Uint8Array): string | null {
  return MARKS.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte))?.[0] ?? null
}

/**
 * Decodes the bytes of a file piece by piece. The mark of a Unicode encoding at the beginning is left out, and decides if `encoding` is null.
 * @throws {SourceError} from the iteration, if the mark names another encoding, or for bytes that the encoding does not have. The message has
 * the line, and says what to do.
 */
export async function* decodeFile(
  bytes: AsyncIterable<Uint8Array>,
  { path, encoding }: Pick<CsvForm, 'path' | 'encoding'>,
): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  let line = 1
  let name = encoding ?? 'utf-8'
  for await (const piece of bytes) {
    if (decoder === undefined) {
      name = chooseEncoding(path, encoding, readMark(piece))
      decoder = createDecoder(path, name)
    }
    const text = decode(
      () => (decoder as TextDecoder).decode(piece, { stream: true }),
      path,
      name,
      () => line + countLines(firstPart(new TextDecoder(name).decode(piece))),
    )
    line += countLines(text)
    yield text
  }
  const last = decoder
  if (last !== undefined)
    yield decode(
      () => last.decode(),
      path,
      name,
      () => line,
    )
}

function chooseEncoding(path: string, encoding: string | null, mark: string | null): string {
  if (encoding === null) return mark ?? 'utf-8'
  if (mark === null || createDecoder(path, encoding).encoding === mark) return encoding
  throw new SourceError(
    `${path}: expected ${encoding}, as the mapping says; the file begins with the mark of ${mark}. Write encoding: ${mark}`,
  )
}

function createDecoder(path: string, encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true })
  } catch (cause) {
    throw new SourceError(
      `${path}: expected an encoding such as utf-8, windows-1252, iso-8859-1, utf-16le or ibm866; came ${encoding}`,
      { cause },
    )
  }
}

function decode(work: () => string, path: string, encoding: string, findLine: () => number): string {
  try {
    return work()
  } catch (cause) {
    const hint =
      encoding.toLowerCase() === 'utf-8' || encoding.toLowerCase() === 'utf8'
        ? 'A file that comes from Excel or an old Windows program is often «encoding: windows-1252»'
        : 'Is it another encoding, or is the file cut off?'
    throw new SourceError(
      `${path}: expected ${encoding}; line ${findLine()} has bytes that it does not have. ${hint}`,
      {
        cause,
      },
    )
  }
}

/** What stands before the first byte that could not be decoded. */
function firstPart(text: string): string {
  const at = text.indexOf('\ufffd')
  return at === -1 ? '' : text.slice(0, at)
}

function countLines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

import { readFile, stat } from 'node:fs/promises'
import { type CsvError, parse } from 'csv-parse/sync'
import { readWords } from '../../contract/read-words.ts'
import type { CommandStreams } from '../../service/command-line.ts'
import { TEXT } from '../../service/command-texts.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'
import { UsageError } from '../../service/usage-error.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { SERVER } from '../commands.ts'

/** Who decided something, and when. Nothing counts that no person decided. */

/** The words of a yes and of a no, and names that no person has, because a script or a template fills them in: all folded. */
const WORDS: Readonly<Record<'yes' | 'no' | 'nobody', readonly string[]>> = readWords(
  new URL('decider.yaml', import.meta.url),
)

/** A name: letters of any script in at least one word of two letters, with what names have between them. */
const NAME = /^(?=.*\p{L}{2})\p{L}[\p{L}\p{M} .,'’·-]{1,119}$/u

/** What stands in a cell that asks for yes or no: `undecided` if it is empty, null if it is something else. */
export function readAnswer(cell: string): 'yes' | 'no' | 'undecided' | null {
  const folded = fold(cell)
  if (folded === '') return 'undecided'
  if (WORDS.yes.includes(folded)) return 'yes'
  return WORDS.no.includes(folded) ? 'no' : null
}

/** Reads the name of a person; null if the cell has none. */
export function readPersonName(cell: string): string | null {
  const name = visible(cell).replaceAll(/\s+/gu, ' ').normalize('NFC')
  return NAME.test(name) && !WORDS.nobody.includes(fold(name)) ? name : null
}

/**
 * Reads the day of a decision.
 * @param nowMs milliseconds since the epoch: a decision is not of the future. A day counts everywhere on earth.
 * @returns null if the cell is not a day `YYYY-MM-DD` that exists, or is in the future.
 */
export function readDay(cell: string, nowMs: number): string | null {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(cell)) return null
  const ms = Date.parse(`${cell}T00:00:00Z`)
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== cell) return null
  return ms <= nowMs + FOURTEEN_HOURS_MS ? cell : null
}

/** By how much the easternmost clocks are ahead of UTC, in milliseconds. */
const FOURTEEN_HOURS_MS = 14 * 3_600_000

/** Returns a cell without characters that nobody sees, trimmed. */
function visible(cell: string): string {
  return cell.replaceAll(/[\p{Cf}\p{Cc}\p{Cs}\p{Co}\u115F\u1160\u3164\uFFA0\u2800]/gu, ' ').trim()
}

function fold(cell: string): string {
  return visible(cell)
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** Opens the country's own database for one piece of work. */

/** The options that name the database, as those of `istmo node`. */
export const DATABASE_OPTIONS = { databaseUrl: SERVER, databaseFolder: TEXT } as const

/** What a command writes to, and how it opens the country's database. */
export interface CommandPlace {
  readonly streams: CommandStreams
  readonly withDatabase: <T>(place: DatabasePlace, work: (db: Database) => Promise<T>) => Promise<T>
}

/** The terminal of this process, and the database that the command line names. */
export const TERMINAL: CommandPlace = {
  streams: { out: process.stdout, err: process.stderr },
  withDatabase: withOwnDatabase,
}

/** Where the database is. */
export interface DatabasePlace {
  readonly databaseUrl: string | undefined
  readonly databaseFolder: string | undefined
}

/**
 * Opens the database, runs `work`, and closes the database.
 * @throws {UsageError} if not exactly one place is given, or another process has the folder open.
 */
export async function withOwnDatabase<T>(place: DatabasePlace, work: (db: Database) => Promise<T>): Promise<T> {
  const { databaseUrl: url, databaseFolder: folder } = place
  if ((url === undefined) === (folder === undefined)) {
    throw new UsageError('expected either --database-url or --database-folder; came both or none')
  }
  const db = await open(url, folder)
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}

/**
 * Returns the country that a database belongs to.
 * @throws {UsageError} if no node has made its tables yet.
 */
export async function readOwnCountry(db: Pick<Database, 'query'>): Promise<string> {
  const [made] = await db.query<{ table: string | null }>(`select to_regclass('istmo.setting')::text as table`)
  const rows =
    made?.table == null
      ? []
      : await db.query<{ value: string }>(`select value from istmo.setting where name = 'country'`)
  const [row] = rows
  if (row === undefined)
    throw new UsageError('expected the database of a node; this one has none of its tables. Start the node once')
  return row.value
}

async function open(url: string | undefined, folder: string | undefined): Promise<Database> {
  // To open a folder that is not there would make an empty database.
  const isFolder =
    folder === undefined ||
    (await stat(folder)
      .then((found) => found.isDirectory())
      .catch(() => false))
  if (!isFolder) throw new UsageError(`--database-folder: expected the folder of a node’s database; ${folder} is none`)
  try {
    return await openDatabase({ url, folder })
  } catch (cause) {
    if (cause instanceof FolderInUseError) {
      throw new UsageError(`${cause.message} Stop the node, run this command again, and start the node.`, { cause })
    }
    throw cause
  }
}

/** Reads a CSV file in which persons decide: as our commands wrote it, and as a spreadsheet saved it afterwards. */

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

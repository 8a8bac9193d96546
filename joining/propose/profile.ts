/** Looks at all rows of a table to see what its columns hold. Nothing of a row is kept but the values of columns that have few, and placeholders. */

import { open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { readWords } from '../../contract/read-words.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { birthDatesOfMinors, GARBLED } from '../doubtful-values.ts'
import { cleanText, foldText } from '../mapping/read-text.ts'
import { compileDateFormat, type ReadDate, writeDay } from '../mapping/value-forms.ts'
import { openCsv, readMark } from '../sources/csv.ts'
import { type Source, type SourceColumn, SourceError, type SourceTable } from '../sources/source.ts'

/** A column with more values than this is not a list of words. */
const MAX_VALUES = 40

/** On how many rows each value of a list of words stands at least, on average: the names in a small table are not one. */
const LEAST_ROWS_OF_A_VALUE = 5
/** A column with fewer values than this shows none of them. */
const LEAST_ROWS = 10

/** A longer text is not a word of a list, and no id. */
const MAX_VALUE_LENGTH = 80

/** How many values of a column are compared with each other. A column of more different ones has its own value in each row, as far as anybody knows. */
const MAX_COMPARED = 1_000_000

/** The greatest share of values that may have another form than the dates of their column. */
const MAX_MISFITS = 0.1

/** The greatest share of ids that may have another shape than nearly all of them. */
const MAX_OTHER_SHAPES = 0.05

/** A column with more shapes than this has none. */
const MAX_SHAPES = 100

/** What people write where they know nothing, folded. */
const PLACEHOLDER =
  /^(?:[-.*?_/]+|x{2,}|0{2,}|9{4,}|n\/?[adi]|s\/?[dni]|sin (?:datos?|nombre|numero|informacion|registro|especificar|cedula|documento)|no (?:consta|registra|indica|aplica|identificado|especificado|informa|tiene)|se (?:ignora|desconoce)|ignorad[oa]|desconocid[oa]|null|none|unknown|not known|nn)$/i
/** How many placeholders of a column are told. */
const MAX_PLACEHOLDERS = 20

/** A day before the first one, or of the last year that a form can write, is not known. So is the first day of Unix. */
const FIRST_DAY = '1905-01-01'
const LAST_DAY = '2200-01-01'
const UNIX_DAY = '1970-01-01'

/** What a column holds. Numbers are of rows. */
export interface ColumnProfile extends SourceColumn {
  readonly filled: number
  /** The values with their rows, the most frequent first; null if they are many, long, or stand in few rows each. */
  readonly values: ReadonlyMap<string, number> | null
  /** Whether no two rows have the same value. */
  readonly isUnique: boolean
  /** Null if nearly all values are something else. */
  readonly dates: FoundDates | null
  /** Whether most values look like days to a person, in whatever forms: `ene-2024`, or two forms in one column. */
  readonly isDateLike: boolean
  /** The shape of nearly all values, if some have another one: a regular expression, and how many have another. Null if all or few have one shape. */
  readonly shape: { readonly pattern: string; readonly others: number } | null
  /** What stands for «not known», as far as it is a usual word for it. */
  readonly placeholders: ReadonlyMap<string, number>
  /** Texts that were read in a wrong encoding. */
  readonly garbled: number
}

/** The dates of a column, in the likeliest of their forms. */
export interface FoundDates {
  /** The forms in which nearly all values are dates, the likeliest first. All of them read the same values. */
  readonly formats: readonly string[]
  /** How many values have none of these forms: old databases have a 31 February. */
  readonly misfits: number
  /** The first and the last day, without those that are doubtful. */
  readonly first: string
  readonly last: string
  /** How many are days that a form filled in: of 1900, of 9999, or the first one of Unix. */
  readonly doubtful: number
  /** How many are days of less than 18 years ago. */
  readonly minors: number
}

/** A table with what its columns hold. */
export interface TableProfile extends Omit<SourceTable, 'columns'> {
  readonly columns: readonly ColumnProfile[]
  readonly rows: number
}

/** The forms of dates that are tried, the likeliest first. `yearsFrom` matters only for the check. */
export const COMMON_FORMATS: readonly string[] = readWords<{ readonly dates: readonly string[] }>(
  new URL('value-lexicon.yaml', import.meta.url),
).dates

const READERS: ReadonlyMap<string, ReadDate> = new Map(
  COMMON_FORMATS.flatMap((format) => {
    const compiled = compileDateFormat(format, 1930)
    return 'read' in compiled ? [[format, compiled.read] as const] : []
  }),
)

/** `2026-03-14`, with or without a time: what a rule reads without a format. */
const PLAIN = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?$/

/** What looks like a day to a person: a year of our time, or `14-3-24`, `14 mar 24`. A longer text is about something else. */
const DATE_LIKE = /(?<!\d)(?:1[89]|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./ -](?:\d{1,2}|\p{L}{3,10})[./ -]\d{2}(?!\d)/u
const MAX_DATE_LENGTH = 40

/** The format that stands for «without a format». */
export const PLAIN_FORMAT = ''

/**
 * Profiles a table by all its rows.
 * @param from what is read: a table, or a `select` of it.
 * @param today a day, `YYYY-MM-DD`.
 * @throws {SourceError} if it cannot be read.
 */
export async function profileTable(
  source: Source,
  table: SourceTable,
  from = table.name,
  today = new Date().toISOString().slice(0, 10),
): Promise<TableProfile> {
  const columns = table.columns.map((column) => ({ column, sketch: createSketch(today) }))
  let count = 0
  for await (const { rows } of source.read({ from })) {
    for (const { row } of rows) for (const { column, sketch } of columns) sketch.add(cleanText(row[column.name]))
    count += rows.length
  }
  return { ...table, rows: count, columns: columns.map(({ column, sketch }) => ({ ...column, ...sketch.finish() })) }
}

type Finding = Omit<ColumnProfile, keyof SourceColumn>

function createSketch(today: string) {
  const counts = createCounts()
  const shapes = new Map<string, number>()
  const dates = createDates(today)
  const placeholders = new Map<string, number>()
  const garbledText = new RegExp(GARBLED, 'u')
  let [filled, dateLike, garbled] = [0, 0, 0]
  return {
    add(value: string | null): void {
      if (value === null) return
      filled++
      counts.add(value)
      dates.add(value)
      if (value.length <= MAX_DATE_LENGTH && DATE_LIKE.test(value)) dateLike++
      if (garbledText.test(value)) garbled++
      const shape = shapeOf(value)
      if (shapes.has(shape) || shapes.size < MAX_SHAPES) shapes.set(shape, (shapes.get(shape) ?? 0) + 1)
      if (value.length > MAX_VALUE_LENGTH || !PLACEHOLDER.test(foldText(value))) return
      if (placeholders.has(value) || placeholders.size < MAX_PLACEHOLDERS) {
        placeholders.set(value, (placeholders.get(value) ?? 0) + 1)
      }
    },
    finish(): Finding {
      return {
        filled,
        ...counts.found(filled),
        dates: dates.found(filled),
        isDateLike: dateLike * 2 > filled,
        shape: mostUsualShape(shapes, filled),
        placeholders,
        garbled,
      }
    },
  }
}

/** Counts the values of a column as long as they may be few, or each may stand in one row. */
function createCounts() {
  let counts: Map<string, number> | null = new Map()
  let [isRepeated, isLong] = [false, false]
  return {
    add(value: string): void {
      if (value.length > MAX_VALUE_LENGTH) isLong = true
      if (counts === null) return
      const before = counts.get(value) ?? 0
      if (before > 0) isRepeated = true
      counts.set(value, before + 1)
      if (isLong || (isRepeated && counts.size > MAX_VALUES) || counts.size > MAX_COMPARED) counts = null
    },
    found(filled: number): Pick<Finding, 'values' | 'isUnique'> {
      const isFew =
        counts !== null &&
        counts.size <= MAX_VALUES &&
        filled >= Math.max(LEAST_ROWS, counts.size * LEAST_ROWS_OF_A_VALUE)
      const sorted = isFew ? [...(counts ?? [])].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)) : null
      return { values: sorted === null ? null : new Map(sorted), isUnique: filled > 0 && !isRepeated && !isLong }
    },
  }
}

/** The values of a column by one form of dates. */
interface Form {
  misses: number
  doubtful: number
  minors: number
  first: string
  last: string
}

/** Tries all forms of dates, and drops those that do not fit. */
function createDates(today: string) {
  const { after, until } = birthDatesOfMinors(today)
  const none = { misses: 0, doubtful: 0, minors: 0, first: LAST_DAY, last: FIRST_DAY }
  const forms = new Map<string, Form>([PLAIN_FORMAT, ...READERS.keys()].map((format) => [format, { ...none }]))
  let filled = 0
  return {
    add(value: string): void {
      filled++
      for (const [format, form] of forms) {
        const day = dayIn(value, format)
        if (day === null) {
          if (form.misses >= 5 + filled * MAX_MISFITS) forms.delete(format)
          form.misses++
          continue
        }
        if (day < FIRST_DAY || day >= LAST_DAY || day === UNIX_DAY) form.doubtful++
        else {
          if (day < form.first) form.first = day
          if (day > form.last) form.last = day
        }
        if (day > after && day <= until) form.minors++
      }
    },
    /** The forms that read the most values, if these are nearly all. */
    found(count: number): FoundDates | null {
      const least = Math.min(count, ...[...forms.values()].map(({ misses }) => misses))
      const fitting = [...forms].filter(([, { misses }]) => misses === least)
      const [best] = fitting
      if (best === undefined || count === 0 || least > Math.max(1, count * MAX_MISFITS) || least * 3 >= count)
        return null
      const { misses: misfits, ...days } = best[1]
      return { formats: fitting.map(([format]) => format), misfits, ...days }
    },
  }
}

/** The day that a text names in a form; null if it has another form. A month without a day counts from its first one. */
function dayIn(value: string, format: string): string | null {
  if (format === PLAIN_FORMAT) return PLAIN.test(value) ? value.slice(0, 10) : null
  const parts = READERS.get(format)?.(value)
  return parts == null ? null : writeDay(parts.year, parts.month, parts.day ?? 1)
}

/** The shape of a value: runs of digits and of letters, and the signs between them. */
function shapeOf(value: string): string {
  return value
    .slice(0, MAX_VALUE_LENGTH)
    .replaceAll(/\p{N}+|\p{L}+|[^\p{N}\p{L}]/gu, (run) =>
      /^\p{N}/u.test(run) ? '\\d+' : /^\p{L}/u.test(run) ? '\\p{L}+' : run.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&'),
    )
}

function mostUsualShape(shapes: ReadonlyMap<string, number>, filled: number): Finding['shape'] {
  const [most] = [...shapes].toSorted(([, m], [, n]) => n - m)
  if (most === undefined) return null
  const [pattern, count] = most
  const others = filled - count
  return others > 0 && others <= filled * MAX_OTHER_SHAPES ? { pattern, others } : null
}

/** Opens CSV files as one source, so that a proposal sees how they hang together. What nobody says of their form is guessed. */

/**
 * Opens a file, or all files of a folder that end with `.csv`, `.tsv` or `.txt`. Each is a table with the name of the file.
 * @param given what somebody said of all of them; the rest is guessed for each.
 * @returns the files as one source, and how each is written, by the name of the file, which is the name of its table.
 * @throws {SourceError} if there is no such file, or one cannot be read.
 */
export async function openFiles(
  path: string,
  given: { readonly encoding: string | null; readonly delimiter: string | null },
) {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const paths = isFolder
    ? (await readdir(path))
        .filter((name) => /\.(?:csv|tsv|txt)$/i.test(name))
        .sort()
        .map((name) => join(path, name))
    : [path]
  if (paths.length === 0)
    throw new SourceError(`${path}: expected a folder with files whose names end with .csv, .tsv or .txt; it has none`)
  const forms = new Map<string, GuessedCsvForm & { readonly path: string }>()
  const sources = new Map<string, Source>()
  for (const each of paths) {
    const form = await guessCsvForm(each, given)
    forms.set(basename(each), { path: each, ...form })
    sources.set(basename(each), await openCsv({ path: each, ...form, quote: '"' }))
  }
  return { source: joinSources(basename(path), sources), isFolder, forms }
}

function joinSources(label: string, sources: ReadonlyMap<string, Source>): Source {
  const of = (name: string): Source => {
    const found = sources.get(name)
    if (found === undefined) throw new SourceError(`expected one of ${[...sources.keys()].join(', ')}; came ${name}`)
    return found
  }
  return {
    label,
    async listTables() {
      const tables = await Promise.all([...sources.values()].map((source) => source.listTables()))
      return tables.flat()
    },
    listColumns: (from) => of(from).listColumns(from),
    read: (selection) => of(selection.from).read(selection),
    count: (selection) => of(selection.from).count(selection),
    async close() {
      for (const source of sources.values()) await source.close()
    },
  }
}

/** How a CSV file is written, as far as its first bytes show it. */
export interface GuessedCsvForm {
  /** Null for UTF-8, and for a file that says its encoding by a mark. */
  readonly encoding: string | null
  readonly delimiter: string
}

/** How much of a file is looked at, in bytes. */
const HEAD_BYTES = 1_048_576

const DELIMITERS = [',', ';', '\t', '|'] as const

/**
 * Guesses the encoding and the delimiter of a CSV file. What somebody said is not guessed.
 * @throws {SourceError} if there is no such file.
 */
export async function guessCsvForm(
  path: string,
  given: { readonly encoding: string | null; readonly delimiter: string | null },
): Promise<GuessedCsvForm> {
  const head = await readHead(path)
  const encoding = given.encoding ?? guessEncoding(head)
  const text = new TextDecoder(encoding ?? readMark(head) ?? 'utf-8').decode(head)
  const [first = ''] = text.split(/\r?\n/, 1)
  const counts = DELIMITERS.map((sign) => ({ sign, count: outsideQuotes(first).split(sign).length }))
  const [best] = counts.toSorted((a, b) => b.count - a.count)
  return { encoding, delimiter: given.delimiter ?? best?.sign ?? ',' }
}

async function readHead(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw new SourceError(`${path}: expected a file; ${describeFileError(cause)}`, { cause })
  }
}

/** UTF-8, if the bytes are that. Old files of Latin America that are not are nearly always windows-1252. */
function guessEncoding(head: Uint8Array): string | null {
  if (readMark(head) !== null) return null
  try {
    // The last character may be cut: `stream` waits for its rest.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return null
  } catch {
    return 'windows-1252'
  }
}

function outsideQuotes(line: string): string {
  return line.replace(/"[^"]*"/g, '')
}

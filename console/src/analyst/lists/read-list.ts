import { parse } from 'csv-parse/browser/esm/sync'
import type { HitSearch } from '../../documents/types.ts'

/** The most persons of one list (`Query.personListHits`). */
export const MOST_PERSONS = 500

/** A person of a list who can be asked for. */
export interface ListedPerson extends HitSearch {
  /** The line in the file, from 1. */
  readonly line: number
}

/** A line of a list that cannot be asked, and why. */
export interface LineProblem {
  readonly line: number
  readonly name: string
  readonly problem: 'NAME_MISSING' | 'DATE_MISSING' | 'DATE_WRONG'
}

/** A list that was read from a file. */
export interface ReadList {
  readonly persons: readonly ListedPerson[]
  readonly problems: readonly LineProblem[]
  /** Whether the first line has a title for the names. Without it, nothing was read. */
  readonly hasTitles: boolean
  /** How many dates were written `D/M/YYYY`, as spreadsheets in Spanish write them. */
  readonly slashed: number
}

const NOTHING: ReadList = { persons: [], problems: [], hasTitles: false, slashed: 0 }

const NAME_TITLES = ['nombre', 'nombres', 'nombre completo', 'name', 'full name', 'given names', 'first name']
const SURNAME_TITLES = ['apellido', 'apellidos', 'surname', 'surnames', 'last name', 'family name']
const DATE_TITLES = [
  'nacimiento',
  'fecha de nacimiento',
  'fecha nacimiento',
  'birthdate',
  'birth date',
  'date of birth',
]

/**
 * Reads the text of a file that a spreadsheet wrote: UTF-8, UTF-16 with its mark, or else Windows-1252, which Excel in Spanish writes as «CSV». Read as
 * UTF-8, a name would lose its accents, and another name would be asked.
 */
export function decodeList(bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** Reads a file with a list of persons: a workbook (its first sheet), or CSV. */
export async function readListFile(file: File): Promise<ReadList> {
  if (/\.xlsx$/i.test(file.name)) return readWorkbook(file)
  return readList(decodeList(new Uint8Array(await file.arrayBuffer())))
}

async function readWorkbook(file: File): Promise<ReadList> {
  const { readSheet } = await import('read-excel-file/browser')
  const rows: readonly (readonly unknown[])[] = await readSheet(file).catch(() => [])
  const cellOf = (value: unknown): string =>
    value instanceof Date ? value.toISOString().slice(0, 10) : String(value ?? '')
  return toList(rows.map((cells, at) => ({ line: at + 1, cells: cells.map(cellOf) })))
}

/** Reads a list of persons: CSV (RFC 4180) with commas, semicolons or tabs. The first line says which column is which. */
export function readList(text: string): ReadList {
  const options = {
    bom: true,
    delimiter: findSeparator(text),
    relax_column_count: true,
    relax_quotes: true,
    info: true,
  }
  try {
    const records = parse(text, {
      ...options,
      skip_empty_lines: false,
    }) as readonly unknown[] as readonly ParsedRecord[]
    return toList(records.map(({ record }, at) => ({ line: (records[at - 1]?.info.lines ?? 0) + 1, cells: record })))
  } catch {
    // A quotation mark has no end: nobody knows which lines belong together.
    return NOTHING
  }
}

/** Reads a list that was pasted: as a file, or a name on each line, with the date behind it where it is known. */
export function readPasted(text: string): ReadList {
  const read = readList(text)
  if (read.hasTitles) return read
  const rows = text.split(/\r?\n/).map((written, at) => {
    const [, name = written, date = ''] = /^(.*?)[;,\t\s]\s*(\d[\d/.-]{6,9})\s*$/.exec(written) ?? []
    return { line: at + 1, cells: [name.replace(/[;,\t\s]+$/, ''), date] }
  })
  return toList([{ line: 0, cells: ['nombre', 'nacimiento'] }, ...rows])
}

/** A record as csv-parse gives it: `lines` is how many lines were read with it. */
interface ParsedRecord {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

interface ReadRecord {
  readonly line: number
  readonly cells: readonly string[]
}

/** Makes a list of records: names in one column, or given names and surnames in two. A date may be missing. */
function toList([titles, ...rows]: readonly ReadRecord[]): ReadList {
  const known = (titles?.cells ?? []).map((title) => title.trim().toLowerCase().normalize('NFC'))
  const findColumn = (names: readonly string[]): number => known.findIndex((title) => names.includes(title))
  const [nameAt, surnameAt, dateAt] = [findColumn(NAME_TITLES), findColumn(SURNAME_TITLES), findColumn(DATE_TITLES)]
  if (nameAt < 0) return NOTHING
  const persons: ListedPerson[] = []
  const problems: LineProblem[] = []
  const written = rows.map(({ cells }) => (cells[dateAt] ?? '').trim())
  const isDayFirst = !written.some(isMonthFirst)
  let slashed = 0
  for (const [index, { line, cells }] of rows.entries()) {
    if (cells.every((cell) => cell.trim() === '')) continue
    const name = [cells[nameAt], cells[surnameAt]]
      .map((cell) => (cell ?? '').trim())
      .filter(Boolean)
      .join(' ')
    const date = written[index] ?? ''
    const birthDate = isDayFirst ? turnDay(date) : date
    const problem = findProblem(name, birthDate)
    if (problem !== null) {
      problems.push({ line, name, problem })
      continue
    }
    persons.push({ line, name, birthDate })
    if (birthDate !== date) slashed++
  }
  return { persons, problems, hasTitles: true, slashed }
}

function findProblem(name: string, birthDate: string): LineProblem['problem'] | null {
  if (name === '') return 'NAME_MISSING'
  if (birthDate === '') return 'DATE_MISSING'
  return isDay(birthDate) ? null : 'DATE_WRONG'
}

const SLASHED = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/

/** Whether a date can only have its month first. Then no other date of the file is guessed. */
function isMonthFirst(text: string): boolean {
  const [, first = '0', second = '0'] = SLASHED.exec(text) ?? []
  return Number(first) <= 12 && Number(second) > 12
}

/** Writes `D/M/YYYY` as `YYYY-MM-DD`. Any other text stays. */
function turnDay(text: string): string {
  const [, day, month, year] = SLASHED.exec(text) ?? []
  return day === undefined || month === undefined ? text : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

/** Whether a text is a day of the calendar, `YYYY-MM-DD`. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const time = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

/** The separator is the one that the first line has most. */
function findSeparator(text: string): string {
  const first = text.split('\n', 1)[0] ?? ''
  const counts = [';', ',', '\t'].map((each) => ({ each, count: first.split(each).length }))
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).each
}

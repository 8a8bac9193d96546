import type { HitSearch } from '../../documents/types.ts'

/** The most persons of one list (`Query.personListHits`). */
export const MOST_PERSONS = 500

/** Why a line of a list cannot be asked. */
export interface LineProblem {
  /** The line in the file, from 1. */
  readonly line: number
  readonly problem: 'NAME_MISSING' | 'DATE_MISSING' | 'DATE_WRONG'
}

/** A list that was read from a file. */
export interface ReadList {
  readonly persons: readonly HitSearch[]
  readonly problems: readonly LineProblem[]
  /** Whether the first line has the titles of both columns. Without them, nothing was read. */
  readonly hasTitles: boolean
  /** How many dates were written `D/M/YYYY`, as spreadsheets in Spanish write them. */
  readonly slashed: number
}

const NAME_TITLES = ['nombre', 'nombre completo', 'name', 'full name']
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

/** Reads a list of persons: CSV (RFC 4180) with commas, semicolons or tabs. The first line says which column is which. */
export function readList(text: string): ReadList {
  const records = readRecords(text.replace(/^\uFEFF/, ''))
  const [titles, ...rows] = records
  const known = (titles?.cells ?? []).map((title) => title.trim().toLowerCase().normalize('NFC'))
  const nameAt = known.findIndex((title) => NAME_TITLES.includes(title))
  const dateAt = known.findIndex((title) => DATE_TITLES.includes(title))
  if (nameAt < 0 || dateAt < 0) return { persons: [], problems: [], hasTitles: false, slashed: 0 }
  const persons: HitSearch[] = []
  const problems: LineProblem[] = []
  const written = rows.map(({ cells }) => (cells[dateAt] ?? '').trim())
  const isDayFirst = !written.some(isMonthFirst)
  let slashed = 0
  for (const [index, { line, cells }] of rows.entries()) {
    if (cells.every((cell) => cell.trim() === '')) continue
    const name = (cells[nameAt] ?? '').trim()
    const date = written[index] ?? ''
    const birthDate = isDayFirst ? turnDay(date) : date
    const problem = findProblem(name, birthDate)
    if (problem !== null) {
      problems.push({ line, problem })
      continue
    }
    persons.push({ name, birthDate })
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

interface ReadRecord {
  readonly line: number
  readonly cells: readonly string[]
}

/** Divides a file into records. Separators and line breaks within quotation marks belong to the cell. */
function readRecords(text: string): readonly ReadRecord[] {
  const separator = findSeparator(text)
  const records: ReadRecord[] = []
  let cells: string[] = []
  let cell = ''
  let isQuoted = false
  let line = 1
  let beganAt = 1
  const endRecord = (): void => {
    records.push({ line: beganAt, cells: [...cells, cell] })
    cells = []
    cell = ''
  }
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? ''
    if (character === '\n') line++
    if (isQuoted) {
      if (character !== '"') cell += character
      else if (text[at + 1] === '"') cell += text[++at]
      else isQuoted = false
    } else if (character === '"' && cell.trim() === '') {
      isQuoted = true
      cell = ''
    } else if (character === separator) {
      cells.push(cell)
      cell = ''
    } else if (character === '\n') {
      endRecord()
      beganAt = line
    } else if (character !== '\r') cell += character
  }
  if (cell !== '' || cells.length > 0) endRecord()
  return records
}

/** The separator is the one that the first line has most. */
function findSeparator(text: string): string {
  const first = text.split('\n', 1)[0] ?? ''
  const counts = [';', ',', '\t'].map((each) => ({ each, count: first.split(each).length }))
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).each
}

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

/** Reads a list of persons: CSV (RFC 4180) with commas, semicolons or tabs. The first line says which column is which. */
export function readList(text: string): ReadList {
  const records = readRecords(text.replace(/^\uFEFF/, ''))
  const [titles, ...rows] = records
  const known = (titles?.cells ?? []).map((title) => title.trim().toLowerCase().normalize('NFC'))
  const nameAt = known.findIndex((title) => NAME_TITLES.includes(title))
  const dateAt = known.findIndex((title) => DATE_TITLES.includes(title))
  if (nameAt < 0 || dateAt < 0) return { persons: [], problems: [], hasTitles: false }
  const persons: HitSearch[] = []
  const problems: LineProblem[] = []
  for (const { line, cells } of rows) {
    if (cells.every((cell) => cell.trim() === '')) continue
    const [name, birthDate] = [(cells[nameAt] ?? '').trim(), (cells[dateAt] ?? '').trim()]
    const problem = findProblem(name, birthDate)
    if (problem === null) persons.push({ name, birthDate })
    else problems.push({ line, problem })
  }
  return { persons, problems, hasTitles: true }
}

function findProblem(name: string, birthDate: string): LineProblem['problem'] | null {
  if (name === '') return 'NAME_MISSING'
  if (birthDate === '') return 'DATE_MISSING'
  return isDay(birthDate) ? null : 'DATE_WRONG'
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

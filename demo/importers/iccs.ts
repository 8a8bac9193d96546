import { openCsv } from '../../joining/sources/csv.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { ImportReport } from './progress.ts'
import { type Entry, type Importer, type ImportOptions, importSmallFile } from './run-import.ts'
import { COVERAGE, ICCS_CODE, insertMissingRows } from './table.ts'

/** The name of this importer in the journal. */
export const ICCS_IMPORTER = 'iccs'

/** Digits of a code by its level: ICCS v1.0 has sections (2 digits) down to the fourth level (6). */
const DIGITS: Readonly<Record<string, number>> = { '1': 2, '2': 4, '3': 5, '4': 6 }

const importer: Importer = {
  name: ICCS_IMPORTER,
  table: ICCS_CODE,
  removeStale: `delete from reference.iccs_code
    where code not in (select json_array_elements_text($1::text::json)) returning code`,
  prepare: (db) => insertMissingRows(db, COVERAGE, [{ subject: 'ICCS', key: '*' }]),
  async read({ path }) {
    const file = await openCsv({ path, encoding: 'utf-8', delimiter: ',', quote: '"' })
    const entries: Entry[] = []
    for await (const { rows, unreadable } of file.read({ from: path })) {
      entries.push(...rows.map(({ place, row }) => toEntry(path, place, row)))
      entries.push(...unreadable.map(({ place, reason }) => ({ line: place, rejected: reason })))
    }
    return entries
  },
}

/**
 * Imports the codes of the International Classification of Crime for Statistical Purposes, v1.0, into `reference.iccs_code`.
 * @throws {UsageError} when the file is not the list of these codes.
 */
export function importIccs(options: ImportOptions): Promise<ImportReport> {
  return importSmallFile(importer, options)
}

function toEntry(path: string, line: number, fields: Readonly<Record<string, string | null>>): Entry {
  const missing = ICCS_CODE.columns.filter((column) => !(column in fields))
  if (missing.length > 0) {
    const expected = `expected the columns ${ICCS_CODE.columns.join(', ')}`
    throw new UsageError(`${path}: ${expected}; the first line lacks ${missing.join(', ')}`)
  }
  const { code, level, parent, title_en, title_es } = fields as Readonly<Record<string, string>>
  const digits = DIGITS[level ?? '']
  if (code === undefined || digits === undefined) {
    return { line, rejected: `expected a level from 1 to 4; came «${level}»` }
  }
  if (!/^\d+$/.test(code) || code.length !== digits) {
    return { line, rejected: `expected a code of ${digits} digits at level ${level}; came «${code}»` }
  }
  const isParent = level === '1' ? !parent : parent && code.startsWith(parent) && parent.length < digits
  if (!isParent) return { line, rejected: `expected the parent that ${code} begins with; came «${parent}»` }
  if (!title_en || !title_es) return { line, rejected: `expected two titles of ${code}; one is missing` }
  return { line, key: code, row: { code, level: Number(level), parent: parent || null, title_en, title_es } }
}

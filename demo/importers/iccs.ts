import { readCsv } from './csv.ts'
import type { ImportReport } from './report.ts'
import { type Entry, type Importer, type ImportOptions, runImport } from './run-import.ts'
import { insertMissingRows } from './table.ts'
import { COVERAGE, ICCS_CODE } from './tables.ts'

/** The name of this importer in the journal. */
export const ICCS_IMPORTER = 'iccs'

const COLUMNS = ['code', 'level', 'parent', 'title_en', 'title_es']

/** Digits of a code by its level: ICCS v1.0 has sections (2 digits) down to the fourth level (6). */
const DIGITS: Readonly<Record<string, number>> = { '1': 2, '2': 4, '3': 5, '4': 6 }

const importer: Importer = {
  name: ICCS_IMPORTER,
  tables: [ICCS_CODE],
  removeStale: 'delete from reference.iccs_code where code not in (select key from import_seen) returning code',
  note: null,
  async prepare(db) {
    await insertMissingRows(db, COVERAGE, [{ subject: 'ICCS', key: '*' }])
  },
  async *read(file) {
    for await (const line of readCsv(file, COLUMNS)) {
      yield 'rejected' in line ? line : toEntry(line.line, line.fields)
    }
  },
}

/**
 * Imports the codes of the International Classification of Crime for Statistical Purposes, v1.0, into `reference.iccs_code`.
 * @throws {UsageError} when the file is not the list of these codes.
 */
export function importIccs(options: ImportOptions): Promise<ImportReport> {
  return runImport(importer, options)
}

function toEntry(line: number, fields: Readonly<Record<string, string>>): Entry {
  const { code = '', level = '', parent = '', title_en = '', title_es = '' } = fields
  const digits = Object.hasOwn(DIGITS, level) ? DIGITS[level] : undefined
  if (digits === undefined) return { line, rejected: `expected a level from 1 to 4; came «${level}»` }
  if (!/^\d+$/.test(code) || code.length !== digits) {
    return { line, rejected: `expected a code of ${digits} digits at level ${level}; came «${code}»` }
  }
  if (level === '1' ? parent !== '' : parent === '' || !code.startsWith(parent) || parent.length >= digits) {
    return { line, rejected: `expected the parent that ${code} begins with; came «${parent}»` }
  }
  if (title_en === '' || title_es === '') return { line, rejected: `expected two titles of ${code}; one is missing` }
  const row = { code, level: Number(level), parent: parent === '' ? null : parent, title_en, title_es }
  return { line, key: code, rows: [[row]] }
}

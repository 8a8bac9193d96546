import { hash } from 'node:crypto'
import { FILE_LABELS } from '../../../contract/exported-file.ts'
import { type ExportedFile, readCsvFile } from './read-csv.ts'
import { readPdfFile } from './read-pdf.ts'
import { readXlsxFile } from './read-xlsx.ts'

/** What a file says of itself, and what its records give. */
export interface ReadExport extends ExportedFile {
  /** How many records there are, without the titles. */
  readonly rows: number
  /** The digest of the records with the file's salt; null if the file names no salt. */
  readonly digest: string | null
  /** The digest that the file names; null if it names none. */
  readonly named: string | null
  /** The ids of requests that the file names. */
  readonly requests: readonly string[]
  /** The ids of the entries of the export that the file names. */
  readonly entries: readonly string[]
  /** The first cell that the pages of a PDF file show otherwise than the attached table has it; null if there is none. */
  readonly differs: string | null
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/

/**
 * Reads a file that the console exported: CSV, XLSX or PDF, as its first bytes say.
 * @throws {TypeError} if the console did not write it.
 */
export function readExportedFile(bytes: Uint8Array): ReadExport {
  const file = readAnyForm(bytes)
  const valuesOf = (name: keyof typeof FILE_LABELS): readonly string[] => {
    const { es, en } = FILE_LABELS[name]
    const own = file.facts.filter(([label]) => label === es || label === en)
    // A value that a spreadsheet could take for a formula has an apostrophe before it.
    return own.map(([, value = '']) => value.replace(/^'/, ''))
  }
  const salt = valuesOf('salt').find((value) => /^[\w-]{22}$/.test(value)) ?? null
  const idOf = (value: string): string => UUID.exec(value)?.[0] ?? ''
  return {
    ...file,
    rows: file.cells.length - 1,
    digest: salt === null ? null : hash('sha256', `${salt}\n${file.records}`, 'base64url'),
    named: valuesOf('digest').find((value) => /^[\w-]{43}$/.test(value)) ?? null,
    requests: valuesOf('requests').filter((value) => idOf(value) === value && value !== ''),
    entries: valuesOf('entry')
      .map(idOf)
      .filter((id) => id !== ''),
  }
}

function readAnyForm(bytes: Uint8Array): ExportedFile & { readonly differs: string | null } {
  const begin = Buffer.from(bytes.subarray(0, 5)).toString('latin1')
  if (begin.startsWith('PK')) return { format: 'xlsx', differs: null, ...readXlsxFile(bytes) }
  if (begin === '%PDF-') return { format: 'pdf', ...readPdfFile(bytes) }
  return { format: 'csv', differs: null, ...readCsvFile(bytes) }
}

import { END_OF_RECORDS, readCsvLines } from '../../../contract/exported-file.ts'

/** A file that the console wrote, as far as its form is concerned. */
export interface ExportedFile {
  readonly format: 'csv' | 'xlsx' | 'pdf'
  /** The lines over which the digest is: titles and records. */
  readonly records: string
  /** Titles and records, cell by cell. */
  readonly cells: readonly (readonly string[])[]
  /** What is said after the records: label and value. */
  readonly facts: readonly (readonly string[])[]
}

/**
 * Reads a file of CSV.
 * @throws {TypeError} if the console did not write it.
 */
export function readCsvFile(bytes: Uint8Array): Omit<ExportedFile, 'format'> {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  if (!text.startsWith('\uFEFF')) throw new TypeError('expected CSV with a mark of UTF-8 at its beginning; came none')
  const end = text.indexOf(END_OF_RECORDS)
  if (end < 0) throw new TypeError('expected an empty line behind the records; came none')
  const records = text.slice(1, end + 2)
  const facts = readCsvLines(text.slice(end + END_OF_RECORDS.length))
  return { records, cells: readCsvLines(records), facts }
}

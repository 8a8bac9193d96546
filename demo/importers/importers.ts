import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DEPOSITARY } from '../../contract/country-code.ts'
import { importConvention, UNCAC, UNTOC } from './convention.ts'
import { importIccs } from './iccs.ts'
import { importPanamaHomicides, importTreaties, PANAMA_FILE, PARTICIPATION_FILE, TREATY_INDEX_FILE } from './mapped.ts'
import type { ImportReport } from './progress.ts'
import type { ImportOptions } from './run-import.ts'

/** One file of a publisher: its name in the data folder, and the function that imports it. */
export interface ImportFile {
  /** The first argument of `npm run import`. */
  readonly name: string
  readonly file: string
  /** A second file in the same folder, without which the first one is not imported. */
  readonly beside?: string
  /** The country that owns the records. Null: a reference table that each country has. */
  readonly owner: string | null
  run(options: ImportOptions): Promise<ImportReport>
}

/** All files, in the order in which they are imported. */
export const IMPORT_FILES: readonly ImportFile[] = [
  { name: 'iccs', file: 'iccs-v1.0-codes-en-es.csv', owner: null, run: importIccs },
  { name: 'treaties', file: TREATY_INDEX_FILE, beside: PARTICIPATION_FILE, owner: DEPOSITARY, run: importTreaties },
  { name: 'untoc', file: 'untoc-2000-en.md', owner: DEPOSITARY, run: (options) => importConvention(UNTOC, options) },
  { name: 'uncac', file: 'uncac-2003-en.md', owner: DEPOSITARY, run: (options) => importConvention(UNCAC, options) },
  { name: 'pa', file: PANAMA_FILE, owner: 'PA', run: importPanamaHomicides },
]

/**
 * Imports all files of a folder that belong to a country, and the reference tables. Leaves out a file that does not exist.
 * @throws {UsageError} when a file does not have the form that its importer expects.
 */
export async function importFolder(
  dataDir: string,
  options: Omit<ImportOptions, 'source'>,
): Promise<readonly ImportReport[]> {
  const reports: ImportReport[] = []
  for (const { file, beside = file, owner, run } of IMPORT_FILES) {
    const source = join(dataDir, file)
    const isThere = existsSync(source) && existsSync(join(dataDir, beside))
    if ((owner ?? options.country) === options.country && isThere) reports.push(await run({ ...options, source }))
  }
  return reports
}

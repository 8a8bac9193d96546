/** Opens the CSV files of a folder as one source, so that a proposal sees how they hang together. */
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { openCsv } from '../sources/csv.ts'
import { type Source, SourceError } from '../sources/source.ts'
import { type GuessedCsvForm, guessCsvForm } from './guess-csv-form.ts'

/** The files of a folder, and how each is written. */
export interface OpenedFiles {
  readonly source: Source
  /** By the name of the file, which is the name of its table. */
  readonly forms: ReadonlyMap<string, GuessedCsvForm>
}

/**
 * Opens all files of a folder that end with `.csv`, `.tsv` or `.txt`. Each is a table with the name of the file.
 * @param given what somebody said of all of them; the rest is guessed for each.
 * @throws {SourceError} if there is no such file, or one cannot be read.
 */
export async function openFiles(
  folder: string,
  given: { readonly encoding: string | null; readonly delimiter: string | null },
): Promise<OpenedFiles> {
  const names = (await readdir(folder)).filter((name) => /\.(?:csv|tsv|txt)$/i.test(name)).sort()
  if (names.length === 0) {
    throw new SourceError(
      `${folder}: expected a folder with files whose names end with .csv, .tsv or .txt; it has none`,
    )
  }
  const forms = new Map<string, GuessedCsvForm>()
  const sources = new Map<string, Source>()
  for (const name of names) {
    const path = join(folder, name)
    const form = await guessCsvForm(path, given)
    forms.set(name, form)
    sources.set(name, await openCsv({ path, ...form, quote: '"' }))
  }
  return { source: joinSources(basename(folder), sources), forms }
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

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Feed, Mapping } from '../../joining/mapping/mapping.ts'
import { MappingError, parseMapping } from '../../joining/mapping/parse-mapping.ts'
import type { RefusedRow } from '../../joining/sync/refusals.ts'
import { runSync } from '../../joining/sync/run-sync.ts'
import { embeddedTarget } from '../../joining/sync/target.ts'
import { PROJECT_DIR } from '../config.ts'
import { type ImportReport, MAX_LISTED_REJECTIONS } from './progress.ts'
import { type ImportCounts, type ImportOptions, importOnce, readSource } from './run-import.ts'

/** Files of publishers that a mapping of `countries/` reads, through `istmo sync`. */

/** The name of the importer of treaties in the journal. */
export const TREATIES_IMPORTER = 'treaties'

/** The name that the publisher gives to the list of homicides. */
export const PANAMA_FILE = 'pa-homicide-victims-2017-2024.csv'
/** The name that the publisher gives to the index of treaties. */
export const TREATY_INDEX_FILE = 'un-treaty-index.csv'
/** The name that the publisher gives to the table of participations. */
export const PARTICIPATION_FILE = 'un-treaty-participation.csv'

/**
 * Imports Panama's homicides as cases of PA, by the mapping `countries/PA.mapping.yaml`. The cases are real and have no persons.
 * @param options `source` is the file, under any name.
 * @throws {UsageError} when the file is not the list of Panama's homicides.
 */
export function importPanamaHomicides(options: ImportOptions): Promise<ImportReport> {
  const note = 'one record for each victim, without the victim: the file’s sex and age range are not imported'
  return importMapped({ importer: 'pa', mapping: 'PA', note, files: [basename(options.source)] }, options)
}

/**
 * Imports the index of treaties, and who takes part in them, by the mapping `countries/UN.mapping.yaml`.
 * @param options `source` is the index; the participations are read from the file beside it.
 * @throws {UsageError} when a file is not there, or is another one.
 */
export function importTreaties(options: ImportOptions): Promise<ImportReport> {
  const note = 'status of March 2015: history, not today’s status'
  const files = [basename(options.source), PARTICIPATION_FILE]
  return importMapped({ importer: TREATIES_IMPORTER, mapping: 'UN', note, files }, options)
}

/** One mapping, and how the demo names it. */
interface MappedImport {
  readonly importer: string
  /** The name of its file in the folder `countries`, before `.mapping.yaml`. */
  readonly mapping: string
  /** The sentence that must be shown wherever these records are shown. */
  readonly note: string
  /** The names of the files that the mapping's feeds read, beside the source. */
  readonly files: readonly string[]
}

async function importMapped(
  { importer, mapping: name, note, files }: MappedImport,
  options: ImportOptions,
): Promise<ImportReport> {
  const { source } = options
  const mapping = placeFiles(await readMapping(`${name}.mapping.yaml`), source, files)
  const hash = createHash('sha256').update(mapping.content)
  for (const file of files) hash.update(await readSource(join(dirname(source), file)))
  return importOnce({ importer, note, sha256: hash.digest('hex') }, options, () =>
    syncOnce(mapping, name, importer, options),
  )
}

async function syncOnce(
  mapping: Mapping,
  name: string,
  importer: string,
  { db, progress }: ImportOptions,
): Promise<ImportCounts> {
  const refused: RefusedRow[] = []
  const { kinds, counts } = await runSync({
    mapping,
    name,
    target: embeddedTarget(db),
    language: 'en',
    env: {},
    since: null,
    isDryRun: false,
    allowsShrink: true,
    allowsOpening: true,
    by: undefined,
    legalBasis: [],
    now: Date.now,
    refused: { write: async (row) => void refused.push(row), close: async () => undefined },
    progress: {
      read: (_section, rows, total) => progress.report(importer, rows, total === null ? undefined : rows / total),
      step: () => undefined,
    },
  })
  const sum = (what: 'read' | 'created' | 'changed' | 'deleted'): number =>
    kinds.reduce((total, kind) => total + kind[what], 0)
  const rejected = counts.total()
  return {
    taken: sum('read') - rejected,
    rejected,
    inserted: sum('created'),
    updated: sum('changed'),
    removed: sum('deleted'),
    rejections: refused
      .toSorted((one, other) => one.place - other.place)
      .slice(0, MAX_LISTED_REJECTIONS)
      .map(({ place, column, value, reason }) => ({
        line: place,
        reason: column === null ? reason : `${column} «${value ?? ''}»: ${reason}`,
      })),
  }
}

async function readMapping(name: string): Promise<Mapping> {
  const path = join(PROJECT_DIR, 'countries', name)
  const parsed = parseMapping(await readFile(path, 'utf8'), path, {
    language: 'en',
    readFile: () => {
      throw new Error(`${name}: expected a mapping without crosswalks`)
    },
  })
  if ('problems' in parsed) throw new MappingError(parsed.problems)
  return parsed.mapping
}

/** Lets the feeds of a mapping read the given files, in their order, from the folder of the source. */
function placeFiles(mapping: Mapping, source: string, files: readonly string[]): Mapping {
  const place = (feed: Feed, at: number): Feed => {
    const { from } = feed
    return from.kind === 'csv'
      ? { ...feed, from: { ...from, csv: { ...from.csv, file: files[at] ?? from.csv.file } } }
      : feed
  }
  return { ...mapping, path: join(dirname(source), basename(mapping.path)), feeds: mapping.feeds.map(place) }
}

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Feed, Mapping } from '../../joining/mapping/mapping.ts'
import { MappingError, parseMapping } from '../../joining/mapping/parse-mapping.ts'
import { SourceError } from '../../joining/sources/source.ts'
import type { RefusedRow } from '../../joining/sync/refusals.ts'
import { runSync } from '../../joining/sync/run-sync.ts'
import { embeddedTarget } from '../../joining/sync/target.ts'
import { UsageError } from '../../service/usage-error.ts'
import { refreshStatistics } from '../../subgraphs/kit/statistics.ts'
import { PROJECT_DIR } from '../config.ts'
import { type ImportReport, MAX_LISTED_REJECTIONS } from './report.ts'
import { type ImportOptions, journal, lastRun } from './run-import.ts'
import { hashFile } from './text-file.ts'

/** Files of publishers that a mapping of `countries/` reads, through `istmo sync`. */

/** The name of the importer of Panama’s homicides in the journal. */
const PANAMA_IMPORTER = 'pa'
/** The name of the importer of treaties in the journal. */
export const TREATIES_IMPORTER = 'treaties'

/** The name that the publisher gives to the list of homicides. */
export const PANAMA_FILE = 'pa-homicide-victims-2017-2024.csv'
/** The name that the publisher gives to the index of treaties. */
export const TREATY_INDEX_FILE = 'un-treaty-index.csv'
/** The name that the publisher gives to the table of participations. */
export const PARTICIPATION_FILE = 'un-treaty-participation.csv'

/** One mapping, and how the demo names it. */
interface MappedImport {
  readonly importer: string
  /** Its file in the folder `countries`. */
  readonly mapping: string
  /** The sentence that must be shown wherever these records are shown. */
  readonly note: string
}

/**
 * Imports Panama's homicides as cases of PA, by the mapping `countries/PA.mapping.yaml`. The cases are real and have no persons.
 * @param options `source` is the file, under any name.
 * @throws {UsageError} when the file is not the list of Panama's homicides.
 */
export function importPanamaHomicides(options: ImportOptions): Promise<ImportReport> {
  const note = 'one record for each victim, without the victim: the file’s sex and age range are not imported'
  return importMapped({ importer: PANAMA_IMPORTER, mapping: 'PA.mapping.yaml', note }, options, [
    basename(options.source),
  ])
}

/**
 * Imports the index of treaties, and who takes part in them, by the mapping `countries/UN.mapping.yaml`.
 * @param options `source` is the index; the participations are read from the file beside it.
 * @throws {UsageError} when a file is not there, or is another one.
 */
export function importTreaties(options: ImportOptions): Promise<ImportReport> {
  const note = 'status of March 2015: history, not today’s status'
  const files = [basename(options.source), PARTICIPATION_FILE]
  return importMapped({ importer: TREATIES_IMPORTER, mapping: 'UN.mapping.yaml', note }, options, files)
}

/** @param files the names of the files that the mapping's feeds read, beside the source. */
async function importMapped(
  { importer, mapping: name, note }: MappedImport,
  { db, source, progress, country }: ImportOptions,
  files: readonly string[],
): Promise<ImportReport> {
  const mapping = placeFiles(await readMapping(name), source, files)
  const hash = createHash('sha256').update(mapping.content)
  for (const file of files) hash.update(await hashFile(join(dirname(source), file)))
  const sha256 = hash.digest('hex')
  const before = await lastRun(db, importer)
  const common = { importer, path: source, country, note }
  if (before?.sha256 === sha256) {
    const { rows_taken: taken, rows_refused: rejected } = before
    return { ...common, alreadyTaken: true, taken, rejected, inserted: 0, updated: 0, removed: 0, rejections: [] }
  }
  const refused: RefusedRow[] = []
  const result = await runSync({
    mapping,
    name: basename(name, '.mapping.yaml'),
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
    .catch((error: unknown) => {
      throw error instanceof SourceError ? new UsageError(error.message, { cause: error }) : error
    })
    .finally(() => progress.clear())
  const sum = (what: 'read' | 'created' | 'changed' | 'deleted'): number =>
    result.kinds.reduce((total, kind) => total + kind[what], 0)
  const rejected = result.counts.total()
  const taken = sum('read') - rejected
  await journal(db, importer, sha256, { taken, rejected })
  await refreshStatistics(db)
  const counts = { taken, rejected, inserted: sum('created'), updated: sum('changed'), removed: sum('deleted') }
  const rejections = refused
    .toSorted((one, other) => one.place - other.place)
    .slice(0, MAX_LISTED_REJECTIONS)
    .map(({ place, column, value, reason }) => ({ line: place, reason: describe(column, value, reason) }))
  return { ...common, alreadyTaken: false, ...counts, rejections }
}

function describe(column: string | null, value: string | null, reason: string): string {
  return column === null ? reason : `${column} «${value ?? ''}»: ${reason}`
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

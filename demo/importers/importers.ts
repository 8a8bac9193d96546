import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DEPOSITARY } from '../../contract/country-code.ts'
import type { Feed, Mapping } from '../../joining/mapping/mapping.ts'
import { MappingError, parseMapping } from '../../joining/mapping/parse-mapping.ts'
import { openCsv } from '../../joining/sources/csv.ts'
import type { RefusedRow } from '../../joining/sync/refusals.ts'
import { runSync } from '../../joining/sync/run-sync.ts'
import { embeddedTarget } from '../../joining/sync/target.ts'
import { UsageError } from '../../service/usage-error.ts'
import { PROJECT_DIR } from '../config.ts'
import { INSTRUMENTS } from '../facts/facts.ts'
import {
  ARTICLE,
  COVERAGE,
  type Entry,
  ICCS_CODE,
  type ImportCounts,
  type Importer,
  type ImportOptions,
  type ImportReport,
  INSTRUMENT,
  importOnce,
  importSmallFile,
  insertMissingRows,
  MAX_LISTED_REJECTIONS,
  readSource,
} from './run-import.ts'

/** The name that the publisher gives to the list of homicides. */
export const PANAMA_FILE = 'pa-homicide-victims-2017-2024.csv'
/** The name that the publisher gives to the index of treaties. */
const TREATY_INDEX_FILE = 'un-treaty-index.csv'
/** The name that the publisher gives to the table of participations. */
export const PARTICIPATION_FILE = 'un-treaty-participation.csv'

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

/** Files of publishers that a mapping of `countries/` reads, through `istmo sync`. */

/** The name of the importer of treaties in the journal. */
export const TREATIES_IMPORTER = 'treaties'

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

/** The name of this codeImporter in the journal. */
export const ICCS_IMPORTER = 'iccs'

/** Digits of a code by its level: ICCS v1.0 has sections (2 digits) down to the fourth level (6). */
const DIGITS: Readonly<Record<string, number>> = { '1': 2, '2': 4, '3': 5, '4': 6 }

const codeImporter: Importer = {
  name: ICCS_IMPORTER,
  table: ICCS_CODE,
  removeStale: `delete from reference.iccs_code
    where code not in (select json_array_elements_text($1::text::json)) returning code`,
  prepare: (db) => insertMissingRows(db, COVERAGE, [{ subject: 'ICCS', key: '*' }]),
  async read({ path }) {
    const file = await openCsv({ path, encoding: 'utf-8', delimiter: ',', quote: '"' })
    const entries: Entry[] = []
    for await (const { rows, unreadable } of file.read({ from: path })) {
      entries.push(...rows.map(({ place, row }) => toCode(path, place, row)))
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
  return importSmallFile(codeImporter, options)
}

function toCode(path: string, line: number, fields: Readonly<Record<string, string | null>>): Entry {
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

/** A UN convention whose articles are read from a text in Markdown. */
export interface Convention {
  /** The importer's name in the journal. */
  readonly name: string
  readonly instrumentId: string
  /** The English title of the text. */
  readonly title: string
}

/** The convention against organised crime, New York 2000. */
export const UNTOC: Convention = {
  name: 'untoc',
  instrumentId: 'UN:XVIII-12',
  title: 'United Nations Convention against Transnational Organized Crime',
}
/** The convention against corruption, New York 2003. */
export const UNCAC: Convention = {
  name: 'uncac',
  instrumentId: 'UN:XVIII-14',
  title: 'United Nations Convention against Corruption',
}

/**
 * Imports the articles of a convention into `legal.article`: number, heading, text. Leaves out the preamble, the signature clause,
 * and the text in other languages that follows.
 * @throws {UsageError} when the text does not have the convention's title.
 */
export function importConvention(
  { name, instrumentId, title }: Convention,
  options: ImportOptions,
): Promise<ImportReport> {
  const importer = {
    name,
    table: ARTICLE,
    removeStale: `delete from legal.article where instrument_id = '${instrumentId}'
      and ordinal::text not in (select json_array_elements_text($1::text::json)) returning ordinal`,
    prepare: (db: ImportOptions['db']) => {
      const known = INSTRUMENTS.filter(({ id }) => id === instrumentId)
      return insertMissingRows(db, INSTRUMENT, known)
    },
    read: async ({ path, bytes }: { readonly path: string; readonly bytes: Uint8Array }) =>
      readArticles(path, decode(path, bytes), title).map((article) => toArticle(instrumentId, article)),
  }
  return importSmallFile(importer, options)
}

/** An article of the text. `body` has one line for each paragraph. */
interface Article {
  readonly line: number
  readonly number: string
  heading: string | null
  readonly body: string[]
}

function toArticle(instrument_id: string, { line, number, heading, body }: Article): Entry {
  if (!/^[1-9]\d{0,2}$/.test(number)) return { line, rejected: `expected an article’s number; came «${number}»` }
  if (heading === null) return { line, rejected: `article ${number} has no heading` }
  if (body.length === 0) return { line, rejected: `article ${number} has no text` }
  return { line, key: number, row: { instrument_id, ordinal: Number(number), number, heading, body: body.join('\n') } }
}

function readArticles(path: string, markdown: string, title: string): readonly Article[] {
  const lines = markdown.split(/\r?\n/).map((text) => text.replace(/\s+/g, ' ').trim())
  const begin = lines.findIndex((text) => text.startsWith('####'))
  const came = lines[begin]?.slice(4).trim() ?? ''
  if (came.toLowerCase() !== title.toLowerCase()) {
    const shown = came === '' ? 'no title' : `«${came}»`
    throw new UsageError(`${path}: expected the text of the «${title}»; came ${shown}`)
  }
  const articles: Article[] = []
  let article: Article | undefined
  // Whether a heading (`####`) belongs to the article or chapter that has just begun.
  let isOpened = false
  for (const [at, text] of lines.slice(begin + 1).entries()) {
    if (text.startsWith('####')) {
      // This is the title in the next language.
      if (!isOpened) break
      if (article) article.heading = text.slice(4).trim()
      isOpened = false
    } else if (text.startsWith('###')) {
      const [, number] = /^### ?Article (\S+)$/.exec(text) ?? []
      article = number === undefined ? undefined : { line: begin + 2 + at, number, heading: null, body: [] }
      if (article) articles.push(article)
      isOpened = true
    } else if (/^IN WITNESS WHEREOF\b/.test(text)) {
      article = undefined
    } else if (article && text !== '') {
      article.body.push(text)
      isOpened = false
    }
  }
  return articles
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new UsageError(`${path}: expected UTF-8; came other bytes. Save the file as UTF-8.`, { cause })
  }
}

import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Language } from '../../contract/language.ts'
import type { Say } from '../../contract/words.ts'
import { type CommandStreams, executeCommand } from '../../service/command-line.ts'
import type { CommandLine } from '../../service/command-spec.ts'
import { matching, TEXT } from '../../service/command-texts.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { chooseLanguage, LANG_OPTION } from '../../service/lang-option.ts'
import { EXIT_FAILED, UsageError } from '../../service/usage-error.ts'
import { COUNTRY, JOINING_TEXTS } from '../commands.ts'
import { formatLine } from '../decisions/decisions.ts'
import { joiningEnvironment } from '../environment.ts'
import type { Feed } from '../mapping/mapping.ts'
import { isEncoding, TODO } from '../mapping/mapping-schema.ts'
import { MappingError, parseMapping } from '../mapping/parse-mapping.ts'
import { compileRule, type ReadField } from '../mapping/row-reader.ts'
import { mappingWords } from '../mapping/words.ts'
import { DATABASE_URL_FORMS, openDatabase, putPassword, quoteName, readDatabaseUrl } from '../sources/databases.ts'
import { type Source, SourceError, type SourceTable } from '../sources/source.ts'
import { fromOf, openFeedSources } from '../sync/plan-readings.ts'
import { openFiles, profileTable } from './profile.ts'
import { type ProposedSource, proposeMapping } from './propose-mapping.ts'
import { proposeWords } from './words.ts'

/** `istmo map`: proposes a mapping from a source's own tables. */

const MAP = JOINING_TEXTS.declare('map', {
  options: {
    from: { isRequired: true, isSecret: true },
    passwordFile: TEXT,
    country: COUNTRY,
    encoding: matching(isEncoding),
    delimiter: { parse: readDelimiter },
    out: TEXT,
    labels: TEXT,
    lang: LANG_OPTION,
  },
})

/** For editors: it is named here so that a pack contains it. */
const SCHEMA = fileURLToPath(new URL('../mapping/mapping.schema.json', import.meta.url))

/** What the command takes from outside. */
export interface MapWorld {
  readonly streams: CommandStreams
  readonly env: Readonly<Record<string, string | undefined>>
}

function readDelimiter(text: string): string | undefined {
  const sign = text === '\\t' ? '\t' : text
  return [...sign].length === 1 ? sign : undefined
}

/** Runs `istmo map`. Returns the exit code. */
export function runMap(
  args: readonly string[],
  world: MapWorld = { streams: { out: process.stdout, err: process.stderr }, env: joiningEnvironment() },
): Promise<number> {
  return executeCommand(MAP, args, (line) => propose(line, world), world.streams)
}

async function propose(line: CommandLine<typeof MAP>, { streams, env }: MapWorld): Promise<number> {
  const language = chooseLanguage(line.lang, env)
  const say = proposeWords(language)
  if (line.labels !== undefined) return labels(line.from, line.labels, { streams, env }, language)
  const { source, place } = await open(line)
  try {
    const tables = await source.listTables()
    if (tables.length === 0) throw new UsageError(say('noTables'))
    const url = place.kind === 'SQL' ? place.url : null
    const { text, todos } = proposeMapping({
      country: line.country ?? null,
      label: source.label,
      source: place,
      schema: SCHEMA,
      tables: await profileAll(source, tables, url),
      say,
    })
    if (line.out === undefined) {
      streams.out.write(text)
      streams.err.write(`${say('decide', { todos })}\n`)
    } else {
      await writeNew(line.out, text, say)
      streams.out.write(`${say('done', { file: line.out, todos })}\n`)
    }
    return 0
  } catch (error) {
    throw error instanceof SourceError ? new UsageError(error.message, { cause: error }) : error
  } finally {
    await source.close()
  }
}

/** Writes the labels that a mapping reads. */
async function labels(mapping: string, file: string, { streams, env }: MapWorld, language: Language): Promise<number> {
  const say = proposeWords(language)
  if (!/\.ya?ml$/i.test(mapping)) throw new UsageError(say('labelsNeedMapping'))
  const count = await writeLabels(mapping, file, { language, env }).catch((error: unknown) => {
    throw error instanceof SourceError ? new UsageError(error.message, { cause: error }) : error
  })
  streams.err.write(`${count === null ? say('noLabels') : say('labels', { file, count })}\n`)
  return count === null ? EXIT_FAILED : 0
}

/** Tables are read one after the other: a selection is read by one reader at a time. @param url of a database; null for files. */
async function profileAll(source: Source, tables: readonly SourceTable[], url: string | null) {
  const profiles = []
  for (const table of tables) profiles.push(await profileTable(source, table, selectOf(table, url)))
  return profiles
}

/** What is read of a table: old databases keep photographs in their rows. */
function selectOf({ name, columns }: SourceTable, url: string | null): string {
  const read = columns.filter(({ kind }) => kind !== 'binary')
  if (url === null || read.length === columns.length || read.length === 0) return name
  return `select ${read.map((column) => quoteName(column.name, url)).join(', ')} from ${quoteName(name, url)}`
}

async function open(
  line: CommandLine<typeof MAP>,
): Promise<{ readonly source: Source; readonly place: ProposedSource }> {
  try {
    return await (/^[a-z]+:\/\//i.test(line.from) ? openGivenDatabase(line) : openGivenFiles(line))
  } catch (error) {
    throw error instanceof SourceError ? new UsageError(`--from: ${error.message}`, { cause: error }) : error
  }
}

async function openGivenDatabase({ from, passwordFile, out }: CommandLine<typeof MAP>) {
  const shown = readDatabaseUrl(from)
  if (shown === null) throw new UsageError(`--from: expected ${DATABASE_URL_FORMS}; came another form`)
  const named = passwordFile === undefined ? null : fromFolderOf(out, passwordFile)
  const url = passwordFile === undefined ? shown.href : putPassword(shown, await readPassword(passwordFile))
  const inUrl = shown.password === '' ? null : TODO
  shown.password = ''
  const source = await openDatabase(url)
  return { source, place: { kind: 'SQL', url: shown.href, passwordFile: named ?? inUrl } as const }
}

/** A mapping finds files from its own folder. One that goes to standard output is taken to be written into the working folder. */
function fromFolderOf(out: string | undefined, file: string): string {
  const path = relative(out === undefined ? '.' : dirname(out), file)
  // Whoever gives a whole path to somewhere else means that place.
  return isAbsolute(file) && path.startsWith('..') ? file : path
}

async function readPassword(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`--password-file: expected a readable file; ${file}: ${describeFileError(cause)}`, { cause })
  })
  return text.split(/\r?\n/, 1).join()
}

async function openGivenFiles({ from, encoding, delimiter, out }: CommandLine<typeof MAP>) {
  const given = { encoding: encoding ?? null, delimiter: delimiter ?? null }
  const { source, isFolder, forms } = await openFiles(from, given)
  const files = new Map(
    [...forms].map(([name, { path, ...form }]) => [name, { file: fromFolderOf(out, path), ...form }]),
  )
  const [only] = files.values()
  const place =
    isFolder || only === undefined ? ({ kind: 'FILES', files } as const) : ({ kind: 'CSV', ...only } as const)
  return { source, place }
}

async function writeNew(file: string, text: string, say: Say): Promise<void> {
  await writeFile(file, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new UsageError(say('exists', { file }), { cause: error })
    if (error.code === 'ENOENT') throw new UsageError(say('noFolder', { folder: dirname(file) }), { cause: error })
    throw new UsageError(`--out: expected the name of a new file; ${file}: ${describeFileError(error)}`, {
      cause: error,
    })
  })
}

/** Writes the labels of offences that a mapping reads into a file, for `istmo iccs suggest`. */

/**
 * Reads all rows whose offences get their code by a crosswalk, and writes `label,count` as CSV, the most frequent label first. Only the user who runs it can
 * read the file. The crosswalk itself need not be there yet.
 * @returns how many labels there are; null if the mapping has no such crosswalk, and nothing was written.
 * @throws {MappingError} if the mapping is wrong.
 * @throws {SourceError} if a source cannot be read.
 * @throws {UsageError} if a file cannot be read or written.
 */
export async function writeLabels(
  path: string,
  file: string,
  { language, env }: { readonly language: Language; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<number | null> {
  const parsed = parseMapping(readOr(path, null), path, {
    language,
    readFile: (crosswalk) => readOr(resolve(dirname(path), crosswalk), 'label,iccs\n'),
  })
  if ('problems' in parsed) throw new MappingError(parsed.problems)
  const { mapping } = parsed
  const labelled = mapping.feeds.flatMap((feed) => {
    const read = readLabel(feed, language)
    return read === null ? [] : [{ feed, read }]
  })
  if (labelled.length === 0) return null
  const sources = await openFeedSources({ ...mapping, feeds: labelled.map(({ feed }) => feed) }, env)
  const counts = new Map<string, number>()
  try {
    for (const { feed, read } of labelled) {
      for await (const { rows } of sources.of(feed).read({ from: fromOf(feed) })) {
        for (const { row } of rows) {
          const label = read(row, new Map())
          if (typeof label === 'string') counts.set(label, (counts.get(label) ?? 0) + 1)
        }
      }
    }
  } finally {
    await sources.close()
  }
  await write(file, counts)
  return counts.size
}

/** Reads the label that a feed's crosswalk to the ICCS begins with; null if it has none. */
function readLabel({ records }: Feed, language: Language): ReadField | null {
  const rule = records.flatMap(({ columns }) => columns).find(({ type }) => type.kind === 'iccs')?.rule
  if (rule?.kind !== 'read' || rule.values === null) return null
  const context = { say: mappingWords(language), startedAt: '', zone: null, country: '' }
  return compileRule({ kind: 'text' }, { ...rule, values: null, otherwise: { kind: 'keep' }, default: null }, context)
}

/** @param missing the text of a file that is not there; null: it must be there. */
function readOr(path: string, missing: string | null): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (missing !== null && (cause as NodeJS.ErrnoException).code === 'ENOENT') return missing
    throw new UsageError(`expected a file that can be read; ${path}: ${describeFileError(cause)}`, { cause })
  }
}

async function write(file: string, counts: ReadonlyMap<string, number>): Promise<void> {
  const lines = [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([label, count]) => formatLine([label, count]))
  await writeFile(file, [formatLine(['label', 'count']), ...lines].join(''), { mode: 0o600 }).catch(
    (cause: unknown) => {
      throw new UsageError(`--labels: expected a file that can be written; ${file}: ${describeFileError(cause)}`, {
        cause,
      })
    },
  )
}

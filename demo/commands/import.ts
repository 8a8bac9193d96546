import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isCountryCode } from '../../contract/country-code.ts'
import { UsageError } from '../../service/usage-error.ts'
import { type DemoConfig, readDemoConfig } from '../config.ts'
import { IMPORT_FILES, IMPORT_NAMES, type ImportFile, type ImportName, isImportName } from '../importers/importers.ts'
import { createProgress, type ProgressStream } from '../importers/progress.ts'
import { formatReport, type ImportReport } from '../importers/report.ts'
import { treatyFileKind } from '../importers/treaty-file.ts'
import { countriesWithDatabase, withCountryDatabase } from './country-database.ts'

/** What the command takes, for its error messages. */
export const IMPORT_USAGE = `npm run import -- NAME [FILE] [--data DIR] [--country CC]
names: ${IMPORT_NAMES.join(', ')}; without FILE, the publisher's files in --data, ISTMO_DATA or ../shared/data`

/** Where the command writes: reports to `out`, progress to `err`. By default the process's own. */
export interface ImportStreams {
  readonly out: Pick<ProgressStream, 'write'>
  readonly err: ProgressStream
}

/** The command line, read. */
interface ImportRequest {
  readonly name: ImportName
  readonly file: string | undefined
  readonly dataDir: string | undefined
  readonly country: string | undefined
}

/**
 * `npm run import -- NAME [FILE]`: takes a publisher's file into the demo's databases, and prints what was taken, what was refused
 * and why. Codes go to every country that has a database, or to `--country`; the rest to the country that it belongs to.
 * @param env the environment, as {@link readDemoConfig} reads it; by default the process's.
 * @throws {UsageError} when the arguments or the file are not what they should be, or a country's node has its database open.
 */
export async function runImportCommand(
  args: readonly string[],
  streams: ImportStreams = { out: process.stdout, err: process.stderr },
  env?: Readonly<Record<string, string | undefined>>,
): Promise<readonly ImportReport[]> {
  const request = parseImportArguments(args)
  const config = readDemoConfig(env, request.dataDir === undefined ? {} : { publicDataDir: request.dataDir })
  const sources = await sourcesOf(request, config)
  const reports: ImportReport[] = []
  const progress = createProgress(streams.err)
  for (const country of countriesOf(request, sources, config)) {
    await withCountryDatabase(config, country, async (db) => {
      for (const { file, source } of sources) {
        const report = await file.run({ db, source, progress, country })
        streams.out.write(`${formatReport(report)}\n`)
        reports.push(report)
      }
    })
  }
  return reports
}

function parseImportArguments(args: readonly string[]): ImportRequest {
  const { values, positionals } = readArguments(args)
  const [name, file, ...rest] = positionals
  if (name === undefined || !isImportName(name)) {
    throw new UsageError(`NAME: expected one of ${IMPORT_NAMES.join(', ')}; came ${name ?? 'nothing'}\n${IMPORT_USAGE}`)
  }
  if (rest.length > 0) throw new UsageError(`expected one FILE; came ${[file, ...rest].join(' ')}\n${IMPORT_USAGE}`)
  const { data: dataDir, country } = values
  if (country !== undefined && !isCountryCode(country)) {
    throw new UsageError(`--country: expected an ISO 3166-1 alpha-2 code, or UN; came ${JSON.stringify(country)}`)
  }
  return { name, file, dataDir, country }
}

function readArguments(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: { data: text, country: text } })
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${IMPORT_USAGE}`)
  }
}

interface Source {
  readonly file: ImportFile
  readonly source: string
}

/** The file that was named, with the importer that can read it; else all files of that name in the data folder. */
async function sourcesOf({ name, file }: ImportRequest, config: DemoConfig): Promise<readonly Source[]> {
  const files = IMPORT_FILES.filter((candidate) => candidate.name === name)
  if (file === undefined) {
    const dir = config.publicDataDir
    if (dir === null)
      throw new UsageError(`expected FILE, --data DIR or ISTMO_DATA; came none of them\n${IMPORT_USAGE}`)
    return files.map((candidate) => ({ file: candidate, source: join(dir, candidate.file) }))
  }
  const kind = name === 'treaties' ? await treatyFileKind(file) : undefined
  const chosen = files.find((candidate) => kind === undefined || candidate.file === kind)
  if (chosen === undefined) throw new Error(`expected an importer for ${name}; there is none`)
  return [{ file: chosen, source: file }]
}

function countriesOf({ country }: ImportRequest, sources: readonly Source[], config: DemoConfig): readonly string[] {
  const owner = sources[0]?.file.owner ?? null
  if (owner !== null) {
    if (country === undefined || country === owner) return [owner]
    throw new UsageError(`--country: these records belong to ${owner}; came ${country}`)
  }
  const countries = country === undefined ? countriesWithDatabase(config) : [country]
  if (countries.length > 0) return countries
  throw new UsageError(
    `expected a country that has a database; there is none yet. Run «npm start» once, or say --country CC`,
  )
}

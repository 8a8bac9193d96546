import { join } from 'node:path'
import { isCountryCode } from '../../contract/country-code.ts'
import { runCommand } from '../../service/command-line.ts'
import type { CommandLine } from '../../service/command-spec.ts'
import { matching, oneOf } from '../../service/command-texts.ts'
import type { BarStream } from '../../service/progress-bar.ts'
import { UsageError } from '../../service/usage-error.ts'
import { noteImport } from '../audit-log/note-import.ts'
import { type DemoConfig, describeEnvironment, readDemoConfig } from '../config.ts'
import { homeIn } from '../home.ts'
import { IMPORT_FILES, type ImportFile } from '../importers/importers.ts'
import { createProgress, describeReport, formatReport, type ImportReport } from '../importers/run-import.ts'
import { countriesWithDatabase, withCountryDatabase } from './country-database.ts'
import { ISTMO_TEXTS } from './texts.ts'

/** The command line of `istmo import`. */
export const IMPORT = {
  ...ISTMO_TEXTS.declare('import', {
    arguments: { name: oneOf(IMPORT_FILES.map(({ name }) => name)), file: { isOptional: true } },
    options: {
      data: { says: 'publicDataDir', variable: 'ISTMO_DATA' },
      country: matching(isCountryCode),
    },
  }),
  notes: { Environment: describeEnvironment('ISTMO_HOME', 'DATABASE_URL', 'ISTMO_DATA') },
}

/** Where the command writes: reports to `out`, progress to `err`. By default the process's own streams. */
export interface ImportStreams {
  readonly out: Pick<BarStream, 'write'>
  readonly err: BarStream
}

type ImportRequest = CommandLine<typeof IMPORT>

/** Runs `istmo import NAME [FILE]`. */
export async function runImportCommand(args: readonly string[]): Promise<void> {
  await runCommand(IMPORT, args, (request) => importRequested(request))
}

/**
 * Imports a publisher's file into the demo's databases, and prints what it imported, what it rejected and why. Codes go to each country
 * that has a database, or to `--country`. Other records go to the country that owns them.
 * @param env the environment, as {@link readDemoConfig} reads it; by default the process's.
 * @throws {UsageError} if the file is wrong, or if a country's node has its database open.
 */
export async function importRequested(
  request: ImportRequest,
  streams: ImportStreams = { out: process.stdout, err: process.stderr },
  env?: Readonly<Record<string, string | undefined>>,
): Promise<readonly ImportReport[]> {
  const config = readDemoConfig(env, request.data === undefined ? {} : { publicDataDir: request.data })
  const sources = sourcesOf(request, config)
  const reports: ImportReport[] = []
  const progress = createProgress(streams.err)
  for (const country of countriesOf(request, sources, config)) {
    await withCountryDatabase(config, country, async (db) => {
      for (const { file, source } of sources) {
        const report = await file.run({ db, source, progress, country })
        await noteReport(config, report)
        streams.out.write(`${formatReport(report)}\n`)
        reports.push(report)
      }
    })
  }
  return reports
}

/** Writes down in the country's audit log what an importer changed. A file that was imported before changed nothing. */
async function noteReport(config: DemoConfig, report: ImportReport): Promise<void> {
  if (report.alreadyTaken) return
  await noteImport({ folder: homeIn(config.home).auditLog, port: config.port }, describeReport(report), Date.now)
}

interface Source {
  readonly file: ImportFile
  readonly source: string
}

/** Finds the named file; else all files of that kind in the data folder. */
function sourcesOf({ name, file }: ImportRequest, config: DemoConfig): readonly Source[] {
  const files = IMPORT_FILES.filter((candidate) => candidate.name === name)
  if (file === undefined) {
    const dir = config.publicDataDir
    if (dir === null) throw new UsageError('<file>: expected a file, --data or ISTMO_DATA; came nothing')
    return files.map((candidate) => ({ file: candidate, source: join(dir, candidate.file) }))
  }
  const [chosen] = files
  if (chosen === undefined) throw new Error(`expected an importer for ${name}; found none`)
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
  throw new UsageError(`expected a country that has a database; found none. Run «npm start» once, or set --country CC`)
}

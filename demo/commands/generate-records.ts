import { once } from 'node:events'
import { runCommand } from '../../service/command-line.ts'
import type { CommandLine } from '../../service/command-spec.ts'
import { NEEDED, SWITCH } from '../../service/command-texts.ts'
import type { BarStream } from '../../service/progress-bar.ts'
import { describeMadeUp, noteImport } from '../audit-log/note-import.ts'
import { type DemoConfig, describeEnvironment, readDemoConfig } from '../config.ts'
import { generateCountry, loadCountry } from '../generator/generate-country.ts'
import { createSettings, GENERATOR_DEFAULTS, type GeneratorSettings } from '../generator/settings.ts'
import { homeIn } from '../home.ts'
import { createProgress } from '../importers/run-import.ts'
import { withCountryDatabase } from './country-database.ts'
import { ISTMO_TEXTS } from './texts.ts'

const count = {
  value: 'number',
  expected: 'a whole number from 0',
  parse: (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined),
} as const

/** The command line of `istmo generate-records`. */
export const GENERATE = {
  ...ISTMO_TEXTS.declare('generate-records', {
    options: {
      country: NEEDED,
      countries: { default: GENERATOR_DEFAULTS.countries.join(',') },
      persons: { default: `${GENERATOR_DEFAULTS.persons}`, ...count },
      cases: { default: `${GENERATOR_DEFAULTS.cases}`, ...count },
      seed: { default: `${GENERATOR_DEFAULTS.seed}`, ...count },
      print: SWITCH,
    },
  }),
  notes: { Environment: describeEnvironment('ISTMO_HOME', 'DATABASE_URL') },
}

/** Where the command writes: the result or the rows to `out`, progress to `err`. By default the process's own streams. */
export interface GenerateStreams {
  readonly out: NodeJS.WritableStream
  readonly err: BarStream
}

/** Runs `istmo generate-records`. */
export async function runGenerateRecords(args: readonly string[]): Promise<void> {
  await runCommand(GENERATE, args, (line) => generateRequested(line))
}

/**
 * Writes fictitious records of a country to its database and replaces the existing ones. With `--print` it prints them as lines of
 * JSON, `{ table, row }`, and opens no database.
 * @param env the environment, as {@link readDemoConfig} reads it; by default the process's.
 * @throws {UsageError} if the settings are wrong, or if the country's node has its database open.
 */
export async function generateRequested(
  { countries, print, ...given }: CommandLine<typeof GENERATE>,
  streams: GenerateStreams = { out: process.stdout, err: process.stderr },
  env?: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const settings = createSettings({ ...given, countries: countries.split(',') })
  if (print) await printRows(settings, streams.out)
  else await load(readDemoConfig(env), settings, streams)
}

async function load(config: DemoConfig, settings: GeneratorSettings, { out, err }: GenerateStreams): Promise<void> {
  const { country, persons, cases, seed } = settings
  const progress = createProgress(err)
  const { loaded, rows } = await withCountryDatabase(config, country, (db) => loadCountry({ db, settings, progress }))
  if (loaded) {
    const place = { folder: homeIn(config.home).auditLog, port: config.port }
    await noteImport(place, describeMadeUp(country, rows), Date.now)
  }
  const what = `${persons} persons and ${cases} cases of ${country}, seed ${seed}`
  out.write(loaded ? `wrote ${what}: ${rows} rows\n` : `${what}: already in the database, nothing to do\n`)
}

async function printRows(settings: GeneratorSettings, out: NodeJS.WritableStream): Promise<void> {
  for (const { table, rows } of generateCountry(settings)) {
    const text = rows.map((row) => `${JSON.stringify({ table: table.name, row })}\n`).join('')
    // Waits until the reader of the stream has caught up.
    if (text !== '' && !out.write(text)) await once(out, 'drain')
  }
}

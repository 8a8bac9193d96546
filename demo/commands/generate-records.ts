import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { UsageError } from '../../service/usage-error.ts'
import { type DemoConfig, readDemoConfig } from '../config.ts'
import { generateCountry } from '../generator/generate-country.ts'
import { loadCountry } from '../generator/load-country.ts'
import { createSettings, GENERATOR_DEFAULTS, type GeneratorSettings } from '../generator/settings.ts'
import { createProgress, type ProgressStream } from '../importers/progress.ts'
import { withCountryDatabase } from './country-database.ts'

/** What the command takes, for its error messages. */
export const GENERATE_USAGE =
  'istmo generate-records --country CC [--countries CC,CC,…] [--persons N] [--cases N] [--seed N] [--print]'

/** What the command writes to: the outcome or the rows to `out`, progress to `err`. By default the process's own. */
export interface GenerateStreams {
  readonly out: NodeJS.WritableStream
  readonly err: ProgressStream
}

/**
 * `istmo generate-records`: puts made-up records of a country into its database in place of those that are there, or, with
 * `--print`, writes them as lines of JSON, `{ table, row }`, and touches no database.
 * @param env the environment, as {@link readDemoConfig} reads it; by default the process's.
 * @throws {UsageError} when the arguments are not what they should be, or the country's node has its database open.
 */
export async function runGenerateRecords(
  args: readonly string[],
  streams: GenerateStreams = { out: process.stdout, err: process.stderr },
  env?: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const { settings, print } = parseGenerateArguments(args)
  if (print) await printRows(settings, streams.out)
  else await load(readDemoConfig(env), settings, streams)
}

async function load(config: DemoConfig, settings: GeneratorSettings, { out, err }: GenerateStreams): Promise<void> {
  const { country, persons, cases, seed } = settings
  const progress = createProgress(err)
  const { loaded, rows } = await withCountryDatabase(config, country, (db) => loadCountry({ db, settings, progress }))
  const what = `${persons} persons and ${cases} cases of ${country}, seed ${seed}`
  out.write(loaded ? `made up ${what}: ${rows} rows\n` : `${what}: there already, nothing to do\n`)
}

async function printRows(settings: GeneratorSettings, out: NodeJS.WritableStream): Promise<void> {
  for (const { table, rows } of generateCountry(settings)) {
    const text = rows.map((row) => `${JSON.stringify({ table: table.name, row })}\n`).join('')
    // Whoever reads sets the pace.
    if (text !== '' && !out.write(text)) await once(out, 'drain')
  }
}

function parseGenerateArguments(args: readonly string[]): { settings: GeneratorSettings; print: boolean } {
  const { country, countries, persons, cases, seed, print = false } = readArguments(args)
  if (country === undefined)
    throw new UsageError(`--country: expected a country’s code; came nothing\n${GENERATE_USAGE}`)
  const settings = createSettings({
    country,
    countries: countries?.split(',') ?? [...GENERATOR_DEFAULTS.countries],
    persons: parseCount('--persons', persons) ?? GENERATOR_DEFAULTS.persons,
    cases: parseCount('--cases', cases) ?? GENERATOR_DEFAULTS.cases,
    seed: parseCount('--seed', seed) ?? GENERATOR_DEFAULTS.seed,
  })
  return { settings, print }
}

function readArguments(args: readonly string[]) {
  const text = { type: 'string' } as const
  const options = {
    country: text,
    countries: text,
    persons: text,
    cases: text,
    seed: text,
    print: { type: 'boolean' },
  } as const
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${GENERATE_USAGE}`)
  }
}

function parseCount(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  if (!/^\d{1,9}$/.test(value)) throw new UsageError(`${option}: expected a whole number from 0; came ${value}`)
  return Number(value)
}

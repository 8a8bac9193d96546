import { parseCommandLine } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { describeEnvironment } from '../config.ts'
import { MADE_COUNTRIES } from '../countries.ts'

/** The options of `npm start -- …`. For an absent option the generator's default applies. */
export interface StartOptions {
  /** How many persons are made up for each country whose records are made up. */
  readonly persons?: number | undefined
  /** How many cases are made up for each of them. */
  readonly cases?: number | undefined
  /** The seed of the made-up records. */
  readonly seed?: number | undefined
  /** The folder of the publishers' files; `ISTMO_DATA` by default. */
  readonly publicDataDir?: string | undefined
  /** The bundle of a country to take in, or the folder that `istmo join` made. */
  readonly admit?: string | undefined
}

/** The largest number that an option takes. */
export const MAX_COUNT = 10_000_000

const count = {
  value: 'number',
  expected: `a whole number from 0 to ${MAX_COUNT}`,
  parse: (text: string) => (/^\d{1,8}$/.test(text) && Number(text) <= MAX_COUNT ? Number(text) : undefined),
} as const

const LISTED = MADE_COUNTRIES.join(', ').replace(/, (\w+)$/, ' and $1')

/** The command line of `npm start`. */
export const START = {
  name: 'npm start --',
  description: 'Runs the complete demo in this terminal. Ctrl-C ends it.',
  options: {
    persons: { flag: 'persons', meaning: `how many persons to make up for each of ${LISTED}`, ...count },
    cases: { flag: 'cases', meaning: `how many cases to make up for each of ${LISTED}`, ...count },
    seed: { flag: 'seed', meaning: 'the seed of the made-up records', ...count },
    publicDataDir: {
      flag: 'data',
      value: 'dir',
      variable: 'ISTMO_DATA',
      meaning: 'the folder of the publishers’ files',
      expected: 'the path of a folder',
    },
    admit: {
      flag: 'admit',
      value: 'dir',
      meaning:
        'take a country in that runs beside the demo: its bundle, or the folder of «istmo join»; each later start has it too',
      expected: 'the path of a folder',
    },
  },
  notes: { Environment: describeEnvironment('ISTMO_HOME', 'PORT', 'DATABASE_URL', 'ISTMO_DATA', 'CORS_ORIGIN') },
  examples: [
    { command: 'npm start -- --persons 50 --cases 100', meaning: 'A small demo.' },
    {
      command: 'npm start -- --admit /srv/istmo/bundle',
      meaning: 'Takes a country in that «istmo join» has prepared.',
    },
  ],
} as const satisfies CommandSpec

/**
 * Reads the command line of the demo.
 * @throws {UsageError} with the option, what was expected and what came.
 */
export function parseStartOptions(args: readonly string[]): StartOptions {
  return parseCommandLine(START, args)
}

import { parseCommandLine } from '../../service/command-line.ts'
import type { CommandLine } from '../../service/command-spec.ts'
import { TEXT, wholeNumber } from '../../service/command-texts.ts'
import { NPM_TEXTS } from '../commands/texts.ts'
import { describeEnvironment } from '../config.ts'

/** The largest number that an option takes. */
export const MAX_COUNT = 10_000_000

const COUNT = { value: 'number', ...wholeNumber(0, MAX_COUNT) } as const

/** The command line of `npm start`. */
export const START = {
  ...NPM_TEXTS.declare('start --', {
    options: {
      persons: COUNT,
      cases: COUNT,
      seed: COUNT,
      publicDataDir: { flag: 'data', variable: 'ISTMO_DATA' },
      admit: TEXT,
    },
  }),
  notes: { Environment: describeEnvironment('ISTMO_HOME', 'PORT', 'DATABASE_URL', 'ISTMO_DATA', 'CORS_ORIGIN') },
}

/** The options of `npm start -- …`. For an absent option the generator's default applies. */
export type StartOptions = Partial<CommandLine<typeof START>>

/**
 * Reads the command line of the demo.
 * @throws {UsageError} with the option, what was expected and what came.
 */
export function parseStartOptions(args: readonly string[]): StartOptions {
  return parseCommandLine(START, args)
}

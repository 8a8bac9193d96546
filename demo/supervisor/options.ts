import { parseCommandLine } from '../../service/command-line.ts'
import type { CommandLine, CommandSpec } from '../../service/command-spec.ts'
import { describeEnvironment } from '../config.ts'

/** What `npm start -- …` may say. What is left out is the generator's default. */
export interface StartOptions {
  /** Persons that are made up for each of GT, HN and SV. */
  readonly persons?: number
  /** Cases that are made up for each of GT, HN and SV. */
  readonly cases?: number
  /** The seed of what is made up. */
  readonly seed?: number
  /** The folder of the publishers' files; `ISTMO_DATA` without it. */
  readonly publicDataDir?: string
}

/** The largest number that an option takes. */
export const MAX_COUNT = 10_000_000

const count = {
  value: 'number',
  expected: `a whole number from 0 to ${MAX_COUNT}`,
  parse: (text: string) => (/^\d{1,8}$/.test(text) && Number(text) <= MAX_COUNT ? Number(text) : undefined),
} as const

/** `npm start`, as it is typed. */
export const START = {
  name: 'npm start --',
  description: 'Brings the whole demo up in this terminal. Ctrl-C ends it.',
  options: {
    persons: { flag: 'persons', meaning: 'persons that are made up for each of GT, HN and SV', ...count },
    cases: { flag: 'cases', meaning: 'cases that are made up for each of GT, HN and SV', ...count },
    seed: { flag: 'seed', meaning: 'the seed of what is made up', ...count },
    data: {
      flag: 'data',
      value: 'dir',
      variable: 'ISTMO_DATA',
      meaning: 'the folder of the publishers’ files',
      expected: 'the path of a folder',
    },
  },
  notes: { Environment: describeEnvironment('ISTMO_HOME', 'PORT', 'DATABASE_URL', 'ISTMO_DATA') },
  examples: [{ command: 'npm start -- --persons 50 --cases 100', meaning: 'A small demo.' }],
} as const satisfies CommandSpec

/**
 * Reads the command line of the demo.
 * @throws {UsageError} naming the option, what was expected and what came.
 */
export function parseStartOptions(args: readonly string[]): StartOptions {
  return toStartOptions(parseCommandLine(START, args))
}

/** The options of a command line that was read. */
export function toStartOptions({ persons, cases, seed, data }: CommandLine<typeof START>): StartOptions {
  return {
    ...(persons !== undefined && { persons }),
    ...(cases !== undefined && { cases }),
    ...(seed !== undefined && { seed }),
    ...(data !== undefined && { publicDataDir: data }),
  }
}

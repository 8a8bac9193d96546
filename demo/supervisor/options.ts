import { parseArgs } from 'node:util'
import { UsageError } from '../../service/usage-error.ts'

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

/** The options of the demo, for its error messages. */
export const START_USAGE = 'npm start -- [--persons N] [--cases N] [--seed N] [--data DIR]'

/** The largest number that an option takes. */
export const MAX_COUNT = 10_000_000

/**
 * Reads the command line of the demo.
 * @throws {UsageError} naming the option, what was expected and what came.
 */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const values = readArguments(args)
  return {
    ...(values.persons !== undefined && { persons: parseCount('--persons', values.persons) }),
    ...(values.cases !== undefined && { cases: parseCount('--cases', values.cases) }),
    ...(values.seed !== undefined && { seed: parseCount('--seed', values.seed) }),
    ...(values.data !== undefined && { publicDataDir: values.data }),
  }
}

function readArguments(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({ args: [...args], options: { persons: text, cases: text, seed: text, data: text } }).values
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${START_USAGE}`)
  }
}

function parseCount(option: string, value: string): number {
  const count = /^\d{1,8}$/.test(value) ? Number(value) : Number.NaN
  if (!(count <= MAX_COUNT))
    throw new UsageError(`${option}: expected a whole number from 0 to ${MAX_COUNT}; came ${value}`)
  return count
}

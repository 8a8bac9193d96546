import { partCount, partOf, randomCases } from '../share.ts'

/** How many random cases a fuzz test runs in `npm test`: operations over supergraphs, and spoiled answers. */
const DEFAULT_RUNS = 1_000

/** The first seed by default. Each whole run of the tests has the same cases, so that a failure is due to a change of the code. */
const DEFAULT_SEED = 1

/** How many seeds apart the parts of CI begin. */
const SEEDS_PER_PART = 4

/** How many cases a fuzz test runs, and its first seed. */
export interface FuzzRuns {
  readonly cases: number
  readonly seed: number
}

/** ISTMO_FUZZ_RUNS sets the number of cases, ISTMO_FUZZ_SEED the first seed, for longer runs and other cases. */
export function fuzzRuns(): FuzzRuns {
  const { ISTMO_FUZZ_RUNS: runs, ISTMO_FUZZ_SEED: seed } = process.env
  const first = DEFAULT_SEED + SEEDS_PER_PART * partOf('fuzz', partCount())
  return { cases: Number(runs ?? randomCases(DEFAULT_RUNS)), seed: Number(seed ?? first) }
}

/** How long a fuzz test may take, in milliseconds. It is generous, because machines and runs differ. */
export const FUZZ_TIMEOUT_MS = 24 * 3_600_000

/** How many random cases a fuzz takes in `npm test`: operations over supergraphs, and spoiled answers. */
const DEFAULT_RUNS = 10_000

/** The first seed where none is set: the same cases in each run of the tests, so that a change is to blame for a failure. */
const DEFAULT_SEED = 1

/** How long a fuzz runs and where it begins. */
export interface FuzzRuns {
  readonly cases: number
  readonly seed: number
}

/** ISTMO_FUZZ_RUNS sets the number of cases, ISTMO_FUZZ_SEED the first seed, for longer runs and other cases. */
export function fuzzRuns(): FuzzRuns {
  const { ISTMO_FUZZ_RUNS: runs, ISTMO_FUZZ_SEED: seed } = process.env
  return { cases: Number(runs ?? DEFAULT_RUNS), seed: Number(seed ?? DEFAULT_SEED) }
}

/** How long a fuzz may take, in milliseconds: generous, for machines and runs differ. */
export const FUZZ_TIMEOUT_MS = 24 * 3_600_000

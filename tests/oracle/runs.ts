import type { Parameters } from 'fast-check'

/** How many random cases each property of the oracle takes in `npm test`. */
const DEFAULT_RUNS = 600

/**
 * Settings of a property: `share` of the runs, which ISTMO_ORACLE_RUNS sets for longer ones; ISTMO_ORACLE_SEED repeats a run.
 * Without a seed each run is another one; a failure prints its own.
 */
export function runsOf<T>(share = 1): Parameters<T> {
  const { ISTMO_ORACLE_RUNS: runs, ISTMO_ORACLE_SEED: seed } = process.env
  const numRuns = Math.max(1, Math.round(Number(runs ?? DEFAULT_RUNS) * share))
  return { numRuns, endOnFailure: false, ...(seed === undefined ? {} : { seed: Number(seed) }) }
}

/** How long a property may take, in milliseconds: generous, for machines and runs differ. */
export const PROPERTY_TIMEOUT_MS = 24 * 3_600_000

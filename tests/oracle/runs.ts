import type { Parameters } from 'fast-check'

/** How many random cases each property of the oracle runs in `npm test`. */
const DEFAULT_RUNS = 150

/**
 * Makes the settings of a property. It runs `share` of the random cases. ISTMO_ORACLE_RUNS sets their number; ISTMO_ORACLE_SEED repeats a
 * run. Without a seed each run has other cases, and a failure prints its seed.
 */
export function runsOf<T>(share = 1): Parameters<T> {
  const { ISTMO_ORACLE_RUNS: runs, ISTMO_ORACLE_SEED: seed } = process.env
  const numRuns = Math.max(1, Math.round(Number(runs ?? DEFAULT_RUNS) * share))
  return { numRuns, endOnFailure: false, ...(seed === undefined ? {} : { seed: Number(seed) }) }
}

/** How long a property may take, in milliseconds. It is generous, because machines and runs differ. */
export const PROPERTY_TIMEOUT_MS = 24 * 3_600_000

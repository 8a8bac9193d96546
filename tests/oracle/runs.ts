import type { Parameters } from 'fast-check'
import { propertySeed } from '../property-seed.ts'
import { randomCases } from '../share.ts'

/** How many random cases each property of the oracle runs in `npm test`. */
const DEFAULT_RUNS = 150

/**
 * Makes the settings of a property. It runs `share` of the random cases. ISTMO_ORACLE_RUNS sets their number, ISTMO_PROPERTY_SEED
 * chooses others.
 */
export function runsOf<T>(share = 1): Parameters<T> {
  return settingsOf(DEFAULT_RUNS, share)
}

/** The same for a property that demands nothing of its cases together, so that CI may draw a part of them (tests/share.ts). */
export function fewerRunsOf<T>(share = 1): Parameters<T> {
  return settingsOf(randomCases(DEFAULT_RUNS), share)
}

function settingsOf<T>(usual: number, share: number): Parameters<T> {
  const numRuns = Math.max(1, Math.round(Number(process.env.ISTMO_ORACLE_RUNS ?? usual) * share))
  return { numRuns, endOnFailure: false }
}

/** Returns where the seeds of what a property makes besides its cases begin: at the seed of the run, as a number that is not negative. */
export function firstSeed(): number {
  return propertySeed() >>> 0
}

/** How long a property may take, in milliseconds. It is generous, because machines and runs differ. */
export const PROPERTY_TIMEOUT_MS = 24 * 3_600_000

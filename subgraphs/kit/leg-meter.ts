import type { ErrorCode } from '../../contract/errors.ts'
import { getOrAdd } from '../../contract/get-or-add.ts'

/** What a node counts of its legs, for its operator. It holds nothing about a person, a caller or a record. */

/** The bounds of the buckets of durations, in seconds: those of the gateway’s histograms. */
export const DURATION_BOUNDS_S: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16]

/** How many failures are remembered. */
const MAX_FAILURES = 20

/** How a leg ended: `NONE` if it was answered, else the code of its rejection. */
export type LegOutcome = ErrorCode | 'NONE'

/** A leg that was not answered. */
export interface FailedLeg {
  /** RFC 3339. */
  readonly time: string
  readonly domain: string
  readonly code: ErrorCode
  /** The header `Istmo-Request-Id`, by which the gateway’s operator finds the request; null without one. */
  readonly requestId: string | null
}

/** The durations of the answered and rejected legs of one domain. */
export interface Durations {
  /** How many legs are in each bucket of {@link DURATION_BOUNDS_S}, and above the last one; not cumulative. */
  readonly counts: readonly number[]
  /** In seconds. */
  readonly sum: number
}

/** The counts of a node’s legs since its start. */
export interface LegMeter {
  /** Notes the end of a leg. `seconds`: from its arrival to its answer. */
  readonly note: (leg: {
    readonly domain: string
    readonly outcome: LegOutcome
    readonly seconds: number
    readonly requestId: string | undefined
  }) => void
  /** How many legs of a domain ended in a way: rows of domain, outcome and number. */
  readonly outcomes: () => readonly (readonly [domain: string, outcome: LegOutcome, count: number])[]
  readonly durations: () => ReadonlyMap<string, Durations>
  /** The last failures, the newest first. */
  readonly failures: () => readonly FailedLeg[]
}

/** Creates a meter at zero. @param now returns milliseconds since the epoch. */
export function createLegMeter(now: () => number): LegMeter {
  const counts = new Map<string, Map<LegOutcome, number>>()
  const durations = new Map<string, { readonly counts: number[]; sum: number }>()
  const failures: FailedLeg[] = []
  return {
    note({ domain, outcome, seconds, requestId }) {
      const ofDomain = getOrAdd(counts, domain, () => new Map<LegOutcome, number>())
      ofDomain.set(outcome, (ofDomain.get(outcome) ?? 0) + 1)
      const times = getOrAdd(durations, domain, () => ({
        counts: Array.from({ length: DURATION_BOUNDS_S.length + 1 }, () => 0),
        sum: 0,
      }))
      const bound = DURATION_BOUNDS_S.findIndex((each) => seconds <= each)
      const at = bound === -1 ? DURATION_BOUNDS_S.length : bound
      times.counts[at] = (times.counts[at] ?? 0) + 1
      times.sum += seconds
      if (outcome === 'NONE') return
      failures.unshift({ time: new Date(now()).toISOString(), domain, code: outcome, requestId: requestId ?? null })
      failures.length = Math.min(failures.length, MAX_FAILURES)
    },
    outcomes: () =>
      [...counts].flatMap(([domain, of]) => [...of].map(([outcome, count]) => [domain, outcome, count] as const)),
    durations: () => durations,
    failures: () => failures,
  }
}

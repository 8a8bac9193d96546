/** Judges the samples of a soak. */

/** The memory of the gateway at one time, in bytes. `atMs` is the time since the soak’s start, in milliseconds. */
export interface Sample {
  readonly atMs: number
  readonly rss: number
  /** Measured after all garbage was collected. */
  readonly heapUsed: number
}

/** How fast the heap may grow over a soak of any length, in MiB a minute. This is less than 0.5 GiB a day. */
export const MAX_SLOPE_MIB = 0.3

/** The share of the run in which caches fill. It is not judged. */
const WARM_UP = 0.25

/** The growth of heap and RSS after the warm-up, in MiB a minute, by least squares. */
export interface Verdict {
  readonly heapSlope: number
  readonly rssSlope: number
  readonly isFlat: boolean
}

/** Judges the samples of a run, which must be in the order of time. */
export function judge(samples: readonly Sample[]): Verdict {
  const end = samples.at(-1)?.atMs ?? 0
  const settled = samples.filter(({ atMs }) => atMs >= end * WARM_UP)
  const heapSlope = slopeOf(settled, ({ heapUsed }) => heapUsed)
  const rssSlope = slopeOf(settled, ({ rss }) => rss)
  return { heapSlope, rssSlope, isFlat: heapSlope <= MAX_SLOPE_MIB }
}

function slopeOf(samples: readonly Sample[], bytesOf: (sample: Sample) => number): number {
  const points = samples.map((sample) => [sample.atMs / 60_000, bytesOf(sample) / 2 ** 20] as const)
  const meanX = mean(points.map(([x]) => x))
  const meanY = mean(points.map(([, y]) => y))
  const covariance = mean(points.map(([x, y]) => (x - meanX) * (y - meanY)))
  return covariance / mean(points.map(([x]) => (x - meanX) ** 2))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

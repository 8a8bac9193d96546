/** What a row of frames says. */
export interface FrameFigures {
  readonly framesPerSecond: number
  /** 95 of 100 frames came within this time after the one before, in milliseconds. */
  readonly p95Ms: number
  readonly frames: number
}

/**
 * Sums up frames.
 * @param times when each frame was drawn, in milliseconds, in order.
 * @throws {RangeError} if there are fewer than two.
 */
export function summarizeFrames(times: readonly number[]): FrameFigures {
  const [first] = times
  const last = times.at(-1)
  if (first === undefined || last === undefined || times.length < 2) {
    throw new RangeError(`expected at least two frames; came ${times.length}`)
  }
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time))
  const sorted = gaps.toSorted((a, b) => a - b)
  return {
    framesPerSecond: (1_000 * gaps.length) / (last - first),
    p95Ms: sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0,
    frames: times.length,
  }
}

/** Returns the median of some numbers: of an even count, the larger of the two in the middle. */
export function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

import { MAX_SKEW_MS } from './classes.ts'
import type { Anchor, Side } from './sides.ts'

/**
 * How much later or earlier than its witnesses a log may say that an entry was written, in milliseconds: both clocks may be wrong, and
 * witnesses count in seconds.
 */
const TOLERANCE_MS = 2 * MAX_SKEW_MS + 1_000

/** Checks the times of entries against the times of witnesses, in the order of the entries. */
export interface ClockCheck {
  /** Checks one entry. */
  readonly check: (index: number, timeMs: number) => Promise<void>
  /** Returns the first entry whose time cannot be right; undefined if there is none. */
  readonly firstWrong: () => { readonly timeMs: number; readonly what: string } | undefined
}

/**
 * Creates the check for one side. When witnesses cosigned a tree of n entries, the first n had been written, and no further one.
 */
export function createClockCheck({ name, anchorsNear }: Pick<Side, 'name' | 'anchorsNear'>): ClockCheck {
  let wrong: ReturnType<ClockCheck['firstWrong']>
  let earlier: Anchor | undefined
  return {
    async check(index, timeMs) {
      if (wrong !== undefined) return
      const anchors = await anchorsNear(index)
      const later = anchors.find(({ size }) => size > index)
      earlier = anchors.findLast(({ size }) => size <= index) ?? earlier
      const isLate = later !== undefined && timeMs > later.timeMs + TOLERANCE_MS
      const isEarly = earlier !== undefined && timeMs < earlier.timeMs - TOLERANCE_MS
      const broken = isLate ? later : earlier
      if (broken === undefined || !(isLate || isEarly)) return
      const witnessed = `witnesses cosigned ${broken.size} entries at ${new Date(broken.timeMs).toISOString()}`
      wrong = { timeMs, what: `${name}: entry ${index} says ${new Date(timeMs).toISOString()}; ${witnessed}` }
    },
    firstWrong: () => wrong,
  }
}

/** When a worker that ended starts again: after a wait that grows, and not for ever if it cannot start. */

/** The first wait, in milliseconds. Each further one is twice as long. */
const FIRST_WAIT_MS = 100

/** The longest wait, in milliseconds. */
const MOST_WAIT_MS = 30_000

/** How long a worker must have listened so that its next end counts as the first again, in milliseconds. */
const CALM_AFTER_MS = 60_000

/** How many starts in a row may fail. The waits before them take about eighty seconds: a database may be started again meanwhile. */
export const MOST_FAILED_STARTS = 10

/** Creates the memory of one worker. */
export function createRestarts() {
  let [ends, failedStarts, count] = [0, 0, 0]
  return {
    /** Notes that the worker ended, and how long it had listened, in milliseconds; null if it never did. Returns how long to wait, or null to give up. */
    noteEnd(listenedMs: number | null) {
      failedStarts = listenedMs === null ? failedStarts + 1 : 0
      if (failedStarts >= MOST_FAILED_STARTS) return null
      if (listenedMs !== null && listenedMs >= CALM_AFTER_MS) ends = 0
      count++
      return Math.min(FIRST_WAIT_MS * 2 ** ends++, MOST_WAIT_MS)
    },
    /** How often the worker was started again. */
    count: () => count,
  }
}

/**
 * When the next commit of the log begins. A commit costs nearly the same for one entry and for many: a message to the log's thread and back, a signature
 * and a sync of the disk. So it waits until half of the requests in progress wait for it: the others come while it is written, and are the next one. It
 * waits only while the thread has something to do.
 */
import { setImmediate } from 'node:timers'

/** The longest wait, in milliseconds. It bounds how many requests one failed write can concern, and how late an answer is. */
const MOST_MS = 10

/** A turn of the event loop that took less time than this, in milliseconds, had nothing to do. */
const IDLE_MS = 0.05

/** What {@link createCommitPace} takes from outside, so that tests can replace it. */
export interface PaceWorld {
  /** Returns milliseconds. */
  readonly now: () => number
  /** Calls back when all that is ready was read from the sockets once more. It does not wait for what is not ready. */
  readonly afterTurn: (callback: () => void) => void
}

const WORLD: PaceWorld = { now: () => performance.now(), afterTurn: (callback) => void setImmediate(callback) }

/**
 * Creates the wait before each commit.
 * @param inProgress returns how many requests have begun and are not ended, with those that wait for the commit.
 * @returns resolves when the commit begins. `count` returns how many wait for it.
 */
export function createCommitPace(
  inProgress: () => number,
  { now, afterTurn }: PaceWorld = WORLD,
): (count: () => number) => Promise<void> {
  return (count) =>
    new Promise((resolve) => {
      const startedAt = now()
      // The first call comes with the end of the turn that is under way, which says nothing about the next one.
      let before = Number.NEGATIVE_INFINITY
      const look = (): void => {
        const at = now()
        const isIdle = at - before < IDLE_MS
        if (2 * count() >= inProgress() || isIdle || at - startedAt >= MOST_MS) resolve()
        else {
          before = at
          afterTurn(look)
        }
      }
      afterTurn(look)
    })
}

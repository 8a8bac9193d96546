/**
 * When the next commit of the log begins. A commit costs the same for one entry and for many: a message to the log's thread and back, a signature and a
 * sync of the disk. So it waits for those that are about to end, as long as each turn of the event loop brings another one.
 */
import { setImmediate } from 'node:timers'

/** The longest wait, in milliseconds. It bounds how many requests one failed write can concern, and how late an answer is. */
const MOST_MS = 10

/** What {@link createCommitPace} takes from outside, so that tests can replace it. */
export interface PaceWorld {
  /** Returns milliseconds. */
  readonly now: () => number
  /** Calls back when all that is ready was read from the sockets once more. It does not wait for what is not ready. */
  readonly afterTurn: (callback: () => void) => void
}

const WORLD: PaceWorld = { now: () => performance.now(), afterTurn: (callback) => void setImmediate(callback) }

/**
 * Creates the wait before each commit. It ends with the first turn that brings nothing, so nobody waits while the thread has nothing to do.
 * @returns resolves when the commit begins. `count` returns how many wait for it.
 */
export function createCommitPace({ now, afterTurn }: PaceWorld = WORLD): (count: () => number) => Promise<void> {
  return (count) =>
    new Promise((resolve) => {
      const startedAt = now()
      let before = count()
      const look = (): void => {
        const came = count()
        if (came === before || now() - startedAt >= MOST_MS) resolve()
        else {
          before = came
          afterTurn(look)
        }
      }
      afterTurn(look)
    })
}

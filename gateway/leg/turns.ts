/** Waits for a turn: resolves in a later round of the event loop, and for one waiter in each round. */
export type TakeTurn = () => Promise<void>

/**
 * Creates turns for work that blocks the thread for a while. Between two turns the event loop serves everybody else once, so large
 * answers that come together do not block it for the sum of their times.
 */
export function createTurns(): TakeTurn {
  let last = Promise.resolve()
  return () => {
    last = last.then(() => new Promise((resolve) => setImmediate(resolve)))
    return last
  }
}

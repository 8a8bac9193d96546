import { setTimeout as sleep } from 'node:timers/promises'

/** How long the answer to a counted rejection waits, in milliseconds: much less than the second that its `Retry-After` asks for. */
const WAIT_MS = 100

/** How many answers wait at once. An answer beyond them does not wait, so that nobody can fill the memory with them. */
const MAX_WAITING = 1_000

/**
 * Creates the wait of answers to counted rejections. An entry of its own makes a sender wait for the disk. Without that, a client that sends
 * again as soon as it has its answer would only send more, and take the thread from all others.
 * @param pause resolves after so many milliseconds.
 */
export function createCountedWait(pause: (ms: number) => Promise<void> = sleep): () => Promise<void> {
  let waiting = 0
  return async () => {
    if (waiting >= MAX_WAITING) return
    waiting += 1
    try {
      await pause(WAIT_MS)
    } finally {
      waiting -= 1
    }
  }
}

/** How often a log has an entry that shows that it lives, in milliseconds, whatever else is written. */
export const HEARTBEAT_EVERY_MS = 600_000

/** How often the clock is read, in milliseconds. */
const LOOK_EVERY_MS = 1_000

/**
 * Writes a heartbeat whenever {@link HEARTBEAT_EVERY_MS} have passed since the last one, or since the call. A heartbeat that cannot be
 * written is tried again at the next look.
 * @param now the time in milliseconds since the epoch.
 * @returns a function that ends it. It resolves when nothing is being written.
 */
export function startHeartbeat(write: () => Promise<unknown>, now: () => number): () => Promise<void> {
  let lastMs = now()
  let writing: Promise<void> | undefined
  const beat = async (): Promise<void> => {
    const atMs = now()
    try {
      await write()
      lastMs = atMs
    } catch {
      // Whoever writes the log has reported that it failed.
    }
    writing = undefined
  }
  const timer = setInterval(() => {
    // A clock that was set back must not silence the heartbeats.
    if (Math.abs(now() - lastMs) >= HEARTBEAT_EVERY_MS) writing ??= beat()
  }, LOOK_EVERY_MS).unref()
  return async () => {
    clearInterval(timer)
    await writing
  }
}

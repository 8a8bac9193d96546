import type { Health } from './health.ts'
import type { MinuteCount, MinuteCounts } from './minute-counts.ts'

/** How often counted rejections are written and a failed log is tried again, in milliseconds. */
const TEND_EVERY_MS = 1_000

interface Tended {
  readonly counts: MinuteCounts
  readonly health: Health
  /** Returns the time in milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Writes, once a second, the counts of the minutes that are over. While the log fails, it writes all counts, to find out
 * whether the log still fails. `stop` ends this and writes the remaining counts.
 * @param writeCount writes the entry of a count. If it rejects, the count is kept for the next try.
 */
export function startTending(
  writeCount: (count: MinuteCount) => Promise<unknown>,
  { counts, health, now }: Tended,
): { readonly stop: () => Promise<void> } {
  const writeOrKeep = async (count: MinuteCount): Promise<void> => {
    try {
      await writeCount(count)
    } catch (error) {
      counts.putBack([count])
      throw error
    }
  }
  const tend = async (isEverything: boolean): Promise<void> => {
    const isProbe = !health.isWritable()
    try {
      await Promise.all(counts.take(now(), isEverything || isProbe).map(writeOrKeep))
      if (isProbe) health.recover()
    } catch (error) {
      health.fail(error)
    }
  }
  let running: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    running = running.then(() => tend(false))
  }, TEND_EVERY_MS).unref()
  return {
    async stop() {
      clearInterval(timer)
      await running
      await tend(true)
    },
  }
}

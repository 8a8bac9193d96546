/**
 * Entries about misused tokens. The first of a caller and kind in a minute are entries of their own, which are durable before the answer
 * leaves. The others of that minute are counted in one entry, so that nobody can fill the disk with a stolen token.
 */
import type { NotedMisuse } from '../types/request-log.ts'

/** How many misuses of one caller and kind have entries of their own, in each minute. */
const SINGLE_PER_MINUTE = 5

/** How many callers and kinds are remembered. Misuses beyond them are written at once as a count of those that were remembered longest. */
const MAX_REMEMBERED = 10_000

const MINUTE_MS = 60_000

/** What an entry says: `count` misuses from `sinceMs` to `untilMs`, in milliseconds since the epoch. `requestId`: that of the last one. */
export interface CountedMisuse extends NotedMisuse {
  readonly count: number
  readonly sinceMs: number
  readonly untilMs: number
}

/** Collects misuses and writes them. */
export interface Misuses {
  /** Notes a misuse. Resolves when its entry is durable, or when it is counted. Rejects if the entry cannot be written. */
  note(misuse: NotedMisuse): Promise<void>
  /** Writes the counts of the minutes that are over, or with `all` every count. A count that cannot be written stays. */
  flush(all?: boolean): Promise<void>
}

interface Remembered {
  readonly minute: number
  singles: number
  counted: CountedMisuse | null
}

/** Creates the collection. `write` appends one entry; `now` returns milliseconds since the epoch. */
export function createMisuses(write: (misuse: CountedMisuse) => Promise<void>, now: () => number): Misuses {
  const remembered = new Map<string, Remembered>()

  const writeCount = async (key: string, { counted }: Remembered): Promise<void> => {
    remembered.delete(key)
    if (counted === null) return
    await write(counted).catch((error: unknown) => {
      const later = remembered.get(key)
      const { count, sinceMs } = counted
      const merged = later?.counted ? { ...later.counted, count: later.counted.count + count, sinceMs } : counted
      remembered.set(key, { minute: later?.minute ?? 0, singles: later?.singles ?? 0, counted: merged })
      throw error
    })
  }

  return {
    async note(misuse) {
      const nowMs = now()
      const minute = Math.floor(nowMs / MINUTE_MS)
      const { issuer, subject } = misuse.caller
      const key = JSON.stringify([issuer, subject, misuse.misuse])
      const before = remembered.get(key)
      if (before !== undefined && before.minute !== minute) await writeCount(key, before)
      const [oldest] = remembered
      if (remembered.size >= MAX_REMEMBERED && oldest !== undefined) await writeCount(...oldest)
      const current = remembered.get(key) ?? { minute, singles: 0, counted: null }
      remembered.set(key, current)
      if (current.singles < SINGLE_PER_MINUTE) {
        current.singles += 1
        return write({ ...misuse, count: 1, sinceMs: nowMs, untilMs: nowMs })
      }
      const { count = 0, sinceMs = nowMs } = current.counted ?? {}
      current.counted = { ...misuse, count: count + 1, sinceMs, untilMs: nowMs }
    },
    async flush(all = false) {
      const minute = Math.floor(now() / MINUTE_MS)
      const due = [...remembered].filter(([, each]) => all || each.minute !== minute)
      await Promise.all(due.map(([key, each]) => writeCount(key, each)))
    },
  }
}

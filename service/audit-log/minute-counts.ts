const MINUTE_MS = 60_000

/** The number of rejections with one code in the minute that begins at `minute` (RFC 3339). */
export interface MinuteCount {
  readonly minute: string
  readonly code: string
  readonly count: number
}

/**
 * Counts rejections before the caller is verified, by code and minute, so that a stranger cannot fill the disk with entries
 * (docs/design/audit-log.md, What leaves an entry).
 */
export interface MinuteCounts {
  /** Counts one rejection. `now` is in milliseconds since the epoch. */
  readonly add: (code: string, now: number) => void
  /** Removes and returns the counts of the minutes that are over at `now`, or with `all` the counts of all minutes. */
  readonly take: (now: number, all?: boolean) => readonly MinuteCount[]
  /** Adds counts again that were taken but could not be written. */
  readonly putBack: (counts: readonly MinuteCount[]) => void
}

/** Creates empty counts. A minute has at most one count for each code, however many rejections there are. */
export function createMinuteCounts(): MinuteCounts {
  const counts = new Map<string, number>()
  const add = (code: string, minute: string, count: number): void => {
    const key = `${minute} ${code}`
    counts.set(key, (counts.get(key) ?? 0) + count)
  }
  return {
    add: (code, now) => add(code, toMinute(now), 1),
    take(now, all = false) {
      const current = toMinute(now)
      const taken = [...counts].filter(([key]) => all || !key.startsWith(current))
      return taken.map(([key, count]) => {
        counts.delete(key)
        const [minute = '', code = ''] = key.split(' ')
        return { minute, code, count }
      })
    },
    putBack(taken) {
      for (const { code, minute, count } of taken) add(code, minute, count)
    },
  }
}

function toMinute(now: number): string {
  return new Date(now - (now % MINUTE_MS)).toISOString()
}

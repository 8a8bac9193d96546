const MINUTE_MS = 60_000

/** How many refusals of one code there were in one minute, which begins at `minute` (RFC 3339). */
export interface MinuteCount {
  readonly minute: string
  readonly code: string
  readonly count: number
}

/**
 * Refusals before a caller was known, counted by code and minute: no stranger can fill the disk (docs/design/audit-log.md, What
 * leaves an entry).
 */
export interface MinuteCounts {
  /** `now` in milliseconds since the epoch. */
  readonly add: (code: string, now: number) => void
  /** Takes out what is counted: of minutes that are over at `now`, or `all` of it. */
  readonly take: (now: number, all?: boolean) => readonly MinuteCount[]
  /** What was taken and could not be written. */
  readonly putBack: (counts: readonly MinuteCount[]) => void
}

/** Counts of nothing yet. However many are refused, a minute has no more of them than there are codes. */
export function createMinuteCounts(): MinuteCounts {
  const counts = new Map<string, number>()
  const add = (code: string, minute: string, count: number): void => {
    const key = `${minute} ${code}`
    counts.set(key, (counts.get(key) ?? 0) + count)
  }
  return {
    add: (code, now) => add(code, minuteOf(now), 1),
    take(now, all = false) {
      const current = minuteOf(now)
      const over = [...counts].filter(([key]) => all || !key.startsWith(current))
      return over.map(([key, count]) => {
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

function minuteOf(now: number): string {
  return new Date(now - (now % MINUTE_MS)).toISOString()
}

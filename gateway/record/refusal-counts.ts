import type { ErrorCode } from '../../contract/errors.ts'
import type { EntryOf } from '../../contract/record/entry.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'

const MINUTE_MS = 60_000

/** Refusals before a caller was known, counted by code and minute. */
export interface RefusalCounts {
  /** `now` in milliseconds since the epoch. */
  readonly add: (code: ErrorCode, now: number) => void
  /** Takes out what is counted: of minutes that are over at `now`, or `all` of it. What could not be written comes back by `putBack`. */
  readonly take: (now: number, all?: boolean) => readonly EntryOf<'refusals'>[]
  readonly putBack: (entries: readonly EntryOf<'refusals'>[]) => void
}

/** Counts for the log of `gateway`, its origin. However many are refused, a minute has no more entries than there are codes. */
export function createRefusalCounts(gateway: string): RefusalCounts {
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
        const base = { v: 1, kind: 'refusals', id: createUuidV7(now), time: new Date(now).toISOString() } as const
        return { ...base, gateway, minute, code, count }
      })
    },
    putBack(entries) {
      for (const { code, minute, count } of entries) add(code, minute, count)
    },
  }
}

function minuteOf(now: number): string {
  return new Date(now - (now % MINUTE_MS)).toISOString()
}

/**
 * How far back an id is remembered, in milliseconds of the entries' own times. An id is of the moment of its entry, and the entries of a log
 * are in the order of their times (entry-times.ts), so that two entries with one id are close to each other, or one of them has a wrong time.
 */
const REMEMBERED_MS = 10 * 60_000

/** The most ids that are remembered: about 60 MB. A log that writes more in ten minutes is checked over a shorter time. */
const MAX_REMEMBERED = 500_000

/** Remembers the ids of the last entries. */
export interface RecentIds {
  /**
   * Remembers an entry's id. Returns the index of an earlier entry with the same id, or undefined.
   * @param timeMs the time of the entry; undefined if it is wrong: then it counts as of the latest time, or one entry of 2031 would make all ids forgotten.
   */
  readonly add: (id: string, index: number, timeMs: number | undefined) => number | undefined
}

/** Creates an empty memory of ids. */
export function createRecentIds(maxRemembered: number = MAX_REMEMBERED): RecentIds {
  // A map yields its keys in the order in which they came.
  const seen = new Map<string, { readonly index: number; readonly timeMs: number }>()
  let latestMs = Number.NEGATIVE_INFINITY

  const forget = (): void => {
    for (const [id, { timeMs }] of seen) {
      if (timeMs >= latestMs - REMEMBERED_MS && seen.size <= maxRemembered) return
      seen.delete(id)
    }
  }

  return {
    add(id, index, given) {
      const timeMs = given ?? latestMs
      const key = Buffer.from(id.replaceAll('-', ''), 'hex').toString('latin1')
      const earlier = seen.get(key)
      if (earlier !== undefined) return earlier.index
      seen.set(key, { index, timeMs })
      latestMs = Math.max(latestMs, timeMs)
      forget()
      return undefined
    },
  }
}

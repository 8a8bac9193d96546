/**
 * Rejections of a known caller who sends too much. The first of a caller and code in a minute have entries of their own. The others of that
 * minute are counted in one entry: otherwise the answers of all others would wait for the disk, which would write an entry for each.
 */
import type { Caller } from '../../contract/access-token.ts'
import type { ErrorCode } from '../../contract/errors.ts'
import type { EndedRequest } from '../types/request-log.ts'

/** How many rejections of one caller with one code have entries of their own, in each minute. */
const SINGLE_PER_MINUTE = 5

/** How many callers and codes are remembered. A rejection beyond them has an entry of its own. */
const MAX_REMEMBERED = 10_000

const MINUTE_MS = 60_000

/** The codes that say that the caller, or all callers together, send too much. */
const COUNTED: readonly ErrorCode[] = ['RATE_LIMITED', 'TOO_MANY_IN_FLIGHT', 'PLANNING_BUDGET_SPENT', 'GATEWAY_BUSY']

/** What an entry says: the rejections of one caller with one code in the minute that begins at `minute` (RFC 3339). */
export interface CountedRejections {
  readonly caller: Caller
  readonly code: ErrorCode
  readonly minute: string
  readonly count: number
}

/** Counts rejections and writes the counts. */
export interface RepeatedRejections {
  /** Counts the request if it is one of those that are counted. @returns whether it was; if not, the request needs an entry of its own. */
  count(ended: Pick<EndedRequest, 'context' | 'codes'>): boolean
  /** Writes the counts of the minutes that are over, or with `all` every count. A count that cannot be written stays. */
  flush(all?: boolean): Promise<void>
}

interface Remembered {
  readonly caller: Caller
  readonly code: ErrorCode
  readonly minute: number
  singles: number
  counted: number
}

/** Creates the counts. `write` appends one entry; `now` returns milliseconds since the epoch. */
export function createRepeatedRejections(
  write: (rejections: CountedRejections) => Promise<void>,
  now: () => number,
): RepeatedRejections {
  // Each minute has counts of its own, so none has to be written before the next minute begins.
  const remembered = new Map<string, Remembered>()

  const writeCount = async (key: string, each: Remembered): Promise<void> => {
    remembered.delete(key)
    const { caller, code, counted: count } = each
    if (count === 0) return
    const minute = new Date(each.minute * MINUTE_MS).toISOString()
    await write({ caller, code, minute, count }).catch((error: unknown) => {
      // The clock may have gone back to that minute while the log was writing.
      const later = remembered.get(key)
      remembered.set(key, { ...each, counted: count + (later?.counted ?? 0) })
      throw error
    })
  }

  return {
    count({ context: { caller, trail }, codes }) {
      const code = COUNTED.find((each) => each === codes[0])
      if (caller === null || code === undefined || trail === undefined || codes.length !== 1) return false
      // An entry must say what was asked, as soon as the gateway knows it.
      if (trail.operation !== null || trail.legs.length > 0 || trail.sent.size > 0) return false
      const minute = Math.floor(now() / MINUTE_MS)
      const key = JSON.stringify([caller.issuer, caller.subject, code, minute])
      const known = remembered.get(key)
      if (known === undefined && remembered.size >= MAX_REMEMBERED) return false
      const current = known ?? { caller, code, minute, singles: 0, counted: 0 }
      remembered.set(key, current)
      const isSingle = current.singles < SINGLE_PER_MINUTE
      if (isSingle) current.singles += 1
      else current.counted += 1
      return !isSingle
    },
    async flush(all = false) {
      const minute = Math.floor(now() / MINUTE_MS)
      const due = [...remembered].filter(([, each]) => all || each.minute !== minute)
      await Promise.all(due.map(([key, each]) => writeCount(key, each)))
    },
  }
}

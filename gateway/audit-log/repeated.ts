/**
 * Misused tokens, and rejections of a known caller who sends too much. The first of a caller and kind in a minute have entries of their own, which are
 * durable before the answer leaves. The others of that minute are counted in one entry: so nobody can fill the disk with a stolen token, and the answers of
 * all others do not wait for a disk that writes an entry for each.
 */
import type { Caller } from '../../contract/access-token.ts'
import type { ErrorCode } from '../../contract/errors.ts'
import type { EndedRequest, NotedMisuse } from '../types/request-log.ts'

/** How many of one caller and kind have entries of their own, in each minute. */
const SINGLE_PER_MINUTE = 5

/** How many callers and kinds are remembered. */
const MAX_REMEMBERED = 10_000

const MINUTE_MS = 60_000

/** What was counted of one caller and kind in a minute: how often, from when to when in milliseconds since the epoch, and the last of them. */
interface Counted<Noted> {
  readonly noted: Noted
  readonly count: number
  readonly sinceMs: number
  readonly untilMs: number
}

interface Remembered<Noted> {
  readonly minute: number
  singles: number
  counted: Counted<Noted> | null
}

/** @param write appends one entry. A count that it cannot write stays. */
function createMinuteCounts<Noted>(write: (counted: Counted<Noted>) => Promise<void>, now: () => number) {
  const remembered = new Map<string, Remembered<Noted>>()
  const writeCount = async (key: string, { minute, singles, counted }: Remembered<Noted>): Promise<void> => {
    remembered.delete(key)
    if (counted === null) return
    await write(counted).catch((error: unknown) => {
      // More may have come while the log was writing.
      const later = remembered.get(key)
      const merged = { ...counted, ...later?.counted, sinceMs: counted.sinceMs }
      const count = counted.count + (later?.counted?.count ?? 0)
      remembered.set(key, { minute, singles: later?.singles ?? singles, counted: { ...merged, count } })
      throw error
    })
  }
  return {
    /** Counts it, unless it is one of the first, or there is no room. @returns whether it was counted; if not, it needs an entry of its own. */
    count(caller: Caller, kind: string, noted: Noted): boolean {
      const nowMs = now()
      const minute = Math.floor(nowMs / MINUTE_MS)
      const key = JSON.stringify([caller.issuer, caller.subject, kind, minute])
      const current = remembered.get(key) ?? { minute, singles: 0, counted: null }
      if (!remembered.has(key) && remembered.size >= MAX_REMEMBERED) return false
      remembered.set(key, current)
      if (current.singles < SINGLE_PER_MINUTE) {
        current.singles += 1
        return false
      }
      const { count = 0, sinceMs = nowMs } = current.counted ?? {}
      current.counted = { noted, count: count + 1, sinceMs, untilMs: nowMs }
      return true
    },
    /** Writes what was remembered longest if there is no room. @returns null if there is room. */
    makeRoom(): Promise<void> | null {
      const [oldest] = remembered
      return remembered.size >= MAX_REMEMBERED && oldest !== undefined ? writeCount(...oldest) : null
    },
    /** Writes the counts of the minutes that are over, or with `all` every count. */
    async flush(all = false): Promise<void> {
      const minute = Math.floor(now() / MINUTE_MS)
      const due = [...remembered].filter(([, each]) => all || each.minute !== minute)
      await Promise.all(due.map(([key, each]) => writeCount(key, each)))
    },
  }
}

/** What an entry says: `count` misuses from `sinceMs` to `untilMs`, in milliseconds since the epoch. `requestId`: that of the last one. */
export type CountedMisuse = NotedMisuse & Omit<Counted<NotedMisuse>, 'noted'>

/** Creates the counts of misuses. `write` appends one entry; `now` returns milliseconds since the epoch. */
export function createMisuses(write: (misuse: CountedMisuse) => Promise<void>, now: () => number) {
  const counts = createMinuteCounts<NotedMisuse>(({ noted, ...counted }) => write({ ...noted, ...counted }), now)
  return {
    flush: counts.flush,
    /** Notes a misuse. Resolves when its entry is durable, or when it is counted. Rejects if the entry cannot be written. */
    async note(misuse: NotedMisuse): Promise<void> {
      const making = counts.makeRoom()
      if (making !== null) await making
      if (counts.count(misuse.caller, misuse.misuse, misuse)) return
      const nowMs = now()
      await write({ ...misuse, count: 1, sinceMs: nowMs, untilMs: nowMs })
    },
  }
}

/** The codes that say that the caller, or all callers together, send too much. */
const COUNTED: readonly ErrorCode[] = ['RATE_LIMITED', 'TOO_MANY_IN_FLIGHT', 'PLANNING_BUDGET_SPENT', 'GATEWAY_BUSY']

/** What an entry says: the rejections of one caller with one code in the minute that begins at `minute` (RFC 3339). */
export interface CountedRejections {
  readonly caller: Caller
  readonly code: ErrorCode
  readonly minute: string
  readonly count: number
}

/** Creates the counts of rejections. `write` appends one entry; `now` returns milliseconds since the epoch. */
export function createRepeatedRejections(write: (rejections: CountedRejections) => Promise<void>, now: () => number) {
  const counts = createMinuteCounts<Pick<CountedRejections, 'caller' | 'code'>>(({ noted, count, sinceMs }) => {
    const minute = new Date(Math.floor(sinceMs / MINUTE_MS) * MINUTE_MS).toISOString()
    return write({ ...noted, minute, count })
  }, now)
  return {
    flush: counts.flush,
    /** Counts the request if it is one of those that are counted. @returns whether it was; if not, the request needs an entry of its own. */
    count({ context: { caller, trail }, codes }: Pick<EndedRequest, 'context' | 'codes'>): boolean {
      const code = COUNTED.find((each) => each === codes[0])
      if (caller === null || code === undefined || trail === undefined || codes.length !== 1) return false
      // An entry must say what was asked, as soon as the gateway knows it.
      if (trail.operation !== null || trail.legs.length > 0 || trail.sent.size > 0) return false
      return counts.count(caller, code, { caller, code })
    },
  }
}

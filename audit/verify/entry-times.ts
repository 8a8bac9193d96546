import type { CosignedBounds } from './cosigned-times.ts'

/** By how much the clocks of a log's owner and of the witnesses may differ, in milliseconds. */
export const MAX_CLOCK_SKEW_MS = 5 * 60_000

/**
 * How far the times in a log may go back from one entry to a later one, in milliseconds: entries of one moment wait for the disk in no particular
 * order, and a clock is set by a little now and then. The time in an entry's id may differ from the entry's time by as much.
 */
export const MAX_DISORDER_MS = 60_000

/** The times of an entry, in milliseconds since 1970. */
export interface EntryTimes {
  readonly timeMs: number
  /** The time in its id (RFC 9562, UUIDv7). */
  readonly idMs: number
  /** How long what the entry is about took. The id of a request is of its beginning, and its time is of its end. */
  readonly durationMs: number
  /** Whether a command asked for the entry. Its id is of the command, and its time is of when the owner of the log wrote it, perhaps days later. */
  readonly isAskedFor: boolean
}

/** What is wrong with the time of an entry. */
export interface TimeFault {
  readonly expected: string
  readonly came: string
}

/** Watches the times of the entries of one log. */
export interface TimesWatch {
  /** Takes the next entry in order. Returns what is wrong with its time, or undefined. */
  readonly push: (times: EntryTimes, bounds: CosignedBounds) => TimeFault | undefined
}

/**
 * Creates a watch for the times of one log's entries: the id is of the time of the entry, or of the command that asked for it; times do not go back; no entry is of the future, or later
 * than witnesses saw a tree with it, or earlier than witnesses saw a tree without it.
 * @param nowMs the present time of the reader
 */
export function watchTimes(nowMs: number): TimesWatch {
  let latestMs = Number.NEGATIVE_INFINITY
  return {
    push({ timeMs, idMs, durationMs, isAskedFor }, { afterMs, beforeMs }) {
      const latestPossible = Math.min(nowMs, beforeMs ?? nowMs) + MAX_CLOCK_SKEW_MS
      if (timeMs > latestPossible) {
        const by = beforeMs === undefined || beforeMs > nowMs ? 'the present' : 'a cosigned tree with this entry'
        return fault(`a time up to ${by}, ${format(latestPossible - MAX_CLOCK_SKEW_MS)}`, timeMs)
      }
      if (afterMs !== undefined && timeMs < afterMs - MAX_CLOCK_SKEW_MS) {
        return fault(`a time after that of a cosigned tree without this entry, ${format(afterMs)}`, timeMs)
      }
      if (timeMs < latestMs - MAX_DISORDER_MS) {
        return fault(`a time after that of an earlier entry, ${format(latestMs)}`, timeMs)
      }
      latestMs = Math.max(latestMs, timeMs)
      const afterIdMs = timeMs - durationMs - idMs
      if (Math.abs(afterIdMs) <= MAX_DISORDER_MS || (isAskedFor && afterIdMs > 0)) return undefined
      return { expected: `an id of the entry’s time, ${format(timeMs)}`, came: `an id of ${format(idMs)}` }
    },
  }
}

function fault(expected: string, timeMs: number): TimeFault {
  return { expected, came: format(timeMs) }
}

function format(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

import { findFirstByTime } from '../../../audit/reader/find-by-time.ts'
import { type Entry, parseEntry } from '../../../contract/audit-log/entry.ts'
import { SETTLED_MS } from './classes.ts'
import type { Side } from './sides.ts'

/** A range of times, in milliseconds since the epoch: from `fromMs` on, before `untilMs`. An absent bound is none. */
export interface TimeRange {
  readonly fromMs?: number | undefined
  readonly untilMs?: number | undefined
}

/** An entry of the part of a log that is read. `entry` is absent if it cannot be read, and `reason` says why. */
export type WindowEntry = { readonly index: number; readonly bytes: Uint8Array } & (
  | { readonly entry: Entry; readonly timeMs: number }
  | { readonly entry?: undefined; readonly reason: string }
)

/** How much later than the time in its id a request or a leg may be logged, in milliseconds. */
export const MAX_AGE_MS = 10 * SETTLED_MS

/** How many entries behind the range, one after another, end the reading. A single wrong time does not. */
const BEHIND = 64

/**
 * Reads the entries of a side that may belong to a range, and some around them. It finds the beginning by the times, so it does not read
 * what comes before.
 */
export async function* readWindow(side: Side, { fromMs, untilMs }: TimeRange): AsyncGenerator<WindowEntry> {
  const { timesFrom, size } = side
  const isFromStart = fromMs === undefined || timesFrom === null
  const from = isFromStart ? 0 : await findFirstByTime(size, fromMs - MAX_AGE_MS, timesFrom)
  const endMs = untilMs === undefined ? Number.POSITIVE_INFINITY : untilMs + 2 * MAX_AGE_MS
  let behind = 0
  for await (const placed of side.entries(from)) {
    const read = readOne(placed)
    yield read
    if (read.entry === undefined) continue
    behind = read.timeMs > endMs ? behind + 1 : 0
    if (behind >= BEHIND && !side.isExport) return
  }
}

function readOne(placed: { readonly index: number; readonly bytes: Uint8Array }): WindowEntry {
  try {
    const entry = parseEntry(placed.bytes)
    return { ...placed, entry, timeMs: Date.parse(entry.time) }
  } catch (error) {
    return { ...placed, reason: (error as Error).message }
  }
}

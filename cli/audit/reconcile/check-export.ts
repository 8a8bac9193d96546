import type { Entry } from '../../../contract/audit-log/entry.ts'
import { type Difference, ofLog } from './classes.ts'
import type { Side } from './sides.ts'

/** Checks whether a country was given everything of a gateway's log that concerns it. */
export interface ExportCheck {
  readonly add: (entry: Entry) => void
  /** Returns what is missing, and whether the export proves that nothing else is. */
  readonly finish: () => readonly Difference[]
  /** Returns the times between which the export is complete, in milliseconds since the epoch. */
  readonly ends: (read: { readonly firstMs: number; readonly lastMs: number }) => { firstMs: number; lastMs: number }
}

/** What is known of the begin of an export. Times are in milliseconds since the epoch. */
export interface ExportBegin {
  /** From when on the reader compares; undefined for all. */
  readonly fromMs?: number | undefined
  /** The part before its first one ({@link Side.before}). */
  readonly before?: Side['before']
}

/**
 * Creates the check. The continuations of a country are numbered from 1 without gaps, and starts, stops and heartbeats say how many there
 * were (docs/design/audit-log.md, Entries). What came after the last of these is not proven to be complete, so it is treated as the future.
 */
export function createExportCheck(log: string, country: string, begin: ExportBegin): ExportCheck {
  const missing: Difference[] = []
  let first: FirstPart | null = null
  let [last, counted, countedMs, timeMs] = [0, 0, Number.NEGATIVE_INFINITY, 0]
  let [isNumbered, hasUnnumbered, isFromStart] = [false, false, false]
  const expectUpTo = (next: number): void => {
    if (next <= last) return
    if (isNumbered || isFromStart) {
      const what = `expected continuations ${last + 1} to ${next} of ${country}; came none of them`
      missing.push(ofLog('INCOMPLETE', `continuations ${last + 1}-${next}`, log, timeMs, what))
    }
    last = next
  }
  return {
    add(entry) {
      timeMs = Date.parse(entry.time)
      if (entry.kind === 'continuation' && 'seq' in entry) {
        if (entry.country !== country || entry.seq === null) return
        if (isNumbered) expectUpTo(entry.seq - 1)
        if (entry.seq === 1) isFromStart = true
        first ??= { seq: entry.seq, timeMs }
        isNumbered = true
        last = Math.max(last, entry.seq)
        return
      }
      if (entry.kind === 'request' && entry.v === 1 && entry.legs.length > 0) hasUnnumbered = true
      const counts = countsOf(entry)
      if (counts === undefined) return
      // The first count tells how many came before the export; each later one, how many it must have.
      if (countedMs === Number.NEGATIVE_INFINITY && !isNumbered) {
        last = counts[country] ?? 0
        isFromStart = last === 0
        isNumbered = true
        first = { seq: last + 1, timeMs }
      }
      counted = Math.max(counted, counts[country] ?? 0)
      countedMs = timeMs
      expectUpTo(counted)
    },
    finish() {
      const isProven = !hasUnnumbered && countedMs !== Number.NEGATIVE_INFINITY
      const what = hasUnnumbered
        ? 'its requests are of version 1, in which the legs of a country have no numbers'
        : 'it has no start, stop or heartbeat, which say how many continuations there are'
      const cut = first !== null && isCut(first, country, begin) ? [describeCut(log, country, first)] : []
      return [...missing, ...cut, ...(isProven ? [] : [ofLog('UNPROVEN', 'export', log, timeMs, `${log}: ${what}`)])]
    },
    ends: ({ firstMs, lastMs }) => ({
      firstMs: isFromStart || isNumbered ? firstMs : Number.NEGATIVE_INFINITY,
      lastMs: countedMs === Number.NEGATIVE_INFINITY ? lastMs : countedMs,
    }),
  }
}

interface FirstPart {
  readonly seq: number
  readonly timeMs: number
}

/**
 * Whether parts before the first one may be in the range that the reader compares. Who shortens an export at its begin could otherwise call everything that is
 * missing older than the log.
 */
function isCut({ seq, timeMs }: FirstPart, country: string, { fromMs, before }: ExportBegin): boolean {
  if (seq === 1) return false
  const isNeighbour = before?.country === country && before.seq === seq - 1
  const sinceMs = isNeighbour ? before.timeMs : timeMs
  return fromMs === undefined || fromMs < sinceMs
}

function describeCut(log: string, country: string, { seq, timeMs }: FirstPart): Difference {
  const what = `${log}: it begins with part ${seq} of ${country}; compare what came later (--from), or give an export with what came before`
  return ofLog('UNPROVEN', 'the begin of the export', log, timeMs, what)
}

function countsOf(entry: Entry): Readonly<Record<string, number>> | undefined {
  if (entry.kind !== 'start' && entry.kind !== 'stop' && entry.kind !== 'heartbeat') return undefined
  return 'counts' in entry ? entry.counts : undefined
}

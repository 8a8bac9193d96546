import type { Entry } from '../../../contract/audit-log/entry.ts'
import { membersOf } from '../readable-entries.ts'
import { createClockCheck } from './check-clock.ts'
import { createExportCheck } from './check-export.ts'
import { type Difference, ofLog, unreadableAt } from './classes.ts'
import type { LogEnds } from './compare-legs.ts'
import { readWindow, type TimeRange } from './read-window.ts'
import { type GatewayLegRecord, type GatewayRequestRecord, toGatewayLegs, toRequestRecord } from './records.ts'
import type { Side } from './sides.ts'

/** What the gateway's side gives, in the order of its log. */
export type GatewayItem =
  | { readonly kind: 'GATEWAY'; readonly leg: GatewayLegRecord }
  | { readonly kind: 'REQUEST'; readonly request: GatewayRequestRecord }
  | { readonly kind: 'PART'; readonly of: string }

/** What is known of the gateway's side after it was read. Times are in milliseconds since the epoch. */
export interface GatewaySummary {
  readonly ends: LogEnds['gateway']
  readonly interruptions: LogEnds['interruptions']
  /** What is wrong with the log itself, and not with one leg. */
  readonly differences: readonly Difference[]
  /** The index behind the last entry that was read. */
  readonly endIndex: number
}

/** The kinds that commands write. They say nothing about whether the gateway runs. */
const BY_COMMANDS: ReadonlySet<string> = new Set(['oversight', 'reconciliation', 'salt-erasure', 'key-rotation'])

/** How many entries before a start are searched for what came before it. */
const LOOK_BACK = 64

/** The code of the rejections while the log cannot be written. */
const UNWRITABLE = 'RECORD_UNAVAILABLE'

/** Reads the gateway's side. `take` gets what the comparison needs; `onEntry` is called for each entry. */
export async function readGateway(
  side: Side,
  options: {
    readonly range: TimeRange
    readonly country: string
    readonly take: (item: GatewayItem) => Promise<void>
    readonly onEntry: () => void
  },
): Promise<GatewaySummary> {
  const { range, country, take, onEntry } = options
  const clock = createClockCheck(side)
  const given = side.isExport
    ? createExportCheck(side.name, country, { fromMs: range.fromMs, before: side.before })
    : null
  const unreadable: Difference[] = []
  const interruptions: { fromMs: number; toMs: number }[] = []
  let [firstMs, lastMs, endIndex] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  let isRunning: boolean | undefined
  for await (const { index, ...read } of readWindow(side, range)) {
    onEntry()
    endIndex = index + 1
    if (read.entry === undefined) {
      unreadable.push(unreadableAt(side.name, index, read.reason))
      continue
    }
    const { entry, timeMs } = read
    if (entry.kind === 'start' && (isRunning ?? (await wasRunning(side, index))) && !side.isExport) {
      // A start that does not follow a stop came after a crash.
      interruptions.push({ fromMs: Math.min(lastMs, timeMs), toMs: timeMs })
    }
    if (entry.kind === 'refusals' && entry.code === UNWRITABLE) {
      interruptions.push({ fromMs: Date.parse(entry.minute), toMs: timeMs })
    }
    if (entry.kind === 'stop') isRunning = false
    else if (!BY_COMMANDS.has(entry.kind)) isRunning = true
    firstMs = Math.min(firstMs, timeMs)
    lastMs = Math.max(lastMs, timeMs)
    given?.add(entry)
    await clock.check(index, timeMs)
    for (const item of itemsOf(entry, country)) await take(item)
  }
  const wrongClock = clock.firstWrong()
  const differences = [
    ...unreadable,
    ...(given?.finish() ?? []),
    ...(wrongClock === undefined ? [] : [ofLog('CLOCK_WRONG', 'clock', side.name, wrongClock.timeMs, wrongClock.what)]),
  ]
  const ends = given?.ends({ firstMs, lastMs }) ?? (await endsOf(side, { firstMs, lastMs }))
  return {
    ends: { ...ends, isStopped: isRunning === false && endIndex === side.size },
    interruptions,
    differences,
    endIndex,
  }
}

/**
 * Joins what is known of the logs of a gateway's workers. Each of them is complete from its first entry on, and until it stopped or, if it goes on, until
 * its last one.
 */
export function joinSummaries(all: readonly GatewaySummary[]): Omit<GatewaySummary, 'endIndex'> {
  const goingOn = all.filter(({ ends }) => !ends.isStopped).map(({ ends }) => ends.lastMs)
  return {
    ends: {
      firstMs: Math.min(...all.map(({ ends }) => ends.firstMs)),
      lastMs: goingOn.length > 0 ? Math.min(...goingOn) : Math.max(...all.map(({ ends }) => ends.lastMs)),
      isStopped: goingOn.length === 0,
    },
    interruptions: all.flatMap(({ interruptions }) => interruptions),
    differences: all.flatMap(({ differences }) => differences),
  }
}

function itemsOf(entry: Entry, country: string): readonly GatewayItem[] {
  if (entry.kind !== 'request' && entry.kind !== 'continuation') return []
  const legs = toGatewayLegs(entry, country).map((leg) => ({ kind: 'GATEWAY' as const, leg }))
  if (entry.kind === 'continuation') return [{ kind: 'PART', of: entry.of }, ...legs]
  return [{ kind: 'REQUEST', request: toRequestRecord(entry) }, ...legs]
}

/** Says whether the gateway ran before the entry at `index`, which is the first start that was read. */
async function wasRunning(side: Side, index: number): Promise<boolean> {
  if (index === 0 || side.timesFrom === null) return false
  let isRunning = false
  for await (const placed of side.entries(Math.max(0, index - LOOK_BACK))) {
    if (placed.index >= index) break
    const { kind } = membersOf(placed.bytes)
    if (kind === 'stop') isRunning = false
    else if (kind !== undefined && !BY_COMMANDS.has(String(kind))) isRunning = true
  }
  return isRunning
}

/** How many entries at the end of a log are read for the time of its end. */
const LAST_ENTRIES = 8

/** Finds the times of the first and the last entries of a log that was not read completely. */
export async function endsOf(
  { timesFrom, size }: Side,
  read: { readonly firstMs: number; readonly lastMs: number },
): Promise<{ readonly firstMs: number; readonly lastMs: number }> {
  if (timesFrom === null || size === 0) return read
  const [first = read.firstMs] = await timesFrom(0, LAST_ENTRIES)
  const last = await timesFrom(Math.max(0, size - LAST_ENTRIES), LAST_ENTRIES)
  return { firstMs: Math.min(first, read.firstMs), lastMs: Math.max(...last, read.lastMs) }
}

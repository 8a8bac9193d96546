/**
 * Divides the running time of a node among the callers of its legs (docs/access.md, Running time). A second of the node belongs in equal parts to the
 * legs that are in progress in it, so all callers together use one second a second at most. What a caller uses beyond a share counts; the rest of a
 * share is lost. A caller who is alone has the whole node, because then the share is the whole second.
 */

import { setImmediate as nextTurnOfLoop } from 'node:timers/promises'
import { IstmoError } from '../../contract/errors.ts'
import { getOrAdd } from '../../contract/get-or-add.ts'
import type { LegClaims } from '../../contract/leg-token.ts'
import { checkTime, type LegTime, type RunningLegTime } from './leg-time.ts'

/** What one caller may use: `perSecond` milliseconds of each second at least, and `burst` milliseconds beyond the share. */
export interface CallerTimeRate {
  readonly perSecond: number
  readonly burst: number
}

/** The running time of a node by caller. */
export interface CallerTime {
  /**
   * Runs a leg, and counts its time until it ends. A running leg is cut off when its caller has used twice the burst.
   * @throws {IstmoError} `TIME_SPENT` if the caller has used the burst, or if the leg was cut off.
   */
  run<T>(caller: string, time: Pick<RunningLegTime, 'end'>, work: () => Promise<T>): Promise<T>
  /** Returns how many milliseconds a caller has used beyond the share. Whoever has the least goes first. */
  usedBy(caller: string): number
  /** Whether nobody else needs a share. */
  isAlone(caller: string): boolean
  /** Whether this caller has used much ({@link MUCH_MS}), and a leg of somebody who has not is in progress. */
  yields(caller: string): boolean
  /** Calls the listener each time that a leg has ended, and every {@link TICK_MS} while legs are in progress. */
  onChange(listener: () => void): void
}

/** What callers have used, for those who let them take turns. */
export type CallerUsage = Omit<CallerTime, 'run'>

/** For how long after its last leg a caller counts as one who needs a share, in milliseconds. */
const ACTIVE_MS = 10_000
/** From how many milliseconds beyond the share on a caller has used much. Whoever asks now and then never has used so much. */
const MUCH_MS = 100
/** How often running legs are looked at, in milliseconds. */
const TICK_MS = 100

/** Calls `tick` again and again. Returns what stops it. */
type StartTicks = (tick: () => void) => () => void

const startTicks: StartTicks = (tick) => {
  const timer = setInterval(tick, TICK_MS).unref()
  return () => clearInterval(timer)
}

/** The caller of all legs that were sent for nobody. */
const NOBODY = ''

/** Returns the name of a leg's caller: by the country token, if the node demands one. */
export function callerOf({ caller_iss: issuer, sub }: Pick<LegClaims, 'caller_iss' | 'sub'>): string {
  return issuer === undefined ? NOBODY : JSON.stringify([issuer, sub])
}

interface RunningLeg {
  readonly time: Pick<RunningLegTime, 'end'>
  isCut: boolean
}

interface Usage {
  readonly legs: Set<RunningLeg>
  usedMs: number
  /** When the last leg ended. */
  endedAt: number
}

/**
 * Creates the division in the memory of this process.
 * @param rate null: nothing is refused.
 * @param now returns milliseconds of a clock that never goes back.
 */
export function createCallerTime(
  rate: CallerTimeRate | null,
  now: () => number = () => performance.now(),
  start: StartTicks = startTicks,
): CallerTime {
  const usages = new Map<string, Usage>()
  const listeners: (() => void)[] = []
  let [running, settledAt, stop] = [0, now(), (): void => undefined]
  const notify = (): void => {
    for (const listener of listeners) listener()
  }
  const settle = (): void => {
    const [at, elapsed] = [now(), now() - settledAt]
    settledAt = at
    const share = shareOf(usages.values(), rate, at)
    for (const [caller, usage] of usages) {
      const gained = running === 0 ? 0 : (elapsed * usage.legs.size) / running
      usage.usedMs = Math.max(0, usage.usedMs + gained - elapsed * share)
      if (rate !== null && usage.usedMs >= 2 * rate.burst) cutOff(usage)
      if (usage.usedMs === 0 && !isActive(usage, at)) usages.delete(caller)
    }
  }
  const tick = (): void => {
    settle()
    notify()
  }
  return {
    usedBy: (caller) => usages.get(caller)?.usedMs ?? 0,
    isAlone(caller) {
      const at = now()
      for (const [other, usage] of usages) if (other !== caller && isActive(usage, at)) return false
      return true
    },
    yields(caller) {
      if ((usages.get(caller)?.usedMs ?? 0) < MUCH_MS) return false
      for (const { usedMs, legs } of usages.values()) if (usedMs < MUCH_MS && legs.size > 0) return true
      return false
    },
    onChange: (listener) => void listeners.push(listener),
    async run(caller, time, work) {
      settle()
      const usage = getOrAdd(usages, caller, () => ({ legs: new Set<RunningLeg>(), usedMs: 0, endedAt: settledAt }))
      if (rate !== null && usage.usedMs >= rate.burst) throw new IstmoError('TIME_SPENT')
      const leg: RunningLeg = { time, isCut: false }
      usage.legs.add(leg)
      if (running++ === 0) stop = start(tick)
      try {
        return await work()
      } catch (cause) {
        throw leg.isCut ? new IstmoError('TIME_SPENT', undefined, { cause }) : cause
      } finally {
        settle()
        usage.legs.delete(leg)
        usage.endedAt = settledAt
        if (--running === 0) stop()
        notify()
      }
    },
  }
}

/** The part of each second that belongs to one caller: an equal part, and that of the setting at least. */
function shareOf(usages: Iterable<Usage>, rate: CallerTimeRate | null, at: number): number {
  let active = 0
  for (const usage of usages) if (isActive(usage, at)) active++
  return Math.max(1 / Math.max(1, active), (rate?.perSecond ?? 0) / 1_000)
}

function isActive({ legs, endedAt }: Usage, at: number): boolean {
  return legs.size > 0 || at - endedAt < ACTIVE_MS
}

function cutOff({ legs }: Usage): void {
  for (const leg of legs) {
    leg.isCut = true
    leg.time.end()
  }
}

/**
 * A queue for something that only few can use at once: the connections of a database or of a service, or the thread of a node. It is fair by caller:
 * however many turns one caller waits for, the next turn is for the caller who has used the least.
 */
export interface FairTurns {
  /** Runs `work` when it is its turn. Rejects with the IstmoError `LEG_DEADLINE` if the time is over before, and then does not begin. */
  take<T>(caller: string, time: LegTime | undefined, work: () => Promise<T>): Promise<T>
}

/** How many turns at once a caller has beside others: enough for the statements of a light leg. */
const BESIDE_OTHERS = 3

/** For how long a caller who has used much lets the legs of others go first, in milliseconds. */
const PATIENCE_MS = 100

/** The turns of one caller. */
interface Lane {
  /** What begins each turn that waits, and since when it waits, the oldest first. */
  readonly waiting: Map<() => void, number>
  running: number
  /** The number of the last turn that began. */
  last: number
}

/**
 * Creates a queue.
 * @param places how many turns run at once. A caller who is alone has half of them, so that another who comes need not wait for the end of a turn. Beside
 *   others, a caller has few: what runs at once shares the processors behind it, so that each turn is as slow as there are many. A caller who has used
 *   much has one, and for some time none while a leg of another is in progress: what has begun would slow that down to its end.
 * @param now returns milliseconds of a clock that never goes back.
 */
export function createFairTurns(
  places: number,
  usage: CallerUsage,
  now: () => number = () => performance.now(),
): FairTurns {
  const lanes = new Map<string, Lane>()
  let [running, begun] = [0, 0]
  const { usedBy, onChange } = usage
  const mostOf = createMostOf(Math.ceil(places / 2), usage, now)
  const canBegin = (caller: string, lane: Lane): boolean => running < places && lane.running < mostOf(caller, lane)
  const begin = (lane: Lane): void => {
    running++
    lane.running++
    lane.last = ++begun
  }
  const end = (caller: string, lane: Lane): void => {
    running--
    lane.running--
    forgetEmpty(caller, lane)
    beginNext()
  }
  const beginNext = (): void => {
    for (let next = nextOf(lanes, canBegin, usedBy); next; next = nextOf(lanes, canBegin, usedBy)) next()
  }
  onChange(beginNext)
  const forgetEmpty = (caller: string, lane: Lane): void => {
    if (lane.running === 0 && lane.waiting.size === 0) lanes.delete(caller)
  }
  const wait = (caller: string, lane: Lane, time: LegTime | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const stop = time?.onOver(() => {
        lane.waiting.delete(beginWaiting)
        forgetEmpty(caller, lane)
        reject(new IstmoError('LEG_DEADLINE'))
      })
      const beginWaiting = (): void => {
        lane.waiting.delete(beginWaiting)
        stop?.()
        begin(lane)
        resolve()
      }
      lane.waiting.set(beginWaiting, now())
    })
  return {
    async take(caller, time, work) {
      checkTime(time)
      const lane = getOrAdd(lanes, caller, () => ({ waiting: new Map<() => void, number>(), running: 0, last: 0 }))
      if (canBegin(caller, lane)) begin(lane)
      else await wait(caller, lane, time)
      try {
        return await work()
      } finally {
        end(caller, lane)
      }
    },
  }
}

/** Returns how many turns of a caller may run at once now. */
function createMostOf(half: number, { usedBy, isAlone, yields }: CallerUsage, now: () => number) {
  return (caller: string, { waiting }: Lane): number => {
    if (usedBy(caller) < MUCH_MS) return isAlone(caller) ? half : Math.min(half, BESIDE_OTHERS)
    const [since = now()] = waiting.values()
    return yields(caller) && now() - since < PATIENCE_MS ? 0 : 1
  }
}

/** Returns what begins the next turn: that of the caller who has used the least, and of several the one whose last turn is the longest ago. */
function nextOf(
  lanes: ReadonlyMap<string, Lane>,
  canBegin: (caller: string, lane: Lane) => boolean,
  usedBy: CallerUsage['usedBy'],
): (() => void) | undefined {
  const waiting = [...lanes].flatMap(([caller, lane]) => {
    const [beginOldest] = lane.waiting.keys()
    return beginOldest === undefined || !canBegin(caller, lane)
      ? []
      : [{ beginOldest, used: usedBy(caller), last: lane.last }]
  })
  return waiting.sort((a, b) => a.used - b.used || a.last - b.last)[0]?.beginOldest
}

/** For how long a leg may compute before others run, in milliseconds. */
const SLICE_MS = 5

/**
 * Makes what a leg calls before it begins, and a long computation now and then. One leg computes in each turn of the event loop, so a request that comes
 * meanwhile waits for one slice, and not for all that compute. A caller within the share begins at once, and all others wait for their turn.
 * @param thread the queue for the node's thread, which has one place.
 */
export function createPause(
  thread: FairTurns,
  caller: string,
  time: LegTime,
  { usedBy }: Pick<CallerUsage, 'usedBy'>,
): () => Promise<void> {
  let since = performance.now()
  let hasBegun = false
  return async () => {
    const mayGoOn = (hasBegun || usedBy(caller) === 0) && performance.now() - since < SLICE_MS
    hasBegun = true
    if (mayGoOn) return
    await thread.take(caller, time, () => nextTurnOfLoop())
    since = performance.now()
  }
}

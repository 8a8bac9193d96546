import { IstmoError } from '../../contract/errors.ts'
import { getOrAdd } from '../../contract/get-or-add.ts'
import type { LegClaims } from '../../contract/leg-token.ts'
import type { RunningLegTime } from './leg-time.ts'

/**
 * Divides the running time of a node among the callers of its legs (docs/access.md, Running time). A second of the node belongs in equal parts to the
 * legs that are in progress in it, so all callers together use one second a second at most. What a caller uses beyond a share counts; the rest of a
 * share is lost. A caller who is alone has the whole node, because then the share is the whole second.
 */

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
  /** Returns how many milliseconds a caller has used beyond the share. Whoever has the least goes first (fair-turns.ts). */
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
export const MUCH_MS = 100
/** How often running legs are looked at, in milliseconds. */
const TICK_MS = 100

/** Calls `tick` again and again. Returns what stops it. */
export type StartTicks = (tick: () => void) => () => void

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

import { performance } from 'node:perf_hooks'
import { IstmoError } from '../../contract/errors.ts'

/**
 * How long a leg may take. It ends early if nobody waits for the answer any more. It has listeners of its own, and no AbortSignal: one with a timeout, an
 * error and the stack of that error took more of the thread for each leg than the check of its token.
 */
export interface LegTime {
  isOver(): boolean
  /** Calls the listener once when the time is over, unless it is over already. Returns what stops that. */
  onOver(listener: () => void): () => void
  /** The whole milliseconds that are left, at least 1. */
  leftMs(): number
}

/** The time of a leg, for whoever has started it. */
export interface RunningLegTime extends LegTime {
  /** Ends the time now. */
  readonly end: () => void
}

/**
 * Starts the time of a leg.
 * @param ms how long it may take, in milliseconds.
 * @param abandoned aborted when the gateway no longer waits.
 */
export function startLegTime(ms: number, abandoned?: AbortSignal): RunningLegTime {
  const endsAt = performance.now() + ms
  const listeners = new Set<() => void>()
  let isOver = false
  const end = (): void => {
    if (isOver) return
    isOver = true
    clearTimeout(timer)
    for (const listener of listeners) listener()
    listeners.clear()
  }
  const timer = setTimeout(end, ms).unref()
  if (abandoned?.aborted) end()
  else abandoned?.addEventListener('abort', end, { once: true })
  return {
    end,
    isOver: () => isOver,
    onOver(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    leftMs: () => Math.max(1, Math.floor(endsAt - performance.now())),
  }
}

/**
 * Waits for `work`, but no longer than the time of the leg. Without a time, it waits until the work ends. Rejects with the IstmoError `LEG_DEADLINE` when the
 * time is over; whoever ends the work then handles its failure.
 */
export function withinTime<T>(work: Promise<T>, time: LegTime | undefined): Promise<T> {
  if (time === undefined) return work
  return new Promise((resolve, reject) => {
    const rejectOver = (): void => reject(new IstmoError('LEG_DEADLINE'))
    if (time.isOver()) rejectOver()
    const stop = time.onOver(rejectOver)
    work.then(
      (value) => {
        stop()
        resolve(value)
      },
      (error: unknown) => {
        stop()
        reject(error)
      },
    )
  })
}

/**
 * Checks that a leg has time left.
 * @throws {IstmoError} `LEG_DEADLINE`.
 */
export function checkTime(time: LegTime | undefined): void {
  if (time?.isOver()) throw new IstmoError('LEG_DEADLINE')
}

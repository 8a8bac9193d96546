import { performance } from 'node:perf_hooks'
import { IstmoError } from '../../contract/errors.ts'

/** How long a leg may take. It ends early if nobody waits for the answer any more. */
export interface LegTime {
  /** Aborted when the time is over. */
  readonly signal: AbortSignal
  /** The whole milliseconds that are left, at least 1. */
  leftMs(): number
}

/**
 * Starts the time of a leg.
 * @param ms how long it may take, in milliseconds.
 * @param abandoned aborted when the gateway no longer waits.
 */
export function startLegTime(ms: number, abandoned?: AbortSignal): LegTime {
  const endsAt = performance.now() + ms
  const timeout = AbortSignal.timeout(ms)
  return {
    signal: abandoned === undefined ? timeout : AbortSignal.any([timeout, abandoned]),
    leftMs: () => Math.max(1, Math.floor(endsAt - performance.now())),
  }
}

/** Waits for `work`, but no longer than the time of the leg. Without a time, it waits until the work ends. */
export async function withinTime<T>(work: Promise<T>, time: LegTime | undefined): Promise<T> {
  if (time === undefined) return work
  const { signal } = time
  let onAbort: () => void = () => undefined
  const over = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new IstmoError('LEG_DEADLINE'))
    signal.addEventListener('abort', onAbort, { once: true })
  })
  // Whoever ends the work handles its failure; nobody waits for it here any more.
  work.catch(() => undefined)
  try {
    checkTime(time)
    return await Promise.race([work, over])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/**
 * Checks that a leg has time left.
 * @throws {IstmoError} `LEG_DEADLINE`.
 */
export function checkTime(time: LegTime | undefined): void {
  if (time?.signal.aborted) throw new IstmoError('LEG_DEADLINE')
}

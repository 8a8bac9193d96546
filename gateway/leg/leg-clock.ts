import type { Outcome } from '../../contract/outcome.ts'
import type { Leg, RequestContext } from '../types/flow.ts'

/** What ends a leg before its answer. */
export type Ending = 'LEG_DEADLINE' | 'REQUEST_DEADLINE' | 'HANGUP'

/** A leg's clock: `signal` aborts when the leg must end, and `ending` says why. The owner must call `stop` when the leg is over. */
export interface LegClock {
  readonly signal: AbortSignal
  readonly ending: () => Ending | null
  /** Returns how long the leg may still take, in milliseconds; 0 or less if it must end now. */
  readonly leftMs: () => number
  readonly stop: () => void
}

/** Starts the clock of a leg. The leg ends at its own deadline, at the request's, or when the caller hangs up, whichever is first. */
export function startLegClock(leg: Leg, request: RequestContext): LegClock {
  const controller = new AbortController()
  let ending: Ending | null = null
  const end = (reason: Ending): void => {
    ending ??= reason
    controller.abort()
  }
  const requestLeftMs = request.deadlineAt - performance.now()
  const isRequestFirst = requestLeftMs < leg.endpoint.deadlineMs
  const delayMs = Math.max(0, Math.min(requestLeftMs, leg.endpoint.deadlineMs))
  const endsAt = performance.now() + delayMs
  const timer = setTimeout(() => end(isRequestFirst ? 'REQUEST_DEADLINE' : 'LEG_DEADLINE'), delayMs)
  const onHangup = (): void => end('HANGUP')
  request.hangup.addEventListener('abort', onHangup, { once: true })
  if (requestLeftMs <= 0) end('REQUEST_DEADLINE')
  if (request.hangup.aborted) end('HANGUP')
  const stop = (): void => {
    clearTimeout(timer)
    request.hangup.removeEventListener('abort', onHangup)
  }
  return { signal: controller.signal, ending: () => ending, leftMs: () => endsAt - performance.now(), stop }
}

/** Returns the outcome of a leg that its clock ended. Nobody reads the outcome if the caller hung up. */
export function endingOutcome(ending: Ending): Outcome {
  if (ending === 'HANGUP') return { reach: 'UNAVAILABLE', code: 'CONNECTION' }
  return { reach: 'TIMED_OUT', code: ending }
}

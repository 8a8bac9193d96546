import type { Hangup, HangupWatcher } from '../../contract/hangup.ts'
import type { Outcome } from '../../contract/outcome.ts'
import type { Leg, RequestContext } from '../types/flow.ts'

/** What ends a leg before its answer. */
export type Ending = 'LEG_DEADLINE' | 'REQUEST_DEADLINE' | 'HANGUP'

/** What a leg waits for, and what must end when the leg must end. */
export interface Endable {
  end(): void
}

/** A leg's clock. It says when the leg must end, and why. The owner must call `stop` when the leg is over. */
export interface LegClock {
  /** Why the leg must end; null while it may go on. */
  readonly ending: Ending | null
  /** From now on, ends this when the leg must end; null for nothing. A leg waits for one thing at a time. Look at `ending` first. */
  endsOnTime(waiting: Endable | null): void
  /** Returns how long the leg may still take, in milliseconds; 0 or less if it must end now. */
  leftMs(): number
  stop(): void
}

/** Starts the clock of a leg. The leg ends at its own deadline, at the request's, or when the caller hangs up, whichever is first. */
export function startLegClock(leg: Leg, request: RequestContext): LegClock {
  return new Clock(leg.endpoint.deadlineMs, request)
}

/** The longest time that a timer of Node can wait, in milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1

class Clock implements LegClock, HangupWatcher {
  ending: Ending | null = null
  readonly #endsAt: number
  readonly #hangup: Hangup
  readonly #timer: NodeJS.Timeout
  #waiting: Endable | null = null

  constructor(legMs: number, { deadlineAt, hangup }: RequestContext) {
    const now = performance.now()
    const requestLeftMs = deadlineAt - now
    const delayMs = Math.max(0, Math.min(requestLeftMs, legMs))
    this.#endsAt = now + delayMs
    const reason: Ending = requestLeftMs < legMs ? 'REQUEST_DEADLINE' : 'LEG_DEADLINE'
    this.#timer = setTimeout(() => this.#end(reason), Math.min(MAX_TIMER_MS, delayMs))
    this.#hangup = hangup
    hangup.watch(this)
    if (requestLeftMs <= 0) this.ending = 'REQUEST_DEADLINE'
    else if (hangup.isGone) this.ending = 'HANGUP'
  }

  endsOnTime(waiting: Endable | null): void {
    this.#waiting = waiting
  }

  leftMs(): number {
    return this.#endsAt - performance.now()
  }

  onGone(): void {
    this.#end('HANGUP')
  }

  #end(reason: Ending): void {
    if (this.ending !== null) return
    this.ending = reason
    this.#waiting?.end()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#hangup.unwatch(this)
    this.#waiting = null
  }
}

/** Returns the outcome of a leg that its clock ended. Nobody reads the outcome if the caller hung up. */
export function endingOutcome(ending: Ending): Outcome {
  if (ending === 'HANGUP') return { reach: 'UNAVAILABLE', code: 'CONNECTION' }
  return { reach: 'TIMED_OUT', code: ending }
}

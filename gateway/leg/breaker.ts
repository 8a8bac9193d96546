import type { Caller } from '../../contract/access-token.ts'
import type { Leg, LegAnswer } from '../types/flow.ts'

/** After how many failures in a row the breaker of an endpoint opens. One operation may send several legs to it at once. */
export const BREAKER_FAILURES = 5

/** How long a breaker stays open before one leg tries the endpoint again, in milliseconds. It is short, so that a country returns soon. */
export const BREAKER_COOLDOWN_MS = 1_000

/**
 * Closed: legs go to the endpoint. Open: no leg goes to it, until the first leg after the cooldown. Half-open: that leg is in
 * progress, and the other legs fail without a wait. There can be a second such leg, of a caller whose trial was late before.
 */
export type BreakerState = 'closed' | 'open' | 'half-open'

/** What identifies an endpoint. Two countries may share one URL and fail separately. */
export type BreakerKey = Pick<Leg, 'country' | 'domain'> & { readonly endpoint: Pick<Leg['endpoint'], 'url'> }

/**
 * How a leg ended. `late`: it had no answer in time, which may be the fault of the endpoint or of the question. `neutral`: it says nothing about the
 * endpoint, because the caller or the request's deadline ended the leg.
 */
export type LegResult = 'success' | 'failure' | 'late' | 'neutral'

/** For whom a leg is sent; null for a request without a token. */
export type LegCaller = Pick<Caller, 'issuer' | 'subject'> | null

/** The circuit breaker of one endpoint. Each leg that it lets pass must come back with its result. */
export interface LegBreaker {
  /** @returns the phase in which a leg begins: 0 while the breaker is closed for its caller, or the number of its trial; null if the leg is not sent. */
  enter(caller: LegCaller): number | null
  /** Counts the result of a leg that began in `phase`. */
  leave(phase: number, result: LegResult, caller: LegCaller): void
}

/** The circuit breakers of all endpoints. */
export interface Breakers {
  readonly breakerOf: (key: BreakerKey) => LegBreaker
  /** Returns the state for callers at large: a breaker that keeps out only one caller counts as closed. */
  readonly stateOf: (key: BreakerKey) => BreakerState
}

/**
 * Creates one circuit breaker for each endpoint, closed at first. It is a failure if there is no connection, or no answer in time. A
 * denial or a bad answer is not a failure, because the endpoint works and costs no wait. Otherwise one caller who asks for more than an
 * answer may hold could take a country from all other callers. For the same reason, a breaker that opens only because legs of one caller were late
 * opens only for this caller: perhaps the questions were too heavy, and not the endpoint slow. When a leg of somebody else fails too, it opens for
 * all. A caller whose trial was late, or for whom it was open before, tries again beside the others and not before them. Otherwise the heavy
 * questions of one caller could be one trial after the other, and no light question could show that the endpoint works. Nobody knows whether legs
 * without a caller are of one sender, so each of them is of somebody else, but they try as one caller does. A neutral leg is not counted. As a
 * trial of an open breaker, it neither closes the breaker nor makes the others wait: the next leg tries. Its caller then tries beside the others, as one
 * whose trial was late. Otherwise a caller who asks and hangs up could be one trial after the other.
 * @param onChange called when an endpoint's state for callers at large changes.
 */
export function createBreakers(onChange: (key: BreakerKey, state: BreakerState) => void): Breakers {
  const breakers = new Map<string, Breaker>()
  /** Endpoints live as long as the settings that they come from. Each leg asks for a breaker. */
  const ofEndpoints = new WeakMap<BreakerKey['endpoint'], { readonly key: BreakerKey; readonly breaker: Breaker }>()
  const breakerOf = (key: BreakerKey): Breaker => {
    const known = ofEndpoints.get(key.endpoint)
    if (known !== undefined && known.key.country === key.country && known.key.domain === key.domain) {
      return known.breaker
    }
    const name = toName(key)
    const place = { country: key.country, domain: key.domain, endpoint: key.endpoint }
    const breaker = breakers.get(name) ?? new Breaker((state) => onChange(place, state))
    breakers.set(name, breaker)
    ofEndpoints.set(key.endpoint, { key: place, breaker })
    return breaker
  }
  return { breakerOf, stateOf: (key) => breakers.get(toName(key))?.state ?? 'closed' }
}

/** Returns what an answer says about its endpoint, unless the leg's end says nothing about it. */
export function resultOf(answer: LegAnswer): LegResult {
  const code = answer.kind === 'answered' ? null : answer.outcome.code
  if (code === 'LEG_DEADLINE') return 'late'
  return code === 'CONNECTION' ? 'failure' : 'success'
}

/** One leg at a time that tries an endpoint, after a cooldown. */
interface Trials {
  /** The number of the trial in progress; 0 without one. */
  current: number
  /** The time at which the cooldown began, in milliseconds since the epoch. */
  cooldownFromMs: number
}

/**
 * Counts the failures of one endpoint. For legs without a caller, and for late legs of the only caller, it behaves as `ConsecutiveBreaker` of
 * cockatiel does, but nothing waits for the trial.
 */
class Breaker implements LegBreaker {
  readonly #onChange: (state: BreakerState) => void
  #isOpen = false
  /** The one caller whom a breaker that is open keeps out; null if it keeps out everybody. */
  #keptOut: LegCaller = null
  /** How many legs failed in a row. */
  #failures = 0
  /** The one caller whose legs those were, all of them late; null if there is no such caller. */
  #lateOf: LegCaller = null
  /** Those whose trial was late or neutral since the breaker opened, or for whom it opened. They try as `#ofLate`, and take no other caller's turn. */
  readonly #late = new Set<string>()
  readonly #trials: Trials = { current: 0, cooldownFromMs: 0 }
  readonly #ofLate: Trials = { current: 0, cooldownFromMs: 0 }
  /** The number of the last trial. */
  #lastTrial = 0
  #told: BreakerState = 'closed'

  constructor(onChange: (state: BreakerState) => void) {
    this.#onChange = onChange
  }

  get state(): BreakerState {
    if (!this.#isOpen || this.#keptOut !== null) return 'closed'
    return this.#trials.current === 0 && this.#ofLate.current === 0 ? 'open' : 'half-open'
  }

  enter(caller: LegCaller): number | null {
    if (!this.#isOpen) return 0
    if (this.#keptOut !== null && !isSame(this.#keptOut, caller)) return 0
    const trials = this.#late.has(nameOf(caller)) ? this.#ofLate : this.#trials
    // A breaker exists to avoid the wait for a country that hangs, so the other legs do not wait for the trial.
    if (trials.current !== 0 || Date.now() - trials.cooldownFromMs < BREAKER_COOLDOWN_MS) return null
    this.#lastTrial += 1
    trials.current = this.#lastTrial
    this.#tell()
    return trials.current
  }

  leave(phase: number, result: LegResult, caller: LegCaller): void {
    if (phase !== 0) this.#endTrial(phase, result, caller)
    else if (result === 'success') this.#failures = 0
    else if (result !== 'neutral') {
      this.#count(result, caller)
      if (this.#failures < BREAKER_FAILURES) return
      // A leg that began before the breaker opened may also end the trial of another leg. One of somebody else opens it further.
      const isWaiting = this.#isOpen && this.#trials.current === 0 && this.#ofLate.current === 0
      if (!isWaiting || !(this.#keptOut === null || isSame(this.#keptOut, this.#lateOf))) this.#open(this.#lateOf)
    }
    this.#tell()
  }

  #endTrial(trial: number, result: LegResult, caller: LegCaller): void {
    const trials = [this.#trials, this.#ofLate].find(({ current }) => current === trial)
    // The breaker has closed or opened again since.
    if (trials === undefined) return
    if (result === 'success') {
      this.#failures = 0
      this.#close()
      return
    }
    trials.current = 0
    if (result !== 'failure') this.#late.add(nameOf(caller))
    if (result === 'neutral') return
    this.#count(result, caller)
    this.#ofLate.cooldownFromMs = Date.now()
    // What was late again for a caller says nothing to the others.
    if (result === 'failure' || trials === this.#trials) this.#trials.cooldownFromMs = Date.now()
    if (this.#failures >= BREAKER_FAILURES && this.#lateOf === null) this.#keptOut = null
  }

  #count(result: 'failure' | 'late', caller: LegCaller): void {
    const by = result === 'late' ? caller : null
    const isFirst = this.#failures === 0
    this.#failures += 1
    // Not the caller's claims, which the breaker would keep alive.
    if (isFirst) this.#lateOf = by && { issuer: by.issuer, subject: by.subject }
    else if (!isSame(this.#lateOf, by)) this.#lateOf = null
  }

  /** Opens the breaker, or ends the trials of one that is open. */
  #open(keptOut: LegCaller): void {
    if (keptOut !== null) this.#late.add(nameOf(keptOut))
    this.#isOpen = true
    this.#keptOut = keptOut
    for (const trials of [this.#trials, this.#ofLate]) {
      trials.current = 0
      trials.cooldownFromMs = Date.now()
    }
  }

  #close(): void {
    this.#isOpen = false
    this.#keptOut = null
    this.#late.clear()
    this.#trials.current = 0
    this.#ofLate.current = 0
  }

  /** Tells the state for callers at large if it has changed. */
  #tell(): void {
    const { state } = this
    if (state === this.#told) return
    this.#told = state
    this.#onChange(state)
  }
}

/** Names a caller, so that the breaker keeps none of the caller's claims. Legs without a caller have one name. */
function nameOf(caller: LegCaller): string {
  return caller === null ? '' : JSON.stringify([caller.issuer, caller.subject])
}

function isSame(one: LegCaller, other: LegCaller): boolean {
  return one !== null && other !== null && one.issuer === other.issuer && one.subject === other.subject
}

function toName({ country, domain, endpoint }: BreakerKey): string {
  return JSON.stringify([country, domain, endpoint.url])
}

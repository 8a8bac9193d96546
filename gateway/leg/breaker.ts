import type { Caller } from '../../contract/access-token.ts'
import { getOrAdd } from '../../contract/get-or-add.ts'
import type { Leg, LegAnswer } from '../types/flow.ts'

/** After how many failures in a row the breaker of an endpoint opens. One operation may send several legs to it at once. */
export const BREAKER_FAILURES = 5

/**
 * How many failures in a row of one caller count when a breaker opens for everybody. So it takes three callers, or legs without a caller: one
 * who asks too much, and one whom this made wait, close no country to the others.
 */
export const COUNTED_OF_ONE = 2

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
 * How a leg ended. `failure`: it had no connection or no answer in time, which may be the fault of the endpoint or of the question. `neutral`: it says
 * nothing about the endpoint, because the caller or the request's deadline ended the leg.
 */
export type LegResult = 'success' | 'failure' | 'neutral'

/** For whom a leg is sent; null for a request without a token. */
export type LegCaller = Pick<Caller, 'issuer' | 'subject'> | null

/** The circuit breaker of one endpoint. Each leg that it lets pass must come back with its result. */
export interface LegBreaker {
  /** @returns the phase in which a leg begins: 0 while the breaker is closed for its caller, or the number of its trial; null if the leg is not sent. */
  enter(caller: LegCaller): number | null
  /** Counts the result of a leg that began in `phase`. */
  leave(phase: number, result: LegResult, caller: LegCaller): void
}

/**
 * Creates one circuit breaker for each endpoint, closed at first. It is a failure if there is no connection, or no answer in time. A
 * denial, a refusal for a while (429) or a bad answer is not a failure, because the endpoint works and costs no wait. Otherwise one caller who asks for
 * more than an answer may hold could take a country from all other callers.
 *
 * For the same reason a breaker learns from a caller's legs only for this caller, until legs of others fail too: perhaps the questions were too
 * heavy, and not the endpoint slow. It opens for everybody after {@link BREAKER_FAILURES} in a row. Of these, at most {@link COUNTED_OF_ONE} count for one caller.
 * Nobody knows whether legs without a caller are of one sender, so each of them is of somebody else, but they try as one caller does.
 *
 * A caller whose trial failed, or for whom it was open before, tries again beside the others and not before them. Otherwise the heavy
 * questions of one caller could be one trial after the other, and no light question could show that the endpoint works. A neutral leg is not counted. As a
 * trial of an open breaker, it neither closes the breaker nor makes the others wait: the next leg tries. Its caller then tries beside the others, as one
 * whose trial failed. Otherwise a caller who asks and hangs up could be one trial after the other.
 * @param onChange called when an endpoint's state for callers at large changes.
 */
export function createBreakers(onChange: (key: BreakerKey, state: BreakerState) => void) {
  const breakers = new Map<string, Breaker>()
  const breakerOf = (key: BreakerKey): Breaker =>
    getOrAdd(breakers, toName(key), () => {
      const { country, domain, endpoint } = key
      return new Breaker((state) => onChange({ country, domain, endpoint }, state))
    })
  return {
    breakerOf,
    /** Returns the state for callers at large: a breaker that keeps out only some callers counts as closed. */
    stateOf: (key: BreakerKey) => breakers.get(toName(key))?.state ?? 'closed',
  }
}

/** Returns what an answer says about its endpoint, unless the leg's end says nothing about it. */
export function resultOf(answer: LegAnswer): LegResult {
  const code = answer.kind === 'answered' ? null : answer.outcome.code
  return code === 'LEG_DEADLINE' || code === 'CONNECTION' ? 'failure' : 'success'
}

/** One leg at a time that tries an endpoint, after a cooldown. */
interface Trials {
  /** The number of the trial in progress; 0 without one. */
  current: number
  /** The time at which the cooldown began, in milliseconds since the epoch. */
  cooldownFromMs: number
}

/** What the legs of one caller have shown. */
interface OwnCount {
  /** How many failed in a row: since then nobody has had an answer. */
  failures: number
  isOpen: boolean
  readonly trials: Trials
}

/**
 * Counts the failures of one endpoint. For legs without a caller, and for those of the only caller, it behaves as `ConsecutiveBreaker` of
 * cockatiel does, but nothing waits for the trial.
 */
class Breaker implements LegBreaker {
  readonly #onChange: (state: BreakerState) => void
  /** Whether it keeps out everybody. */
  #isOpen = false
  /** How many legs without a caller failed in a row. */
  #failuresOfNobody = 0
  /** Callers with failures since the last answer, and those who are kept out, by name. There are no more of them than officers. */
  readonly #own = new Map<string, OwnCount>()
  /** Those whose trial failed or was neutral since it opened for all, or who were kept out before. They try as `#ofLate`, and take no other's turn. */
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
    if (!this.#isOpen) return 'closed'
    return this.#trials.current === 0 && this.#ofLate.current === 0 ? 'open' : 'half-open'
  }

  enter(caller: LegCaller): number | null {
    const name = nameOf(caller)
    const own = this.#own.get(name)
    if (!this.#isOpen && own?.isOpen !== true) return 0
    const ofAll = this.#late.has(name) ? this.#ofLate : this.#trials
    const trials = this.#isOpen || own === undefined ? ofAll : own.trials
    // A breaker exists to avoid the wait for a country that hangs, so the other legs do not wait for the trial.
    if (trials.current !== 0 || Date.now() - trials.cooldownFromMs < BREAKER_COOLDOWN_MS) return null
    this.#lastTrial += 1
    trials.current = this.#lastTrial
    this.#tell()
    return trials.current
  }

  leave(phase: number, result: LegResult, caller: LegCaller): void {
    if (phase !== 0) this.#endTrial(phase, result, caller)
    else if (result === 'success') this.#forgetFailures()
    else if (result === 'failure') this.#count(caller)
    this.#tell()
  }

  #endTrial(trial: number, result: LegResult, caller: LegCaller): void {
    const own = this.#own.get(nameOf(caller))
    if (own?.trials.current === trial) {
      own.trials.current = 0
      if (result === 'success') own.isOpen = false
      if (result === 'success') this.#forgetFailures()
      else if (result === 'failure') {
        endTrials(own.trials)
        this.#count(caller)
      }
      return
    }
    const trials = [this.#trials, this.#ofLate].find(({ current }) => current === trial)
    // The breaker has closed or opened again since.
    if (trials === undefined) return
    if (result === 'success') {
      this.#close()
      return
    }
    trials.current = 0
    this.#late.add(nameOf(caller))
    if (result === 'neutral') return
    this.#ofLate.cooldownFromMs = Date.now()
    // What failed again for a caller says nothing to the others.
    if (trials === this.#trials) this.#trials.cooldownFromMs = Date.now()
  }

  /** An answer ends each row of failures. Whoever is kept out must be answered themselves. */
  #forgetFailures(): void {
    this.#failuresOfNobody = 0
    for (const [name, own] of this.#own) {
      own.failures = 0
      if (!own.isOpen) this.#own.delete(name)
    }
  }

  #count(caller: LegCaller): void {
    if (caller === null) this.#failuresOfNobody += 1
    else this.#countOwn(nameOf(caller))
    let failures = this.#failuresOfNobody
    for (const own of this.#own.values()) failures += Math.min(own.failures, COUNTED_OF_ONE)
    if (failures < BREAKER_FAILURES) return
    // A leg that began before the breaker opened may also end the trial of another leg.
    if (this.state !== 'open') this.#open()
  }

  #countOwn(name: string): void {
    const own = this.#own.get(name) ?? { failures: 0, isOpen: false, trials: { current: 0, cooldownFromMs: 0 } }
    this.#own.set(name, own)
    own.failures += 1
    const isWaiting = own.isOpen && own.trials.current === 0
    if (own.failures < BREAKER_FAILURES || isWaiting) return
    own.isOpen = true
    endTrials(own.trials)
  }

  /** Opens the breaker for everybody, or ends the trials of one that is open. */
  #open(): void {
    for (const [name, own] of this.#own) {
      if (own.isOpen) this.#late.add(name)
      own.trials.current = 0
    }
    this.#isOpen = true
    endTrials(this.#trials)
    endTrials(this.#ofLate)
  }

  #close(): void {
    this.#isOpen = false
    this.#failuresOfNobody = 0
    this.#own.clear()
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

/** Ends the trial in progress, and begins a cooldown. */
function endTrials(trials: Trials): void {
  trials.current = 0
  trials.cooldownFromMs = Date.now()
}

/** Names a caller in one text. Legs without a caller have one name. */
function nameOf(caller: LegCaller): string {
  return caller === null ? '' : JSON.stringify([caller.issuer, caller.subject])
}

function toName({ country, domain, endpoint }: BreakerKey): string {
  return JSON.stringify([country, domain, endpoint.url])
}

import type { Leg, LegAnswer } from '../types/flow.ts'

/** After how many failures in a row the breaker of an endpoint opens. One operation may send several legs to it at once. */
export const BREAKER_FAILURES = 5

/** How long a breaker stays open before one leg tries the endpoint again, in milliseconds. It is short, so that a country returns soon. */
export const BREAKER_COOLDOWN_MS = 1_000

/**
 * Closed: legs go to the endpoint. Open: no leg goes to it, until the first leg after the cooldown. Half-open: that one leg is in
 * progress, and the other legs fail without a wait.
 */
export type BreakerState = 'closed' | 'open' | 'half-open'

/** What identifies an endpoint. Two countries may share one URL and fail separately. */
export type BreakerKey = Pick<Leg, 'country' | 'domain'> & { readonly endpoint: Pick<Leg['endpoint'], 'url'> }

/** How a leg ended. `neutral`: it says nothing about the endpoint, because the caller or the request's deadline ended the leg. */
export type LegResult = 'success' | 'failure' | 'neutral'

/** The circuit breaker of one endpoint. Each leg that it lets pass must come back with its result. */
export interface LegBreaker {
  /** @returns the phase in which a leg begins: 0 while the breaker is closed, or the number of its trial; null if the leg is not sent. */
  enter(): number | null
  /** Counts the result of a leg that began in `phase`. */
  leave(phase: number, result: LegResult): void
}

/** The circuit breakers of all endpoints. */
export interface Breakers {
  readonly breakerOf: (key: BreakerKey) => LegBreaker
  readonly stateOf: (key: BreakerKey) => BreakerState
}

/**
 * Creates one circuit breaker for each endpoint, closed at first. It is a failure if there is no connection, or no answer in time. A
 * denial or a bad answer is not a failure, because the endpoint works and costs no wait. Otherwise one caller who asks for more than an
 * answer may hold could take a country from all other callers. A neutral leg is not counted; as the trial of an open breaker, it
 * closes the breaker.
 * @param onChange called when an endpoint's state changes.
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
  return code === 'CONNECTION' || code === 'LEG_DEADLINE' ? 'failure' : 'success'
}

/** Counts the failures of one endpoint. It behaves as `ConsecutiveBreaker` of cockatiel does, but nothing waits for the trial. */
class Breaker implements LegBreaker {
  state: BreakerState = 'closed'
  readonly #onChange: (state: BreakerState) => void
  #failures = 0
  #openedAtMs = 0
  /** The number of the last trial. */
  #trial = 0

  constructor(onChange: (state: BreakerState) => void) {
    this.#onChange = onChange
  }

  enter(): number | null {
    if (this.state === 'closed') return 0
    // A breaker exists to avoid the wait for a country that hangs, so the other legs do not wait for the trial.
    if (this.state === 'half-open' || Date.now() - this.#openedAtMs < BREAKER_COOLDOWN_MS) return null
    this.#trial += 1
    this.#change('half-open')
    return this.#trial
  }

  leave(phase: number, result: LegResult): void {
    if (phase !== 0) this.#endTrial(phase, result)
    else if (result === 'success') this.#failures = 0
    else if (result === 'failure') {
      this.#failures += 1
      // A leg that began before the breaker opened may also end the trial of another leg.
      if (this.#failures >= BREAKER_FAILURES && this.state !== 'open') this.#open()
    }
  }

  #endTrial(trial: number, result: LegResult): void {
    if (this.state !== 'half-open' || this.#trial !== trial) return
    if (result === 'failure') {
      this.#failures += 1
      this.#open()
      return
    }
    this.#failures = 0
    this.#change('closed')
  }

  #open(): void {
    this.#openedAtMs = Date.now()
    this.#change('open')
  }

  #change(state: BreakerState): void {
    this.state = state
    this.#onChange(state)
  }
}

function toName({ country, domain, endpoint }: BreakerKey): string {
  return JSON.stringify([country, domain, endpoint.url])
}

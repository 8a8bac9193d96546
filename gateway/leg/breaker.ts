import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhenResult, isBrokenCircuitError } from 'cockatiel'
import type { Leg, LegAnswer } from '../types/flow.ts'

/** After how many failures in a row an endpoint is left alone. One operation may send it several legs at once. */
export const BREAKER_FAILURES = 5

/** How long it is left alone before one leg tries it again, in milliseconds. Short: a country that is back is asked soon. */
export const BREAKER_COOLDOWN_MS = 1_000

/**
 * Closed: the endpoint is asked. Open: it is left alone, until the first leg after the cooldown. Half-open: that one leg is on
 * its way, and the others are spared the wait.
 */
export type BreakerState = 'closed' | 'open' | 'half-open'

/** What an endpoint is known by: two countries may be served at one URL, and fail apart. */
export type BreakerKey = Pick<Leg, 'country' | 'domain'> & { readonly endpoint: Pick<Leg['endpoint'], 'url'> }

/** A leg's answer; `isMute` where it says nothing of the endpoint, because the caller or the request's own deadline ended it. */
export interface Attempt {
  readonly answer: LegAnswer
  readonly isMute: boolean
}

/** The circuit breakers of all endpoints. */
export interface Breakers {
  /** Makes `attempt`, which never rejects, and counts how it went; `BREAKER_OPEN` where the endpoint is left alone. */
  readonly guard: (key: BreakerKey, attempt: () => Promise<Attempt>) => Promise<LegAnswer>
  readonly stateOf: (key: BreakerKey) => BreakerState
}

const LEFT_ALONE: LegAnswer = { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'BREAKER_OPEN' } }

/**
 * One circuit breaker an endpoint, closed at first. No connection and no answer in time are failures. A refusal or a bad answer
 * is none: the endpoint is there and costs no wait, and a caller who asks for more than an answer may hold would otherwise
 * take a country from all the others. A leg that is mute counts for nothing; as the trial of an open breaker it closes it.
 * @param onChange told when an endpoint's state changes.
 */
export function createBreakers(onChange: (key: BreakerKey, state: BreakerState) => void): Breakers {
  const policies = new Map<string, Policy>()
  const policyOf = (key: BreakerKey): Policy => {
    const name = nameOf(key)
    const policy = policies.get(name) ?? createPolicy((state) => onChange(key, state))
    policies.set(name, policy)
    return policy
  }
  return {
    async guard(key, attempt) {
      const policy = policyOf(key)
      // The library would let the others wait for the trial's end; to wait for a country that hangs is what a breaker spares.
      if (policy.state === CircuitState.HalfOpen) return LEFT_ALONE
      try {
        return await policy.execute(async () => heard(await attempt()))
      } catch (error) {
        if (error instanceof Mute) return error.answer
        if (isBrokenCircuitError(error)) return LEFT_ALONE
        throw error
      }
    },
    stateOf: (key) => toState(policies.get(nameOf(key))?.state ?? CircuitState.Closed),
  }
}

type Policy = ReturnType<typeof circuitBreaker>

function createPolicy(onChange: (state: BreakerState) => void): Policy {
  const policy = circuitBreaker(
    handleWhenResult((answer) => isFailure(answer as LegAnswer)),
    { breaker: new ConsecutiveBreaker(BREAKER_FAILURES), halfOpenAfter: BREAKER_COOLDOWN_MS },
  )
  policy.onStateChange((state) => onChange(toState(state)))
  return policy
}

function isFailure(answer: LegAnswer): boolean {
  return answer.kind === 'failed' && (answer.outcome.code === 'CONNECTION' || answer.outcome.code === 'LEG_DEADLINE')
}

/** Carries a mute leg's answer past the library, which counts neither it nor any other exception. */
class Mute extends Error {
  override readonly name = 'Mute'
  readonly answer: LegAnswer
  constructor(answer: LegAnswer) {
    super('the leg says nothing of its endpoint')
    this.answer = answer
  }
}

function heard({ answer, isMute }: Attempt): LegAnswer {
  if (isMute) throw new Mute(answer)
  return answer
}

function toState(state: CircuitState): BreakerState {
  if (state === CircuitState.Closed) return 'closed'
  return state === CircuitState.HalfOpen ? 'half-open' : 'open'
}

function nameOf({ country, domain, endpoint }: BreakerKey): string {
  return JSON.stringify([country, domain, endpoint.url])
}

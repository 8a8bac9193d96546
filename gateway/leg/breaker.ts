import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhenResult, isBrokenCircuitError } from 'cockatiel'
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

/** A leg's answer. `isNeutral`: it says nothing about the endpoint, because the caller or the request's deadline ended the leg. */
export interface Attempt {
  readonly answer: LegAnswer
  readonly isNeutral: boolean
}

/** The circuit breakers of all endpoints. */
export interface Breakers {
  /** Makes `attempt`, which never rejects, and counts its result. Answers `BREAKER_OPEN` without an attempt if the breaker is open. */
  readonly guard: (key: BreakerKey, attempt: () => Promise<Attempt>) => Promise<LegAnswer>
  readonly stateOf: (key: BreakerKey) => BreakerState
}

const NOT_SENT: LegAnswer = { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'BREAKER_OPEN' } }

/**
 * Creates one circuit breaker for each endpoint, closed at first. It is a failure if there is no connection, or no answer in time. A
 * denial or a bad answer is not a failure, because the endpoint works and costs no wait. Otherwise one caller who asks for more than an
 * answer may hold could take a country from all other callers. A neutral leg is not counted; as the trial of an open breaker, it
 * closes the breaker.
 * @param onChange called when an endpoint's state changes.
 */
export function createBreakers(onChange: (key: BreakerKey, state: BreakerState) => void): Breakers {
  const policies = new Map<string, Policy>()
  const policyOf = (key: BreakerKey): Policy => {
    const name = toName(key)
    const policy = policies.get(name) ?? createPolicy((state) => onChange(key, state))
    policies.set(name, policy)
    return policy
  }
  return {
    async guard(key, attempt) {
      const policy = policyOf(key)
      // The library would make the other legs wait for the trial. A breaker exists to avoid the wait for a country that hangs.
      if (policy.state === CircuitState.HalfOpen) return NOT_SENT
      try {
        return await policy.execute(async () => unwrap(await attempt()))
      } catch (error) {
        if (error instanceof NeutralLeg) return error.answer
        if (isBrokenCircuitError(error)) return NOT_SENT
        throw error
      }
    },
    stateOf: (key) => toState(policies.get(toName(key))?.state ?? CircuitState.Closed),
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

/** Carries a neutral leg's answer past the library, which does not count exceptions. */
class NeutralLeg extends Error {
  override readonly name = 'NeutralLeg'
  readonly answer: LegAnswer
  constructor(answer: LegAnswer) {
    super('the leg says nothing about its endpoint')
    this.answer = answer
  }
}

function unwrap({ answer, isNeutral }: Attempt): LegAnswer {
  if (isNeutral) throw new NeutralLeg(answer)
  return answer
}

function toState(state: CircuitState): BreakerState {
  if (state === CircuitState.Closed) return 'closed'
  return state === CircuitState.HalfOpen ? 'half-open' : 'open'
}

function toName({ country, domain, endpoint }: BreakerKey): string {
  return JSON.stringify([country, domain, endpoint.url])
}

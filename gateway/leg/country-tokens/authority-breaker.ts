import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleType, isBrokenCircuitError } from 'cockatiel'
import { AuthorityUnavailable } from './exchange-failures.ts'

/** After how many failures in a row an authority is not asked for a while. One question may ask for several tokens at once. */
const BREAKER_FAILURES = 5

/** How long it is not asked, in milliseconds, before one request tries it again. */
const BREAKER_COOLDOWN_MS = 1_000

/** Runs a request to the authority, or rejects with {@link AuthorityUnavailable} at once while the authority fails. */
export type GuardExchange = <Result>(exchange: () => Promise<Result>) => Promise<Result>

/**
 * Creates the circuit breaker of one authority. A refusal does not count as a failure, because an authority that refuses works.
 * @param onChange called when the breaker opens or closes.
 */
export function createAuthorityBreaker(onChange: (state: 'closed' | 'open' | 'half-open') => void): GuardExchange {
  const policy = circuitBreaker(handleType(AuthorityUnavailable), {
    breaker: new ConsecutiveBreaker(BREAKER_FAILURES),
    halfOpenAfter: BREAKER_COOLDOWN_MS,
  })
  policy.onStateChange((state) => {
    if (state === CircuitState.Closed) onChange('closed')
    else onChange(state === CircuitState.HalfOpen ? 'half-open' : 'open')
  })
  return async (exchange) => {
    // The library would make the others wait for the trial.
    if (policy.state === CircuitState.HalfOpen) throw notAsked()
    try {
      return await policy.execute(exchange)
    } catch (error) {
      throw isBrokenCircuitError(error) ? notAsked() : error
    }
  }
}

function notAsked(): AuthorityUnavailable {
  return new AuthorityUnavailable('the authority has failed several times in a row and is not asked for a moment')
}

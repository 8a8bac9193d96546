import type { Logger } from 'pino'
import { ANSWERED, type Outcome } from '../../contract/outcome.ts'
import type { TlsPools } from '../../service/http/tls-pools.ts'
import type { Leg, RequestContext, SendLeg, TakeTurn } from '../types/flow.ts'
import { type AttemptOptions, askCountry } from './ask-country.ts'
import { type Attempt, type BreakerKey, type BreakerState, createBreakers } from './breaker.ts'
import { AuthorityUnavailable } from './country-tokens/exchange-failures.ts'
import { startLegClock } from './leg-clock.ts'
import { logErrors, logFailure, toOutcome } from './leg-outcome.ts'
import { createReadingBudgets } from './reading-budget.ts'
import { RecordsUnavailable } from './rejection.ts'
import { createTurns } from './turns.ts'

/** What {@link createLegSender} works with. */
export interface LegSenderOptions extends AttemptOptions {
  /** The kept-alive connections to the nodes. Whoever opened them closes them. */
  readonly pools: Pick<TlsPools, 'channelTo'>
  readonly log: Logger
  /** Called with the outcome of each leg, except if the leg ended because the caller hung up. */
  readonly onOutcome?: (leg: Leg, outcome: Outcome) => void
  /** Where large answers wait for their turn. Default: turns of this sender. */
  readonly takeTurn?: TakeTurn
}

/** Sends legs. `breakerOf` returns the state of an endpoint's circuit breaker. */
export interface LegSender {
  readonly sendLeg: SendLeg
  readonly breakerOf: (endpoint: BreakerKey) => BreakerState
}

/**
 * Creates the sender of legs. A failure is data: deadline, denial, broken
 * connection and bad answer each have their outcome (docs/design/contract.md, What a failure does). The details go to the operator's
 * log under the request id. If an endpoint fails repeatedly, its breaker stops legs to it for a while (breaker.ts).
 */
export function createLegSender(options: LegSenderOptions): LegSender {
  const { channelTo } = options.pools
  const shared = { channelTo, budgetOf: createReadingBudgets(), takeTurn: options.takeTurn ?? createTurns() }
  const breakers = createBreakers(({ domain, country }, breaker) =>
    options.log.warn({ domain, country, breaker }, 'circuit breaker changed'),
  )

  const sendLeg: SendLeg = async (leg, request) => {
    const answer = await breakers.guard(leg, () => attempt(leg, request))
    if (answer.kind === 'failed' && answer.outcome.code === 'BREAKER_OPEN') fail(leg, request, answer.outcome)
    return answer
  }

  async function attempt(leg: Leg, request: RequestContext): Promise<Attempt> {
    const clock = startLegClock(leg, request)
    try {
      const answer = await askCountry(options, shared, leg, request, clock)
      options.onOutcome?.(leg, ANSWERED)
      if (answer.kind === 'answered' && answer.errors.length > 0) logErrors(options.log, leg, request, answer.errors)
      return { answer, isNeutral: false }
    } catch (error) {
      const outcome = toOutcome(error, clock)
      const { ending } = clock
      if (ending !== 'HANGUP') fail(leg, request, outcome, error)
      // A node that says at once that it cannot reach its records costs no wait, so the breaker has nothing to save. A leg whose authority is away
      // did not reach the node.
      const saysNothing = error instanceof RecordsUnavailable || error instanceof AuthorityUnavailable
      const isNeutral = ending === 'HANGUP' || ending === 'REQUEST_DEADLINE' || saysNothing
      return { answer: { kind: 'failed', outcome }, isNeutral }
    } finally {
      clock.stop()
    }
  }

  function fail(leg: Leg, request: RequestContext, outcome: Outcome, error?: unknown): void {
    options.onOutcome?.(leg, outcome)
    logFailure(options.log, leg, request, outcome, error)
  }

  return { sendLeg, breakerOf: breakers.stateOf }
}

import type { Logger } from 'pino'
import { Pool } from 'undici'
import { ANSWERED, type Outcome } from '../../contract/outcome.ts'
import type { Leg, RequestContext, SendLeg, TakeTurn } from '../types/flow.ts'
import { type AttemptOptions, askCountry } from './ask-country.ts'
import { type Attempt, type BreakerKey, type BreakerState, createBreakers } from './breaker.ts'
import { startLegClock } from './leg-clock.ts'
import { logErrors, logFailure, toOutcome } from './leg-outcome.ts'
import { createReadingBudgets } from './reading-budget.ts'
import { RecordsUnavailable } from './rejection.ts'
import { createTurns } from './turns.ts'

/** How many connections to one origin may be open at once. A country that hangs fills only its own pool. */
const CONNECTIONS_PER_ORIGIN = 64

/** How long an idle connection stays open, in milliseconds: less than the 5 s after which Node's servers close theirs. */
const KEEP_ALIVE_MS = 4_000

/** What {@link createLegSender} works with. */
export interface LegSenderOptions extends AttemptOptions {
  readonly log: Logger
  /** Called with the outcome of each leg, except if the leg ended because the caller hung up. */
  readonly onOutcome?: (leg: Leg, outcome: Outcome) => void
  /** Where large answers wait for their turn. Default: turns of this sender. */
  readonly takeTurn?: TakeTurn
}

/** Sends legs. `breakerOf` returns the state of an endpoint's circuit breaker; `close` waits for legs in progress. */
export interface LegSender {
  readonly sendLeg: SendLeg
  readonly breakerOf: (endpoint: BreakerKey) => BreakerState
  readonly close: () => Promise<void>
}

/**
 * Creates the sender of legs. It uses kept-alive connections, with one pool for each origin. A failure is data: deadline, denial, broken
 * connection and bad answer each have their outcome (docs/design/contract.md, What a failure does). The details go to the operator's
 * log under the request id. If an endpoint fails repeatedly, its breaker stops legs to it for a while (breaker.ts).
 */
export function createLegSender(options: LegSenderOptions): LegSender {
  const pools = new Map<string, Pool>()
  const poolFor = (url: URL): Pool => {
    const pool = pools.get(url.origin) ?? createPool(url.origin)
    pools.set(url.origin, pool)
    return pool
  }

  const shared = { poolFor, budgetOf: createReadingBudgets(), takeTurn: options.takeTurn ?? createTurns() }
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
      const ending = clock.ending()
      if (ending !== 'HANGUP') fail(leg, request, outcome, error)
      // A node that says at once that it cannot reach its records costs no wait, so the breaker has nothing to save.
      const isNeutral = ending === 'HANGUP' || ending === 'REQUEST_DEADLINE' || error instanceof RecordsUnavailable
      return { answer: { kind: 'failed', outcome }, isNeutral }
    } finally {
      clock.stop()
    }
  }

  function fail(leg: Leg, request: RequestContext, outcome: Outcome, error?: unknown): void {
    options.onOutcome?.(leg, outcome)
    logFailure(options.log, leg, request, outcome, error)
  }

  return {
    sendLeg,
    breakerOf: breakers.stateOf,
    close: async () => void (await Promise.all([...pools.values()].map((pool) => pool.close()))),
  }
}

function createPool(origin: string): Pool {
  return new Pool(origin, {
    connections: CONNECTIONS_PER_ORIGIN,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // The leg's clock ends each wait. A second clock could only end it with the wrong outcome.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}

import type { Logger } from 'pino'
import { Pool } from 'undici'
import { ANSWERED, type Outcome } from '../../contract/outcome.ts'
import type { Leg, RequestContext, SendLeg } from '../types/flow.ts'
import { type AttemptOptions, askCountry } from './ask-country.ts'
import { type Attempt, type BreakerKey, type BreakerState, createBreakers } from './breaker.ts'
import { startLegClock } from './leg-clock.ts'
import { logErrors, logFailure, toOutcome } from './leg-outcome.ts'

/** How many connections to one origin are open at once, at most. A hung country fills its own pool and no other's. */
const CONNECTIONS_PER_ORIGIN = 64

/** How long an idle connection is kept, in milliseconds: less than the 5 s after which Node's servers close theirs. */
const KEEP_ALIVE_MS = 4_000

/** What the leg room needs. */
export interface LegSenderOptions extends AttemptOptions {
  readonly log: Logger
  /** Told the outcome of every leg that was not ended by the caller's hanging up. */
  readonly onOutcome?: (leg: Leg, outcome: Outcome) => void
}

/** The leg room: `sendLeg`, the state of an endpoint's circuit breaker, and `close`, which waits for legs under way. */
export interface LegSender {
  readonly sendLeg: SendLeg
  readonly breakerOf: (endpoint: BreakerKey) => BreakerState
  readonly close: () => Promise<void>
}

/**
 * Sends legs over kept-alive connections, one pool an origin. A failure is data: deadline, refusal, broken connection and bad
 * answer each have their outcome (docs/design/contract.md, What a failure does); the particulars go to the log under the request id.
 * An endpoint that failed repeatedly is left alone for a while (breaker.ts).
 */
export function createLegSender(options: LegSenderOptions): LegSender {
  const pools = new Map<string, Pool>()
  const poolFor = (url: URL): Pool => {
    const pool = pools.get(url.origin) ?? createPool(url.origin)
    pools.set(url.origin, pool)
    return pool
  }

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
      const answer = await askCountry(options, poolFor, leg, request, clock.signal)
      options.onOutcome?.(leg, ANSWERED)
      if (answer.kind === 'answered' && answer.errors.length > 0) logErrors(options.log, leg, request, answer.errors)
      return { answer, isMute: false }
    } catch (error) {
      const outcome = toOutcome(error, clock)
      const ending = clock.ending()
      if (ending !== 'HANGUP') fail(leg, request, outcome, error)
      return { answer: { kind: 'failed', outcome }, isMute: ending === 'HANGUP' || ending === 'REQUEST_DEADLINE' }
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
    // The leg's clock ends every wait; a second clock could only end it with the wrong outcome.
    headersTimeout: 0,
    bodyTimeout: 0,
  })
}

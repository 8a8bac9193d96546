import type { Logger } from 'pino'
import { ANSWERED, type Outcome } from '../../contract/outcome.ts'
import type { TlsPools } from '../../service/http/tls-pools.ts'
import type { Leg, LegAnswer, RequestContext, SendLeg, TakeTurn } from '../types/flow.ts'
import { type AttemptOptions, askCountry } from './ask-country.ts'
import { createBreakers, type LegResult, resultOf } from './breaker.ts'
import { type CostTurns, createCostTurns } from './cost-turns.ts'
import { type LegClock, startLegClock } from './leg-clock.ts'
import { AuthorityUnavailable, RecordsUnavailable } from './leg-failures.ts'
import { logErrors, logFailure, toOutcome } from './leg-outcome.ts'
import { createReadingBudgets } from './reading-budget.ts'
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
  /** Where the legs of one caller to one country wait for one another. Default: none waits. */
  readonly costTurns?: CostTurns
}

/** Sends legs. `breakerOf` returns the state of an endpoint's circuit breaker. */
export type LegSender = ReturnType<typeof createLegSender>

/**
 * Creates the sender of legs. A failure is data: deadline, denial, broken
 * connection and bad answer each have their outcome (docs/design/contract.md, What a failure does). The details go to the operator's
 * log under the request id. If an endpoint fails repeatedly, its breaker stops legs to it for a while (breaker.ts).
 */
export function createLegSender(options: LegSenderOptions) {
  const { channelTo } = options.pools
  const shared = { channelTo, budgetOf: createReadingBudgets(), takeTurn: options.takeTurn ?? createTurns() }
  const breakers = createBreakers(({ domain, country }, breaker) =>
    options.log.warn({ domain, country, breaker }, 'circuit breaker changed'),
  )

  const sendBegun: SendBegun = async (leg, request, clock, hasWaited) => {
    const breaker = breakers.breakerOf(leg)
    const { caller } = request
    const phase = breaker.enter(caller)
    if (phase === null) {
      fail(leg, request, NOT_SENT.outcome)
      return NOT_SENT
    }
    let answer: LegAnswer
    let result: LegResult = 'success'
    try {
      answer = await askCountry(options, shared, leg, request, clock)
      options.onOutcome?.(leg, ANSWERED)
      if (answer.kind === 'answered' && answer.errors.length > 0) logErrors(options.log, leg, request, answer.errors)
    } catch (error) {
      answer = { kind: 'failed', outcome: toOutcome(error, clock) }
      result = saysNothing(error, clock, hasWaited) ? 'neutral' : resultOf(answer)
      if (clock.ending !== 'HANGUP') fail(leg, request, answer.outcome, error)
    }
    breaker.leave(phase, result, caller)
    return answer
  }

  return { sendLeg: inTurn(options.costTurns ?? createCostTurns(null), sendBegun, fail), breakerOf: breakers.stateOf }

  function fail(leg: Leg, request: RequestContext, outcome: Outcome, error?: unknown): void {
    options.onOutcome?.(leg, outcome)
    logFailure(options.log, leg, request, outcome, error)
  }
}

/** Sends a leg whose turn it is. `hasWaited`: it has less than its whole time left. */
type SendBegun = (leg: Leg, request: RequestContext, clock: LegClock, hasWaited: boolean) => Promise<LegAnswer>

/** Starts the clock of each leg, and sends the leg when it is its turn. */
function inTurn(
  turns: CostTurns,
  send: SendBegun,
  onFailure: (leg: Leg, request: RequestContext, outcome: Outcome, error: unknown) => void,
): SendLeg {
  return async (leg, request) => {
    const clock = startLegClock(leg, request)
    let hasBegun = false
    try {
      const turn = turns.begin(leg, request, clock)
      if (turn !== undefined) await turn
      hasBegun = true
      return await send(leg, request, clock, turn !== undefined)
    } catch (error) {
      if (hasBegun) throw error
      const outcome = toOutcome(error, clock)
      if (clock.ending !== 'HANGUP') onFailure(leg, request, outcome, error)
      return { kind: 'failed', outcome }
    } finally {
      clock.stop()
      if (hasBegun) turns.end(leg, request)
    }
  }
}

const NOT_SENT = { kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'BREAKER_OPEN' } } as const

/**
 * Whether the end of a leg says nothing about its endpoint. A node that says at once that it cannot reach its records costs no wait, so the breaker has
 * nothing to save. A leg whose authority is away did not reach the node. One that waited for its turn gave the node less than its time.
 */
function saysNothing(error: unknown, { ending }: LegClock, hasWaited: boolean): boolean {
  if (hasWaited && ending === 'LEG_DEADLINE') return true
  if (ending === 'HANGUP' || ending === 'REQUEST_DEADLINE') return true
  return error instanceof RecordsUnavailable || error instanceof AuthorityUnavailable
}

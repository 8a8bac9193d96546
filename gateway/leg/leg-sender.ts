import { hash } from 'node:crypto'
import type { Logger } from 'pino'
import { type Dispatcher, errors, Pool } from 'undici'
import { ANSWERED, type Outcome } from '../../contract/outcome.ts'
import { RECEIPT_HEADER } from '../../contract/receipt.ts'
import type {
  CheckReceipt,
  HeldReceipt,
  Leg,
  LegAnswer,
  RequestContext,
  SendLeg,
  SentLeg,
  SubgraphError,
} from '../types/flow.ts'
import { type Attempt, type BreakerKey, type BreakerState, createBreakers } from './breaker.ts'
import { endingOutcome, type LegClock, startLegClock } from './leg-clock.ts'
import type { SignLegToken } from './leg-token.ts'
import { ACCEPTED_ENCODINGS, BadAnswer, DeniedField, readAnswer } from './read-answer.ts'

/** How many connections to one origin are open at once, at most. A hung country fills its own pool and no other's. */
const CONNECTIONS_PER_ORIGIN = 64

/** How long an idle connection is kept, in milliseconds: less than the 5 s after which Node's servers close theirs. */
const KEEP_ALIVE_MS = 4_000

/** What the leg room needs. */
export interface LegSenderOptions {
  readonly signLegToken: SignLegToken
  readonly log: Logger
  /** Told the outcome of every leg that was not ended by the caller's hanging up. */
  readonly onOutcome?: (leg: Leg, outcome: Outcome) => void
  /** Headers that a leg carries beside those of the contract. */
  readonly headersOf?: (leg: Leg) => Readonly<Record<string, string>>
  /** Checks receipts; left out: none is looked at. */
  readonly checkReceipt?: CheckReceipt
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
      const answer = await ask(leg, request, clock)
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

  async function ask(leg: Leg, request: RequestContext, clock: LegClock): Promise<LegAnswer> {
    clock.signal.throwIfAborted()
    const url = new URL(leg.endpoint.url)
    const message = await toMessage(leg, request, url, clock.signal)
    const sent = noteSent(leg, request, message, options.checkReceipt !== undefined)
    const answer = await sendWithRetry(poolFor(url), message, leg, () => toMessage(leg, request, url, clock.signal))
    const { statusCode: status, headers, body } = answer
    const onBody = (bytes: Uint8Array): void => {
      if (sent === null) return
      sent.responseHash = hash('sha256', bytes)
      sent.receipt = checkedReceipt(leg, sent, request, headers[RECEIPT_HEADER.toLowerCase()])
    }
    // A stream that is destroyed, or breaks while nobody reads, says so by an event that ends the process if unheard.
    body.on('error', () => undefined)
    try {
      return await readAnswer({ status, headers, body }, leg.endpoint.maxAnswerBytes, onBody)
    } catch (error) {
      // What is not read would hold the connection.
      body.destroy()
      throw error
    }
  }

  async function toMessage(leg: Leg, request: RequestContext, url: URL, signal: AbortSignal): Promise<Message> {
    const token = leg.country === null ? null : await tokenFor(leg.country, leg, request)
    return {
      path: url.pathname + url.search,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        'accept-encoding': ACCEPTED_ENCODINGS,
        'istmo-request-id': request.requestId,
        ...options.headersOf?.(leg),
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query: leg.query, variables: leg.variables }),
      signal,
    }
  }

  function checkedReceipt(
    leg: Leg,
    sent: SentLeg,
    { requestId }: RequestContext,
    header: string | string[] | undefined,
  ): HeldReceipt | null {
    if (options.checkReceipt === undefined) return null
    try {
      return options.checkReceipt(leg, sent, requestId, typeof header === 'string' ? header : undefined)
    } catch (cause) {
      throw new ReceiptInvalid(cause instanceof Error ? cause.message : 'the receipt does not hold', { cause })
    }
  }

  const tokenFor = (country: string, leg: Leg, request: RequestContext): Promise<string> =>
    options.signLegToken({
      caller: request.caller,
      grounds: request.grounds,
      rights: leg.rights ?? NO_RIGHTS,
      use: leg.endpoint.legTokens ?? 'reuse',
      country,
      query: leg.query,
    })

  return {
    sendLeg,
    breakerOf: breakers.stateOf,
    close: async () => void (await Promise.all([...pools.values()].map((pool) => pool.close()))),
  }
}

const NO_RIGHTS = { scopes: [], policies: [] }

type Message = Dispatcher.RequestOptions & { readonly body: string }

/** A country's receipt that is missing or does not hold; the message is our own. */
class ReceiptInvalid extends Error {
  override readonly name = 'ReceiptInvalid'
}

/** What the record and receipts must know of a leg; null where there are neither. */
function noteSent(leg: Leg, { trail }: RequestContext, { body }: Message, isChecked: boolean): SentLeg | null {
  if (trail === undefined && !isChecked) return null
  const sent = { operationHash: hash('sha256', leg.query), requestHash: hash('sha256', body) }
  const noted = { ...sent, responseHash: null, receipt: null }
  trail?.sent.set(leg, noted)
  return noted
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

/** A query whose kept-alive connection the node had closed is asked once more, on another connection; a mutation never. */
async function sendWithRetry(
  pool: Pool,
  message: Message,
  leg: Leg,
  again: () => Promise<Message>,
): Promise<Dispatcher.ResponseData> {
  try {
    return await pool.request(message)
  } catch (error) {
    if (leg.kind !== 'query' || !isConnectionReset(error)) throw error
    return pool.request(await again())
  }
}

function isConnectionReset(error: unknown): boolean {
  // A connection that never gave a byte was not kept alive: the node refuses to talk, and would again.
  if (error instanceof errors.SocketError) return (error.socket?.bytesRead ?? 0) > 0
  return codeOf(error) === 'ECONNRESET' || codeOf(error) === 'EPIPE'
}

function toOutcome(error: unknown, clock: LegClock): Outcome {
  const ending = clock.ending()
  if (ending !== null) return endingOutcome(ending)
  if (error instanceof ReceiptInvalid) return { reach: 'UNAVAILABLE', code: 'RECEIPT_INVALID' }
  if (error instanceof DeniedField) return { reach: 'DENIED', code: 'REFUSED_BY_NODE' }
  if (error instanceof BadAnswer || isHttpParserError(error)) return { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' }
  return { reach: 'UNAVAILABLE', code: 'CONNECTION' }
}

function isHttpParserError(error: unknown): boolean {
  return error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError
}

function logFailure(log: Logger, leg: Leg, request: RequestContext, outcome: Outcome, error: unknown): void {
  const particulars = error instanceof Error ? { error: error.name, reason: reasonOf(error) } : {}
  const { domain, country } = leg
  const { requestId } = request
  log.warn({ requestId, domain, country, ...outcome, ...particulars }, 'leg failed')
}

/** How many different codes of an answer's errors one line of the log names. */
const MAX_CODES = 10

/** Of a country's own errors the log has their number, and codes of the form that codes have; their words may name a person. */
function logErrors(log: Logger, leg: Leg, request: RequestContext, errors: readonly SubgraphError[]): void {
  const codes = new Set<string>()
  for (const { extensions } of errors) {
    const { code } = (extensions ?? {}) as { code?: unknown }
    if (typeof code === 'string' && /^[A-Z][A-Z_]{1,49}$/.test(code) && codes.size < MAX_CODES) codes.add(code)
  }
  const { domain, country } = leg
  const { requestId } = request
  log.info({ requestId, domain, country, errors: errors.length, codes: [...codes] }, 'leg answered with errors')
}

/** Our own sentence or the system's code; never the message of a foreign error, which may quote what came. */
function reasonOf(error: Error): string | undefined {
  const isOurs = error instanceof BadAnswer || error instanceof DeniedField || error instanceof ReceiptInvalid
  return isOurs ? error.message : codeOf(error)
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return typeof code === 'string' ? code : undefined
}

/** The outcome of a leg that did not succeed, and what the operator's log says about it. */
import type { Logger } from 'pino'
import { meaningOf } from '../../contract/error-message.ts'
import { ERRORS, type ErrorCode } from '../../contract/errors.ts'
import type { Outcome, OutcomeCode } from '../../contract/outcome.ts'
import { explainCode } from '../../service/describe-connection.ts'
import { MalformedAnswer } from '../../service/http/exchange.ts'
import type { Leg, RequestContext, SubgraphError } from '../types/flow.ts'
import { endingOutcome, type LegClock } from './leg-clock.ts'
import {
  AuthorityUnavailable,
  BadAnswer,
  ExchangeRefused,
  ReceiptInvalid,
  RecordsUnavailable,
  RejectedByNode,
} from './leg-failures.ts'

/** Returns the outcome of an attempt that threw `error`. If the leg's clock ended it, that decides, because it caused the error. */
export function toOutcome(error: unknown, clock: Pick<LegClock, 'ending'>): Outcome {
  const { ending } = clock
  if (ending !== 'HANGUP' && error instanceof AuthorityUnavailable) {
    return { reach: 'UNAVAILABLE', code: 'AUTHORITY_UNAVAILABLE' }
  }
  if (ending !== null) return endingOutcome(ending)
  if (error instanceof ExchangeRefused) return { reach: 'DENIED', code: 'CALLER_NOT_VERIFIED' }
  if (error instanceof ReceiptInvalid) return { reach: 'UNAVAILABLE', code: 'RECEIPT_INVALID' }
  if (error instanceof RejectedByNode) {
    // The node is not at fault, so that it says this with a status that does not open the breaker.
    if (error.code === 'SUSPENDED' || error.code === 'AUTHORITY_UNAVAILABLE') {
      return { reach: 'UNAVAILABLE', code: error.code }
    }
    return { reach: 'DENIED', code: DENIALS.get(error.code ?? '') ?? 'REFUSED_BY_NODE' }
  }
  if (error instanceof RecordsUnavailable) {
    // The service behind a sidecar answered, but not as the contract demands.
    return { reach: 'UNAVAILABLE', code: error.code === 'BAD_ANSWER' ? 'BAD_ANSWER' : 'CONNECTION' }
  }
  if (error instanceof BadAnswer || error instanceof MalformedAnswer)
    return { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' }
  return { reach: 'UNAVAILABLE', code: 'CONNECTION' }
}

/** What a node's code for a rejected leg is as the code of an outcome. */
const DENIALS: ReadonlyMap<string, OutcomeCode> = new Map([
  ['QUOTA_SPENT', 'QUOTA_SPENT'],
  ['QUESTION_CAP_REACHED', 'QUOTA_SPENT'],
  ['HITS_SPENT', 'HITS_SPENT'],
  // Only if the caller asked through other gateways too: this one would have refused the search itself.
  ['SEARCH_TOO_WIDE', 'HITS_SPENT'],
  ['TIME_SPENT', 'TIME_SPENT'],
  ['CALLER_NOT_VERIFIED', 'CALLER_NOT_VERIFIED'],
  ['CALLER_SUSPENDED', 'CALLER_NOT_VERIFIED'],
  // Only if the node did not take the proof either, or if the authority gave none.
  ['MANDATE_UNKNOWN', 'CALLER_NOT_VERIFIED'],
  ['QUESTION_NOT_SIGNED', 'QUESTION_NOT_SIGNED'],
  ['LEG_NOT_OF_QUESTION', 'QUESTION_NOT_SIGNED'],
  // Only if the node does not know the document although the gateway has just sent it.
  ['DOCUMENT_UNKNOWN', 'QUESTION_NOT_SIGNED'],
])

/** Writes a failed leg to the operator's log: its place, its outcome, and our own sentence or the system's code. */
export function logFailure(log: Logger, leg: Leg, request: RequestContext, outcome: Outcome, error: unknown): void {
  const particulars = error instanceof Error ? { error: error.name, reason: reasonOf(error) } : {}
  const remedy = explainCode('tls', systemCodeOf(error))
  const { domain, country } = leg
  const { requestId } = request
  log.warn(
    { requestId, domain, country, ...outcome, ...particulars, ...(remedy && { remedy }), ...explainRejection(error) },
    'leg failed',
  )
}

/**
 * Returns what the operator needs to know about a node's rejection: the node's code, what that code means, and whether the clocks differ.
 * The meaning is the registry's sentence. The node's own message stays out of the log, because it may name a person.
 */
function explainRejection(error: unknown): object {
  if (!(error instanceof RejectedByNode || error instanceof RecordsUnavailable)) return {}
  const { code: nodeCode } = error
  const known = nodeCode !== null && Object.hasOwn(ERRORS, nodeCode) ? (nodeCode as ErrorCode) : null
  const clockAheadS = error instanceof RejectedByNode ? error.clockAheadS : null
  return {
    nodeCode,
    ...(known && { meaning: meaningOf(known) }),
    // The registry's sentence is about the gateway's own log.
    ...(known === 'RECORD_UNAVAILABLE' && NODE_UNRECORDED),
    // It is the last word of a node only if the authority gave no proof.
    ...(known === 'MANDATE_UNKNOWN' && { remedy: ERRORS[known].operator }),
    ...(clockAheadS !== null && { clockAheadS, remedy: CLOCK_REMEDY }),
  }
}

const NODE_UNRECORDED = {
  meaning:
    'The country’s node cannot write its own audit log, mostly because its disk is full, and it answers nothing without it.',
  remedy: 'Tell whoever runs the node. It continues by itself when the log can be written.',
}

const CLOCK_REMEDY =
  'The clock of the node and the clock of the gateway differ by `clockAheadS` seconds, so the node may reject tokens as too old or too new. Set both clocks by NTP.'

/** How many different error codes of an answer one line of the operator's log names. */
const MAX_CODES = 10

/**
 * Writes to the operator's log how many errors a country's answer has, and their codes if they have the form of a code. It writes
 * nothing else of them, because their messages may name a person.
 */
export function logErrors(log: Logger, leg: Leg, request: RequestContext, errors: readonly SubgraphError[]): void {
  const codes = new Set<string>()
  for (const { extensions } of errors) {
    const { code } = (extensions ?? {}) as { code?: unknown }
    if (typeof code === 'string' && /^[A-Z][A-Z_]{1,49}$/.test(code) && codes.size < MAX_CODES) codes.add(code)
  }
  const { domain, country } = leg
  const { requestId } = request
  log.info({ requestId, domain, country, errors: errors.length, codes: [...codes] }, 'leg answered with errors')
}

const OUR_ERRORS = [
  BadAnswer,
  MalformedAnswer,
  RejectedByNode,
  RecordsUnavailable,
  ReceiptInvalid,
  AuthorityUnavailable,
  ExchangeRefused,
]

/** Returns our own sentence or the system's code; never the message of a foreign error, which may quote what came. */
function reasonOf(error: Error): string | undefined {
  const isOurError = OUR_ERRORS.some((kind) => error instanceof kind)
  return isOurError ? error.message : systemCodeOf(error)
}

/** Returns the operating system's code of an error, such as ECONNRESET; undefined if it has none. */
export function systemCodeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return typeof code === 'string' ? code : undefined
}

/** What becomes of a leg that did not succeed: its outcome, and what the operator's log says of it. */
import type { Logger } from 'pino'
import { errors } from 'undici'
import type { Outcome } from '../../contract/outcome.ts'
import type { Leg, RequestContext, SubgraphError } from '../types/flow.ts'
import { endingOutcome, type LegClock } from './leg-clock.ts'
import { BadAnswer, DeniedField } from './read-answer.ts'

/** A country's receipt that is missing or does not hold; the message is our own. */
export class ReceiptInvalid extends Error {
  override readonly name = 'ReceiptInvalid'
}

/** The outcome of an attempt that threw `error`. What ended the leg's clock goes before what was thrown because of it. */
export function toOutcome(error: unknown, clock: LegClock): Outcome {
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

/** Writes a failed leg to the operator's log: where, its outcome, and our own sentence or the system's code. */
export function logFailure(log: Logger, leg: Leg, request: RequestContext, outcome: Outcome, error: unknown): void {
  const particulars = error instanceof Error ? { error: error.name, reason: reasonOf(error) } : {}
  const { domain, country } = leg
  const { requestId } = request
  log.warn({ requestId, domain, country, ...outcome, ...particulars }, 'leg failed')
}

/** How many different codes of an answer's errors one line of the log names. */
const MAX_CODES = 10

/** Of a country's own errors the log has their number, and codes of the form that codes have; their words may name a person. */
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

/** Our own sentence or the system's code; never the message of a foreign error, which may quote what came. */
function reasonOf(error: Error): string | undefined {
  const isOurs = error instanceof BadAnswer || error instanceof DeniedField || error instanceof ReceiptInvalid
  return isOurs ? error.message : systemCodeOf(error)
}

/** The operating system's code of an error, such as ECONNRESET; undefined if it has none. */
export function systemCodeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return typeof code === 'string' ? code : undefined
}

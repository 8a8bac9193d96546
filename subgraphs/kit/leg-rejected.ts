import { type ErrorCode, IstmoError } from '../../contract/errors.ts'
import type { LegClaims } from '../../contract/leg-token.ts'
import type { EndedLeg } from './audit-log/node-audit-log.ts'
import { CallerRefused } from './caller/caller-check.ts'
import { rejectionBody } from './execute.ts'
import type { LegRejection } from './guard.ts'
import { NotOfQuestion } from './question/compare-leg.ts'

/** How a node ends a leg that it does not answer: with which status, and with which entry in the country's log. */

/** A leg that the country's rules reject. The particulars are for the country's log. */
export class LegRejected extends IstmoError {
  readonly particulars: LegRejection & Pick<LegClaims, 'jti' | 'op'>

  constructor({ jti, op }: LegClaims, rejection: LegRejection) {
    super('REFUSED_BY_NODE')
    this.particulars = { jti, op, ...rejection }
  }
}

/** Returns what the country's log says of a rejection besides its code. The caller does not learn it. */
export function particularsOf(error: IstmoError): object {
  if (error instanceof LegRejected) return error.particulars
  if (error instanceof NotOfQuestion) return error.fault
  // What is wrong with a country token or a proof is a text of ours, without a value from outside.
  const { cause } = error
  const isShown = error instanceof CallerRefused && cause instanceof Error
  return { reason: error.message, ...(isShown && { because: cause.message }) }
}

/** How a leg ended, for its entry in the audit log. */
export type LegEnd = Pick<EndedLeg, 'status' | 'code' | 'denied' | 'data' | 'answer'>

/** Describes the end of a rejected leg for its entry in the audit log. */
export function endOf(rejection: IstmoError): LegEnd {
  const { status, code } = rejection
  return {
    status: statusOfRejection({ status, code }),
    code,
    denied: deniedOf(rejection),
    data: undefined,
    answer: rejectionBody(rejection),
  }
}

function deniedOf(rejection: IstmoError): LegEnd['denied'] {
  if (rejection instanceof LegRejected) {
    const { coordinate, kind } = rejection.particulars
    return [{ coordinate, kind, country: null }]
  }
  const coordinate = rejection instanceof NotOfQuestion ? rejection.fault.coordinate : null
  return coordinate === null ? [] : [{ coordinate, kind: 'NOT_OF_QUESTION', country: null }]
}

/** @throws {IstmoError} RECORD_UNAVAILABLE: a leg without an entry in the audit log has no answer. */
export function throwUnrecorded(cause: unknown): never {
  throw new IstmoError('RECORD_UNAVAILABLE', undefined, { cause })
}

/** Returns the error itself, or INTERNAL if it is not one of the contract's. */
export function toRejection(error: unknown): IstmoError {
  return error instanceof IstmoError ? error : new IstmoError('INTERNAL', undefined, { cause: error })
}

// In a partial answer the status of these codes is 200. Here they reject the complete leg.
const STATUS_OF_LEG: Partial<Record<ErrorCode, number>> = {
  REFUSED_BY_NODE: 403,
  CALLER_NOT_VERIFIED: 403,
  QUOTA_SPENT: 403,
  HITS_SPENT: 403,
  // Of a leg whose searches are too wide together with those of the day.
  SEARCH_TOO_WIDE: 403,
  TIME_SPENT: 403,
  SUSPENDED: 403,
  AUTHORITY_UNAVAILABLE: 403,
  QUESTION_NOT_SIGNED: 403,
  QUESTION_CAP_REACHED: 403,
  CONNECTION: 502,
  BAD_ANSWER: 502,
  LEG_DEADLINE: 504,
}

/** Returns the HTTP status of a rejection. */
export function statusOfRejection({ status, code }: Pick<IstmoError, 'status' | 'code'>): number {
  return STATUS_OF_LEG[code] ?? status
}

import { IstmoError } from '../../../contract/errors.ts'
import type { LegClaims } from '../../../contract/leg-token.ts'

/**
 * A leg of the gateway whose caller the node does not believe. Its leg token is good, so the leg gets an entry of its own in the audit log.
 */
export class CallerRefused extends IstmoError {
  /** The claims of the leg token, without anybody who asks. */
  readonly leg: LegClaims

  /** @param expected what was expected, and where; a text without a value from outside. */
  constructor(leg: LegClaims, expected: string, options?: ErrorOptions) {
    super('CALLER_NOT_VERIFIED', `expected ${expected}`, options)
    this.leg = withoutCaller(leg)
  }
}

/** Returns the claims of a leg without what only a country token may say. */
export function withoutCaller({ iss, aud, iat, exp, jti, act, op, ct }: LegClaims): LegClaims {
  return { iss, aud, iat, exp, jti, act, op, sub: 'anonymous', scope: '', ...(ct !== undefined && { ct }) }
}

/** Returns whether a leg token says who asks. Whatever could be taken for a word about somebody counts. */
export function namesCaller({
  sub,
  caller_iss,
  caller_jti,
  caller_token,
  client_id,
  org,
  mandate,
}: LegClaims): boolean {
  const parts = [caller_iss, caller_jti, caller_token, client_id, org, mandate]
  return sub !== 'anonymous' || parts.some((part) => part !== undefined)
}

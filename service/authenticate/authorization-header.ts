import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'

/** The longest token that the gateway reads, in characters. */
const MAX_TOKEN_LENGTH = 8192

/** A JWS in compact form, the only form of token that is accepted (RFC 7515 section 3.1). */
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/

/** A token, and the scheme under which it came: `Bearer` (RFC 6750), or `DPoP` with a proof of its key (RFC 9449). */
export interface PresentedToken {
  readonly scheme: 'Bearer' | 'DPoP'
  readonly token: string
}

/**
 * Reads the token of an `Authorization` header (RFC 6750 section 2.1, RFC 9449 section 7.1).
 * @param values the header's values as they came. Two headers are rejected, because two readers could choose differently.
 * @returns null if no header came.
 * @throws {IstmoError} `TOKEN_INVALID` for another scheme, two headers or anything that is not a compact JWS.
 */
export function readAuthorization(values: readonly string[]): PresentedToken | null {
  const [value, ...others] = values
  if (value === undefined) return null
  if (others.length > 0) throw new IstmoError('TOKEN_INVALID', detail('AUTHORIZATION_TWICE'))
  const match = /^(Bearer|DPoP) +([^ ]+) *$/i.exec(value)
  const [, scheme = '', token] = match ?? []
  if (token === undefined) {
    throw new IstmoError('TOKEN_INVALID', detail('AUTHORIZATION_FORM'))
  }
  if (token.length > MAX_TOKEN_LENGTH) {
    throw new IstmoError('TOKEN_INVALID', detail('TOKEN_LENGTH', { most: MAX_TOKEN_LENGTH, came: token.length }))
  }
  if (!isCompactJws(token)) throw new IstmoError('TOKEN_INVALID', detail('TOKEN_FORM'))
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token }
}

/** Returns whether `text` has the form of a JWS in compact serialization. */
export function isCompactJws(text: string): boolean {
  return COMPACT_JWS.test(text)
}

import { IstmoError } from '../../contract/errors.ts'

/** The longest token that is looked at, in characters. */
const MAX_TOKEN_LENGTH = 8192

/** A JWS in compact form, the one form of token that is taken (RFC 7515 section 3.1). */
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/

/** A token, and under which scheme it came: as a bearer's (RFC 6750), or with a proof of its key (RFC 9449). */
export interface PresentedToken {
  readonly scheme: 'Bearer' | 'DPoP'
  readonly token: string
}

/**
 * The token of an `Authorization` header (RFC 6750 section 2.1, RFC 9449 section 7.1), or null where no header came.
 * `values` are the header's values as they came: two headers are refused, since two readers could choose differently.
 * @throws {IstmoError} `TOKEN_INVALID` for another scheme, two headers or anything that is no compact JWS.
 */
export function readAuthorization(values: readonly string[]): PresentedToken | null {
  const [value, ...others] = values
  if (value === undefined) return null
  if (others.length > 0) throw new IstmoError('TOKEN_INVALID', 'expected one Authorization header; came several')
  const match = /^(Bearer|DPoP) +([^ ]+) *$/i.exec(value)
  const [, scheme = '', token] = match ?? []
  if (token === undefined) {
    throw new IstmoError('TOKEN_INVALID', 'expected `Authorization: Bearer <token>` or `Authorization: DPoP <token>`')
  }
  if (token.length > MAX_TOKEN_LENGTH) {
    throw new IstmoError('TOKEN_INVALID', `expected at most ${MAX_TOKEN_LENGTH} characters; came ${token.length}`)
  }
  if (!isCompactJws(token)) throw new IstmoError('TOKEN_INVALID', 'expected a signed JWT in compact form')
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token }
}

/** Whether `text` has the form of a JWS in compact serialization. */
export function isCompactJws(text: string): boolean {
  return COMPACT_JWS.test(text)
}

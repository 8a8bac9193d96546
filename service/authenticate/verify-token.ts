import { hash } from 'node:crypto'
import { compactVerify } from 'jose'
import { detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { parseJwsPart } from '../../contract/trust/unambiguous-json.ts'
import { type ClaimRules, readClaims, type TokenContent } from './claims.ts'
import type { Issuer } from './issuer.ts'
import type { FindKey } from './key-source.ts'

/** An issuer, and the function that finds its keys. */
export interface PinnedIssuer {
  readonly issuer: Issuer
  readonly findKey: FindKey
}

/**
 * Verifies a compact JWS as an RFC 9068 access token of a pinned issuer, and reads its claims (docs/design/access.md, The token).
 * It chooses the issuer by `iss` before it checks the signature, so that one issuer's key never speaks for another. It never reads the
 * `jku`, `x5u`, `x5c` and `jwk` headers.
 * @param nowS seconds since the epoch.
 * @throws {IstmoError} `TOKEN_INVALID` with what was expected; `TOKEN_EXPIRED` for a token that the issuer did sign; `KEYS_UNAVAILABLE`.
 */
export async function verifyToken(
  token: string,
  issuers: readonly PinnedIssuer[],
  rules: ClaimRules,
  nowS: number,
): Promise<TokenContent> {
  const { claims, issuer } = await verifySignedToken(token, issuers)
  const { caller, binding } = readClaims(claims, issuer, rules, nowS)
  return Object.freeze({ caller: Object.freeze({ ...caller, tokenHash: hash('sha256', token) }), binding })
}

/** The claims of a token whose signature is valid, and the issuer that signed it. */
export interface SignedToken {
  readonly claims: Record<string, unknown>
  readonly issuer: Issuer
}

/**
 * Verifies header, audience and signature of a compact JWS as {@link verifyToken} does, and leaves its other claims to the caller.
 * @throws {IstmoError} `TOKEN_INVALID` with what was expected; `KEYS_UNAVAILABLE`.
 */
export async function verifySignedToken(token: string, issuers: readonly PinnedIssuer[]): Promise<SignedToken> {
  const [headerPart = '', payloadPart = ''] = token.split('.')
  const header = readPart(headerPart, 'TOKEN_HEADER_NOT_JSON')
  const claims = readPart(payloadPart, 'TOKEN_CLAIMS_NOT_JSON')
  const pinned = issuers.find(({ issuer }) => issuer.issuer === claims.iss)
  if (pinned === undefined) throw new IstmoError('TOKEN_INVALID', detail('TOKEN_ISSUER'))
  checkHeader(header, pinned.issuer)
  checkAudience(claims.aud, pinned.issuer)
  await checkSignature(token, pinned)
  return { claims, issuer: pinned.issuer }
}

function readPart(text: string, part: 'TOKEN_HEADER_NOT_JSON' | 'TOKEN_CLAIMS_NOT_JSON'): Record<string, unknown> {
  const value = parseJwsPart(text)
  if (value === null) {
    throw new IstmoError('TOKEN_INVALID', detail(part))
  }
  return value
}

function checkHeader(header: Record<string, unknown>, issuer: Issuer): void {
  if (!issuer.algorithms.some((algorithm) => algorithm === header.alg)) {
    throw new IstmoError('TOKEN_INVALID', detail('TOKEN_ALGORITHM', { algorithms: issuer.algorithms.join(', ') }))
  }
  if (!isOfType(header.typ, issuer.tokenType)) {
    throw new IstmoError('TOKEN_INVALID', detail('TOKEN_TYPE', { type: issuer.tokenType }))
  }
  // RFC 7515 section 4.1.11: the gateway understands no extension, so a critical extension makes the token invalid.
  if (header.crit !== undefined || header.b64 !== undefined) {
    throw new IstmoError('TOKEN_INVALID', detail('TOKEN_EXTENSIONS'))
  }
}

function isOfType(typ: unknown, tokenType: Issuer['tokenType']): boolean {
  if (tokenType === 'none') return typ === undefined
  return typeof typ === 'string' && mediaType(typ) === mediaType(tokenType)
}

function mediaType(typ: string): string {
  const lower = typ.toLowerCase()
  return lower.includes('/') ? lower : `application/${lower}`
}

function checkAudience(audience: unknown, issuer: Issuer): void {
  const audiences: readonly unknown[] = Array.isArray(audience) ? audience : [audience]
  if (!audiences.includes(issuer.audience)) throw new IstmoError('TOKEN_INVALID', detail('TOKEN_AUDIENCE'))
}

async function checkSignature(token: string, { issuer, findKey }: PinnedIssuer): Promise<void> {
  try {
    await compactVerify(token, async (header, input) => findKey(header, input), { algorithms: [...issuer.algorithms] })
  } catch (error) {
    if (error instanceof IstmoError) throw error
    throw new IstmoError('TOKEN_INVALID', detail('TOKEN_SIGNATURE'), { cause: error })
  }
}

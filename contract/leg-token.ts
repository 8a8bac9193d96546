import { createHash } from 'node:crypto'
import type { Grounds, Mandate, Organisation } from './access-token.ts'

/**
 * The token that the gateway signs for one country (docs/design/access.md, The leg). A JWT with `typ` `istmo-leg+jwt`, EdDSA.
 */

/** The `typ` of a leg token's header. */
export const LEG_TOKEN_TYPE = 'istmo-leg+jwt'

/** The signature algorithm of leg tokens. */
export const LEG_TOKEN_ALGORITHM = 'EdDSA'

/** How long a leg token may live, in seconds, at most. */
export const LEG_TOKEN_LIFETIME_S = 60

/** How often a country takes a leg token: until it ends, or a single time (docs/design/access.md, The leg). */
export const LEG_TOKEN_USES = ['reuse', 'once'] as const
/** One of {@link LEG_TOKEN_USES}. */
export type LegTokenUse = (typeof LEG_TOKEN_USES)[number]

/** The claims of a leg token. `aud` is the country's code, `iss` the gateway's name, times in seconds since the epoch. */
export interface LegClaims {
  readonly iss: string
  readonly aud: string
  /** The caller's pseudonymous subject, as its issuer says it; `anonymous` where a caller without a token asks. */
  readonly sub: string
  readonly iat: number
  readonly exp: number
  readonly jti: string
  /** Who acts for the caller: the gateway's name (RFC 8693, `act`). */
  readonly act: { readonly sub: string }
  /** SHA-256 of the exact `query` text, base64url. */
  readonly op: string
  /** The scopes that the leg may use, space-separated. */
  readonly scope: string
  readonly caller_iss?: string
  readonly client_id?: string
  readonly acr?: string
  readonly org?: Organisation
  readonly mandate?: Mandate
  /** On which grounds of the mandate this request acts. */
  readonly grounds?: Grounds
  /** The policies that the gateway found granted for this leg, space-separated. The country decides them again. */
  readonly policies?: string
}

/** The `op` claim for a query text: base64url of its SHA-256. */
export function operationHash(query: string): string {
  return createHash('sha256').update(query, 'utf8').digest('base64url')
}

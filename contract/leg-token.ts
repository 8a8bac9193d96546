import { hash } from 'node:crypto'
import type { Grounds, Mandate, Organisation } from './access-token.ts'

/**
 * The token that the gateway signs for one leg to one country (docs/design/access.md, The leg). It is a JWT with `typ`
 * `istmo-leg+jwt`, signed with EdDSA.
 */

/** The `typ` in the header of a leg token. */
export const LEG_TOKEN_TYPE = 'istmo-leg+jwt'

/** The signature algorithm of leg tokens. */
export const LEG_TOKEN_ALGORITHM = 'EdDSA'

/** The longest lifetime of a leg token, in seconds. */
export const LEG_TOKEN_LIFETIME_S = 60

/** How often a country accepts a leg token: until it expires, or only once (docs/design/access.md, The leg). */
export const LEG_TOKEN_USES = ['reuse', 'once'] as const
/** One of {@link LEG_TOKEN_USES}. */
export type LegTokenUse = (typeof LEG_TOKEN_USES)[number]

/** The parts of a request's grounds that a leg carries only to a country whose rules read them. */
export const GROUNDS_PARTS = ['case', 'legalBasis'] as const
/** One of {@link GROUNDS_PARTS}. */
export type GroundsPart = (typeof GROUNDS_PARTS)[number]

/**
 * Who a leg's caller is by the word of the caller's own country: what the country token says besides the claims that {@link LegClaims} names
 * (docs/design/trust.md, The country token). Hashes and thumbprints are base64url.
 */
export interface VerifiedCaller {
  /** The authority that signed the country token: its pinned issuer name. */
  readonly authority: string
  /** The country token's `jti`, and its SHA-256. */
  readonly tokenId: string
  readonly tokenHash: string
  /** The mandate's hash. */
  readonly mandate: string
  /** The digest of the case's disclosure, if the mandate is bound to a case. */
  readonly caseDigest?: string
  /** The thumbprints of the keys that speak in this leg: the authority's, the gateway's and, of a bound token, the tool's. */
  readonly keys: { readonly authority: string; readonly gateway: string; readonly tool?: string }
  /** Of a bound access token: its SHA-256, and the `jti` of the question statement. Both absent for an unbound one. */
  readonly accessTokenHash?: string
  readonly question?: string
}

/** The claims of a leg token. `aud` is the country's code, and `iss` is the gateway's name. Times are in seconds since the epoch. */
export interface LegClaims {
  readonly iss: string
  readonly aud: string
  /** The caller's pseudonymous subject from the issuer; `anonymous` for a caller without a token. */
  readonly sub: string
  readonly iat: number
  readonly exp: number
  readonly jti: string
  /** The party that acts for the caller: the gateway's name (RFC 8693, `act`). */
  readonly act: { readonly sub: string }
  /** SHA-256 of the exact `query` text, base64url. */
  readonly op: string
  /** The scopes that the leg may use, space-separated. */
  readonly scope: string
  readonly caller_iss?: string
  /** The `jti` of the caller's access token, and SHA-256 of that token in base64url. Never the token itself. */
  readonly caller_jti?: string
  readonly caller_token?: string
  readonly client_id?: string
  readonly acr?: string
  readonly org?: Organisation
  /** The mandate as far as it concerns this country and this request: without other countries and purposes, case and legal basis. */
  readonly mandate?: Mandate
  /** The grounds of this request: the purpose, and what this country's rules read of the rest. */
  readonly grounds?: Grounds
  /** What the request states and the leg does not carry. A policy that reads it cannot decide, so the country denies. */
  readonly withheld?: readonly GroundsPart[]
  /**
   * The policies that the gateway granted for this leg. The country decides them again. They are one text, separated by spaces, unless a
   * name has a space itself: then they are a list.
   */
  readonly policies?: string | readonly string[]
  /** SHA-256 of the country token that comes with the leg, base64url. With it, the leg token says nothing of who asks. */
  readonly ct?: string
  /**
   * No claim: the node adds it to the claims of a leg whose caller it has verified for itself. The members above that name the caller then come
   * from the country token.
   */
  readonly verified?: VerifiedCaller
}

/** Writes the `policies` claim. */
export function writePolicies(names: readonly string[]): NonNullable<LegClaims['policies']> {
  return names.some((name) => name === '' || /\s/.test(name)) ? names : names.join(' ')
}

/** Reads the `policies` claim. */
export function readPolicies(claim: LegClaims['policies']): ReadonlySet<string> {
  return new Set(typeof claim === 'string' ? claim.split(' ') : claim)
}

/** Computes the `op` claim for a query text: base64url of its SHA-256. */
export function operationHash(query: string): string {
  return hash('sha256', query, 'base64url')
}

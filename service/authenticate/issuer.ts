/** The accepted signature algorithms (docs/design/access.md, The token). All are asymmetric, so a verifier cannot sign anything. */
export const TOKEN_ALGORITHMS = ['EdDSA', 'ES256', 'RS256', 'PS256'] as const
/** One of {@link TOKEN_ALGORITHMS}. */
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number]

/** How long a token may live at most, in seconds (docs/design/access.md, The token). */
export const MAX_LIFETIME_S = 3600

/** Where an issuer writes the values that Istmo reads: JSON pointers (RFC 6901) into the claims. */
export interface ClaimPointers {
  readonly country: string
  readonly agency: string
  readonly role: string
  /** An `istmo_mandate`, or a list of authorization details (RFC 9396) that holds one. */
  readonly mandate: string
  /** A list of the names of policies that the issuer grants; null: its tokens grant none. It counts if no country is asked. */
  readonly policies: string | null
}

/** The claims in their standard places (docs/design/access.md, The token), for issuers that can write them. */
export const STANDARD_CLAIMS: ClaimPointers = Object.freeze({
  country: '/org/country',
  agency: '/org/agency',
  role: '/org/role',
  mandate: '/authorization_details',
  policies: null,
})

/** Where the gateway exchanges an issuer's access tokens for country tokens (docs/design/trust.md, The country token). */
export interface AuthorityEndpoint {
  /** The http(s) URL of its token endpoint. */
  readonly token: string
  /** The gateway's `client_id` there. */
  readonly client: string
  /** The file with the certificates of authorities that know its server, in PEM. Default: those of the operating system. */
  readonly ca?: string
}

/** An identity provider that the gateway's configuration names. The gateway trusts no other. */
export interface Issuer {
  /** The exact `iss` claim of its tokens. */
  readonly issuer: string
  /** The `aud` claim that its tokens must hold: this gateway. */
  readonly audience: string
  /** Its key set (RFC 7517): an http(s) URL, or a file. */
  readonly jwks: string
  /** Which of the algorithms it signs with. */
  readonly algorithms: readonly TokenAlgorithm[]
  /**
   * The `typ` header that its tokens have: RFC 9068's, or `JWT` for a provider that cannot write it. `none`: they have no such header, as the
   * ID tokens of some providers. Only a mandate authority trusts those.
   */
  readonly tokenType: 'at+jwt' | 'JWT' | 'none'
  /**
   * The one country that it may speak for (`org.country`). A token of another country is rejected.
   * Null is only for a development issuer, which speaks for every country.
   */
  readonly country: string | null
  /** Where its tokens have the values that Istmo reads. */
  readonly claims: ClaimPointers
  /** The file with the certificates that know the server of `jwks`. Without it, `authority.ca` does. */
  readonly ca?: string
  /** Set if it is a mandate authority: countries then learn from its own signature who asks. */
  readonly authority?: AuthorityEndpoint
  /** The longest life of its tokens from `iat` to `exp`, in seconds; at most {@link MAX_LIFETIME_S}. */
  readonly maxLifetimeS: number
}

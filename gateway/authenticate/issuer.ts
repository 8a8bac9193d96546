/** The signature algorithms that are taken (access.md, The token). Asymmetric alone: who verifies can sign nothing. */
export const TOKEN_ALGORITHMS = ['EdDSA', 'ES256', 'RS256', 'PS256'] as const
/** One of {@link TOKEN_ALGORITHMS}. */
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number]

/** An identity provider that the gateway's configuration names, and no other is believed. */
export interface Issuer {
  /** The exact `iss` claim of its tokens. */
  readonly issuer: string
  /** The `aud` claim that its tokens must hold: this gateway. */
  readonly audience: string
  /** Its key set (RFC 7517): an http(s) URL, or a file. */
  readonly jwks: string
  /** Which of the algorithms it signs with. */
  readonly algorithms: readonly TokenAlgorithm[]
  /** The `typ` header that its tokens have: RFC 9068's, or `JWT` for a provider that cannot write it. */
  readonly tokenType: 'at+jwt' | 'JWT'
  /**
   * The one country that it may speak for (`org.country`); a token of another country is refused.
   * Null is for a development issuer alone: it speaks for every country.
   */
  readonly country: string | null
}

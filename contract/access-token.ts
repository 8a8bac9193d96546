/**
 * The claims of a caller's access token (RFC 9068) that Istmo reads (docs/design/access.md, The token).
 */

/** The purposes that a mandate may state. */
export const PURPOSES = [
  'INVESTIGATION',
  'PROSECUTION',
  'ARREST_EXTRADITION',
  'ASSET_RECOVERY',
  'VICTIM_PROTECTION',
  'IMMINENT_DANGER',
  'OVERSIGHT',
] as const
/** One of {@link PURPOSES}. */
export type Purpose = (typeof PURPOSES)[number]

/** The grounds that the caller acts on: an `authorization_details` entry (RFC 9396) of type `istmo_mandate`. */
export interface Mandate {
  readonly type: 'istmo_mandate'
  readonly task_force?: string
  readonly case?: string
  readonly purposes: readonly Purpose[]
  /** Country codes that may be asked under this mandate. */
  readonly countries: readonly string[]
  readonly legal_basis?: readonly string[]
  /** The last day on which it holds, `YYYY-MM-DD`. */
  readonly not_after: string
}

/**
 * What one request states of its mandate: the header `Istmo-Mandate` (RFC 9651), or the one choice that the mandate leaves
 * (docs/design/access.md, The mandate).
 */
export interface Grounds {
  readonly purpose: Purpose
  /** Record id of the case that the mandate names. */
  readonly case?: string
  /** Treaty articles, as `UN:XVIII-12#27`. */
  readonly legalBasis?: readonly string[]
}

/** Where the caller works; `country` is the one country that the token's issuer speaks for. */
export interface Organisation {
  readonly country: string
  readonly agency?: string
  readonly role?: string
}

/** The verified person and tool behind a request. */
export interface Caller {
  readonly issuer: string
  /** The issuer's pairwise, pseudonymous subject. */
  readonly subject: string
  readonly client?: string
  readonly tokenId?: string
  readonly assurance?: string
  readonly scopes: readonly string[]
  readonly organisation?: Organisation
  readonly mandate?: Mandate
  /** Policies that the issuer grants by a claim: they count for subgraphs that no country publishes. */
  readonly policies?: readonly string[]
  /** Seconds since the epoch at which the token ends. */
  readonly expiresAt: number
}

/** The algorithms of a DPoP proof (RFC 9449) that are taken: what a sender's key signs with. */
export const DPOP_ALGORITHMS = ['ES256', 'EdDSA'] as const

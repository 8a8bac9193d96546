/**
 * The claims of a caller's access token (RFC 9068) that Istmo reads (docs/design/access.md, The token).
 */

/** The purposes that a mandate may have. */
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

/** The caller's mandate: an `authorization_details` entry (RFC 9396) of type `istmo_mandate`. */
export interface Mandate {
  readonly type: 'istmo_mandate'
  /** The mandate hash (docs/design/trust.md, The mandate), in tokens of a mandate authority. */
  readonly hash?: string
  readonly task_force?: string
  /** The record id of the case to which the mandate is bound, if its issuer names it in the clear. */
  readonly case?: string
  /** The digest of the case's disclosure, by which a mandate of two people is bound to a case (docs/design/trust.md, The mandate). */
  readonly case_digest?: string
  readonly purposes: readonly Purpose[]
  /** The codes of the countries that the caller may ask under this mandate. */
  readonly countries: readonly string[]
  readonly legal_basis?: readonly string[]
  /** The last day on which the mandate is valid, `YYYY-MM-DD`. */
  readonly not_after: string
  /** The time zone in which that day ends, a name of the IANA database. Default: UTC. */
  readonly time_zone?: string
}

/**
 * The part of the mandate that one request acts on. It comes from the header `Istmo-Mandate` (RFC 9651). Without the header, it is
 * the only choice that the mandate allows (docs/design/access.md, The mandate).
 */
export interface Grounds {
  readonly purpose: Purpose
  /** The record id of the case in the mandate. */
  readonly case?: string
  /** Articles of treaties, such as `UN:XVIII-12#27`. */
  readonly legalBasis?: readonly string[]
}

/** The organisation for which the caller works. `country` is the only country whose issuer may sign the token. */
export interface Organisation {
  readonly country: string
  readonly agency?: string
  readonly role?: string
}

/** The verified person and tool behind a request. */
export interface Caller {
  readonly issuer: string
  /** The caller's subject: a pseudonym that the issuer uses only for Istmo (pairwise). */
  readonly subject: string
  readonly client?: string
  readonly tokenId?: string
  /** SHA-256 of the access token in hexadecimal digits. Whoever has the token can show later that an entry of the audit log is about it. */
  readonly tokenHash?: string
  readonly assurance?: string
  readonly scopes: readonly string[]
  readonly organisation?: Organisation
  readonly mandate?: Mandate
  /** The thumbprints of the key and of the certificate to which the token is bound. Absent if it is bound to neither. */
  readonly keys?: readonly string[]
  /** The policies that the issuer grants in a claim. They count only for plain subgraphs. */
  readonly policies?: readonly string[]
  /** The time at which the token expires, in seconds since the epoch. */
  readonly expiresAt: number
}

/** The accepted signature algorithms of a DPoP proof (RFC 9449). */
export const DPOP_ALGORITHMS = ['ES256', 'EdDSA'] as const

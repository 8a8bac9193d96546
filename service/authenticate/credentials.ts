import type { Caller, Grounds } from '../../contract/access-token.ts'
import type { IstmoError } from '../../contract/errors.ts'

/** What a request shows about its sender, as it came. A header that may come several times has one value per line. */
export interface Credentials {
  readonly authorization: readonly string[]
  /** The header `DPoP` (RFC 9449): proofs of a key. */
  readonly proofs: readonly string[]
  /** The header `Istmo-Mandate`. */
  readonly mandate: readonly string[]
  readonly method: string
  /** Path of the request's URL, without its query. */
  readonly path: string
  /** SHA-256 of the connection's verified client certificate in DER, base64url (RFC 8705 section 3.1); null without one. */
  readonly clientCertificate: string | null
}

/** The caller, and the grounds of the request. */
export interface Authenticated {
  /** Null if anonymous requests are allowed and no token came. */
  readonly caller: Caller | null
  /** The grounds that the request acts on; null without a mandate, or if the grounds cannot be determined. */
  readonly grounds: Grounds | null
  /**
   * Why the grounds cannot be determined although the caller has a mandate: it ended, or it leaves a choice. Each field that has an
   * access rule is then denied with this error.
   */
  readonly groundsRejected: IstmoError | null
}

/**
 * Determines the caller. Rejects with {IstmoError} if the caller cannot be determined, or if the stated grounds are not within the
 * mandate.
 */
export type Authenticate = (credentials: Credentials) => Promise<Authenticated>

import type { Caller, Grounds } from '../../contract/access-token.ts'
import { type ErrorCode, IstmoError } from '../../contract/errors.ts'
import type { Misuse } from '../../contract/misuse.ts'
import type { VerifiedQuestion } from '../../contract/trust/question-statement.ts'
import type { SealedToken } from './sealed-token.ts'

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
  /** The caller's access token, if its issuer is an authority at which the gateway exchanges it. */
  readonly accessToken?: SealedToken
  /** The thumbprint of the key that the token is bound to (RFC 7638). Absent if it is bound to none. */
  readonly keyThumbprint?: string
  /** A newer nonce for the caller's next DPoP proof. Absent if the caller's nonce is the newest one, or if the token needs no proof. */
  readonly nextNonce?: string
}

/** A proof that has no nonce of ours, or one that is too old. The sender makes a new proof with `nonce` (RFC 9449 section 9). */
export class NonceRequiredError extends IstmoError {
  readonly nonce: string

  constructor(nonce: string) {
    super('NONCE_REQUIRED')
    this.nonce = nonce
  }
}

/** A rejection of a request whose token is valid: its holder, or somebody who found the token, did something that the token does not allow. */
export class MisuseError extends IstmoError {
  readonly caller: Caller
  readonly misuse: Misuse

  /** `cause` is the error that the caller gets. */
  constructor(caller: Caller, misuse: Misuse, cause: IstmoError) {
    super(cause.code, cause.detail ?? undefined, { cause })
    this.caller = caller
    this.misuse = misuse
  }

  /** What the audit log says of it. */
  get noted(): { readonly caller: Caller; readonly code: ErrorCode; readonly misuse: Misuse } {
    const { caller, code, misuse } = this
    return { caller, code, misuse }
  }
}

/**
 * Determines the caller. Rejects with {IstmoError} if the caller cannot be determined, or if the stated grounds are not within the
 * mandate.
 */
export type Authenticate = (credentials: Credentials) => Promise<Authenticated>

/** A request with what may be its statement, as it came. */
export interface AskedRequest {
  /** The values of the header `Istmo-Question`, one for each header line. */
  readonly headers: readonly string[]
  /** The parsed body; undefined if the request has none. */
  readonly body: unknown
  /** The document's text, after a trusted document's id was replaced by it; undefined if there is none. */
  readonly document: unknown
  /** Whether the request states its grounds in a header too. */
  readonly statesGrounds: boolean
}

/** A verified statement, and the grounds that it states. */
export type TakenQuestion = Pick<Authenticated, 'grounds' | 'groundsRejected'> & {
  readonly question: VerifiedQuestion
}

/**
 * Takes the statement of a request: null, at once, if the request has none. Rejects with {IstmoError} `QUESTION_INVALID` if the statement does not fit
 * the request; `MANDATE_NOT_COVERED` if its grounds are not within the mandate; `PROOFS_UNAVAILABLE` if its use cannot be noted.
 */
export type TakeQuestion = (request: AskedRequest, sender: Authenticated) => Promise<TakenQuestion | null> | null

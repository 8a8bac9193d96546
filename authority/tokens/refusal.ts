import type { TokenRefusalReason } from '../../contract/audit-log/authority-entries.ts'

/** What a client reads: the error of OAuth, and the HTTP status. */
interface OAuthError {
  readonly error: string
  readonly status: number
}

const INVALID_REQUEST = { error: 'invalid_request', status: 400 }
const INVALID_CLIENT = { error: 'invalid_client', status: 401 }
const INVALID_PROOF = { error: 'invalid_dpop_proof', status: 400 }

/**
 * The OAuth error of each reason: RFC 6749 section 5.2, RFC 9449 sections 5 and 8, RFC 8693 section 2.2.2, which wants `invalid_request` for a
 * subject token that is not valid or not acceptable, and `invalid_target` for an audience.
 */
const OAUTH_ERRORS: Readonly<Record<TokenRefusalReason, OAuthError>> = {
  REQUEST_MALFORMED: INVALID_REQUEST,
  CLIENT_UNKNOWN: INVALID_CLIENT,
  ASSERTION_INVALID: INVALID_CLIENT,
  ASSERTION_REPLAYED: INVALID_CLIENT,
  PROOF_INVALID: INVALID_PROOF,
  PROOF_REPLAYED: INVALID_PROOF,
  NONCE_REQUIRED: { error: 'use_dpop_nonce', status: 400 },
  UNAVAILABLE: { error: 'temporarily_unavailable', status: 503 },
  GRANT_NOT_SUPPORTED: { error: 'unsupported_grant_type', status: 400 },
  SUBJECT_TOKEN_INVALID: INVALID_REQUEST,
  SUBJECT_TOKEN_OF_OTHER: INVALID_REQUEST,
  GRANT_UNKNOWN: INVALID_REQUEST,
  AUDIENCE_NOT_ALLOWED: { error: 'invalid_target', status: 400 },
  SCOPE_NOT_ALLOWED: { error: 'invalid_scope', status: 400 },
  KEY_MISSING: INVALID_PROOF,
  CERTIFICATE_MISSING: INVALID_CLIENT,
  MANDATE_NONE: INVALID_REQUEST,
  MANDATE_AMBIGUOUS: INVALID_REQUEST,
  MANDATE_ENDED: INVALID_REQUEST,
  QUESTION_MISSING: INVALID_REQUEST,
  QUESTION_INVALID: INVALID_REQUEST,
  QUESTION_STALE: INVALID_REQUEST,
  QUESTION_OF_OTHER: INVALID_REQUEST,
  COUNTRY_NOT_DISCLOSED: INVALID_REQUEST,
  SUSPENDED: INVALID_REQUEST,
  // RFC 6585 section 4.
  TOO_OFTEN: { error: 'temporarily_unavailable', status: 429 },
}

/** A mandate in force that names an officer, as the officer tells it from others. */
export interface OfferedMandate {
  readonly hash: string
  readonly task_force: string
  /** The last day, `YYYY-MM-DD`. */
  readonly not_after: string
}

/** A request for a token that is refused. The message is for the client: what was expected, what came, and what helps. It holds no value of the request. */
export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal'
  readonly reason: TokenRefusalReason
  /** The nonce for the next DPoP proof, if a proof lacked one. */
  readonly nonce: string | null
  /** After how many seconds the client may ask again; null: nothing is said of that. */
  readonly retryAfterS: number | null
  /** The mandates among which an officer has to choose; null if that is not why. */
  readonly #mandates: readonly OfferedMandate[] | null

  constructor(
    reason: TokenRefusalReason,
    message: string,
    options: ErrorOptions & {
      readonly nonce?: string
      readonly retryAfterS?: number
      readonly mandates?: readonly OfferedMandate[]
    } = {},
  ) {
    super(message, options)
    this.reason = reason
    this.nonce = options.nonce ?? null
    this.retryAfterS = options.retryAfterS ?? null
    this.#mandates = options.mandates ?? null
  }

  /** The HTTP status. */
  get status(): number {
    return OAUTH_ERRORS[this.reason].status
  }

  /**
   * The body of the answer (RFC 6749 section 5.2). `reason` is ours, for logs and for clients that tell reasons apart, and so is `mandates`, for an
   * officer who has to name one.
   */
  get body(): {
    readonly error: string
    readonly error_description: string
    readonly reason: TokenRefusalReason
    readonly mandates?: readonly OfferedMandate[]
  } {
    // RFC 6749 section 5.2 allows ASCII without quotation marks and backslashes.
    const description = this.message.replaceAll('’', "'").replaceAll(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, '')
    return {
      error: OAUTH_ERRORS[this.reason].error,
      error_description: description,
      reason: this.reason,
      ...(this.#mandates !== null && { mandates: this.#mandates }),
    }
  }
}

/** The authority could not be asked, or did not answer as it must. The message is our own text. */
export class AuthorityUnavailable extends Error {
  override readonly name = 'AuthorityUnavailable'
}

/** The authority does not give this country token. `message` is our own text, and `code` the error code of its answer (RFC 6749 section 5.2). */
export class ExchangeRefused extends Error {
  override readonly name = 'ExchangeRefused'
  readonly code: string
  constructor(code: string) {
    super(`the authority refused: ${code}`)
    this.code = code
  }
}

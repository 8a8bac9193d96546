/** Why a leg or an exchange of tokens failed. Each message is our own text, for the operator's log, and quotes nothing of what came. */

/** The clock has ended what a leg waited for. The leg's outcome says why. */
export class LegEnded extends Error {
  override readonly name = 'AbortError'
  constructor() {
    super('the leg must end')
  }
}

/** The answer is not a GraphQL response, or it is larger than an answer may be. */
export class BadAnswer extends Error {
  override readonly name = 'BadAnswer'
}

/** A country's receipt is missing or not valid. */
export class ReceiptInvalid extends Error {
  override readonly name = 'ReceiptInvalid'
}

/** The node denies the leg with 401 or 403. `code`: the node's own code; null if it gave none. */
export class RejectedByNode extends Error {
  override readonly name = 'RejectedByNode'
  readonly code: string | null
  /** By how many seconds the node's clock is ahead of the gateway's; null if they agree. */
  readonly clockAheadS: number | null
  constructor(status: number, code: string | null, clockAheadS: number | null) {
    super(`status ${status}`)
    this.code = code
    this.clockAheadS = clockAheadS
  }
}

/** The node cannot reach its records, or nobody can reach the node. `code`: the node's own code; null if it gave none. */
export class RecordsUnavailable extends Error {
  override readonly name = 'RecordsUnavailable'
  readonly code: string | null
  constructor(status: number, code: string | null) {
    super(`status ${status}`)
    this.code = code
  }
}

/** The authority could not be asked, or did not answer as it must. */
export class AuthorityUnavailable extends Error {
  override readonly name = 'AuthorityUnavailable'
}

/** The authority does not give this country token. `code`: the error code of its answer (RFC 6749 section 5.2). */
export class ExchangeRefused extends Error {
  override readonly name = 'ExchangeRefused'
  readonly code: string
  constructor(code: string) {
    super(`the authority refused: ${code}`)
    this.code = code
  }
}

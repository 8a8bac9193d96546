/** Why a client did not get an answer. Its `code` is stable; the message is English and for developers. */
export type ClientErrorCode =
  /** The document has a text or number of its own: `line` and `column` say where. */
  | 'DOCUMENT_HAS_LITERAL'
  /** The document uses a variable without a value: `name`. */
  | 'VARIABLE_WITHOUT_VALUE'
  /** Neither the caller nor the mandate says one purpose. */
  | 'PURPOSE_MISSING'
  /** The mandate is bound to a case, and the tool does not have its disclosure. */
  | 'CASE_MISSING'
  /** The disclosure of a case is not that of the mandate, or names another case than the caller. */
  | 'CASE_OF_OTHER_MANDATE'
  /** The authority gave no token: `status`, and its own `error` if it gave one. */
  | 'TOKEN_REFUSED'
  /** Nobody answered: the authority or the gateway cannot be reached. */
  | 'NOT_REACHED'
  /** What answered is not what was expected. */
  | 'ANSWER_NOT_UNDERSTOOD'

/** An error of a client. */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  readonly code: ClientErrorCode
  /** What the message names: numbers, names of variables, codes. Never a value of a variable, never a token. */
  readonly facts: Readonly<Record<string, string | number>>

  constructor(code: ClientErrorCode, message: string, facts: ClientError['facts'] = {}, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.facts = facts
  }
}

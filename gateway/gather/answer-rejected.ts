/** The gateway rejects the complete answer of a leg: it breaks the contract, or it has a record of another country. */
export class AnswerRejected extends Error {
  override readonly name = 'AnswerRejected'
  readonly code: 'BAD_ANSWER' | 'FOREIGN_RECORD'
  constructor(code: 'BAD_ANSWER' | 'FOREIGN_RECORD', reason: string) {
    super(reason)
    this.code = code
  }
}

/** The answer is not a GraphQL response, or it is larger than an answer may be. The message is for the operator's log and quotes nothing of the answer. */
export class BadAnswer extends Error {
  override readonly name = 'BadAnswer'
}

/** Something that a person handed in was refused. The entry is written. The message says what was expected, what came, and the remedy. */
export class RefusedError<Reason extends string> extends Error {
  readonly reason: Reason

  constructor(reason: Reason, sentence: string) {
    super(`${reason}: ${sentence}`)
    this.reason = reason
  }
}

/** A mistake of the person at the terminal: the message says what was expected and what came, and is shown without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The exit status of a command that got arguments or settings which it does not accept. */
export const EXIT_USAGE = 2

/** The exit status of a command that understood its arguments but failed. */
export const EXIT_FAILED = 1

/** The exit status of a command that wrote down what was asked, durably, although it is not in effect yet: somebody else must still do their part. */
export const EXIT_NOT_IN_EFFECT = 3

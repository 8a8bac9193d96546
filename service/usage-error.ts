/** A mistake of the person at the terminal: the message says what was expected and what came, and is shown without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The exit status of a command that was given something it does not take. */
export const EXIT_USAGE = 2

/** The exit status of a command that understood what was asked and could not do it. */
export const EXIT_FAILED = 1

/** The part of an error that the node logs. */
export interface LoggedError {
  readonly type: string
  readonly message: string
  readonly stack?: string | undefined
  readonly code?: unknown
  readonly table?: unknown
  readonly constraint?: unknown
  readonly cause?: LoggedError
}

const DEEPEST_CAUSE = 5

/**
 * Returns the part of an error that a log may hold. Database drivers attach the parameters of the statement and the values of the row
 * to their errors (`params`, `detail`, `where`). Those are personal data, and the log does not hold them.
 */
export function loggable(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'Something that is not an Error was thrown.' }
  const { code, table, constraint } = error as { code?: unknown; table?: unknown; constraint?: unknown }
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(code !== undefined && { code }),
    ...(table !== undefined && { table }),
    ...(constraint !== undefined && { constraint }),
    ...(error.cause !== undefined && depth < DEEPEST_CAUSE && { cause: loggable(error.cause, depth + 1) }),
  }
}

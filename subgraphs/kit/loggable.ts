/** What is logged of an error. */
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
 * What a log may hold of an error. Drivers hang the statement's parameters and the row's values on theirs (`params`, `detail`,
 * `where`): those are personal data and stay out.
 */
export function loggable(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'Something that is no error was thrown.' }
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

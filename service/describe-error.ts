import { describeFailure, explainCode } from './describe-connection.ts'

/**
 * Says why a file or a folder cannot be used, for the end of a sentence: `it is a folder, and not a file (EISDIR)`.
 * @param error what Node threw. An error of something else, such as a parser, keeps its own message.
 */
export function describeFileError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as NodeJS.ErrnoException
  const reason = explainCode('files', code)
  return reason === undefined ? error.message : `${reason} (${code})`
}

/** Returns the system's code of an error, or its name. Its message may contain a path, so it does not belong into every log. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown error'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

/** Says why a file cannot be used, without its path: in words where there are some, and with the system’s code. For a log that shows no paths. */
export function describeWithoutPath(error: unknown): string {
  const code = errorCode(error)
  const reason = explainCode('files', code)
  return reason === undefined ? code : `${reason} (${code})`
}

/**
 * Says to a person what went wrong. An error of ours has its own words, which stay. What the operating system says gets words and a place:
 * `127.0.0.1:1: expected to connect; came «connect ECONNREFUSED 127.0.0.1:1» (ECONNREFUSED): nothing listens there …`.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // A name with several addresses fails with one error for each, and the message of all is empty.
  if (error instanceof AggregateError && error.errors.length > 0) return describeError(error.errors[0])
  // `fetch` has the reason only in its cause.
  if (error.message === 'fetch failed' && error.cause instanceof Error) return describeError(error.cause)
  const { syscall, code } = error as NodeJS.ErrnoException
  const remedy = explainCode('certificates', code)
  if (remedy !== undefined) return `expected a certificate that holds; came «${error.message}» (${code}): ${remedy}`
  // A SQLSTATE begins with a digit, and no code of Node does.
  if (code !== undefined && /^\d/.test(code) && explainCode('connection', code) !== undefined)
    return describeFailure('the database', 'connect', error)
  if (syscall === undefined || code === undefined) return error.message
  if (/^(?:connect|getaddrinfo)$/.test(syscall)) return describeFailure(addressOf(error), 'connect', error)
  // So begin Node's own messages about files. Whoever made a sentence of one keeps it.
  return error.message.startsWith(`${code}: `) ? describeFile(error, syscall) : error.message
}

function addressOf(error: Error): string {
  const { hostname, address, port } = error as { hostname?: string; address?: string; port?: number }
  const host = hostname ?? address ?? 'the server'
  return port === undefined ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`
}

function describeFile(error: NodeJS.ErrnoException, syscall: string): string {
  const reason = describeFileError(error)
  // Node does not say which file it was when the file was open already, as a folder can be.
  if (error.path === undefined) return `expected to ${syscall} a file; ${reason}. Look at the options that name files`
  return `${error.path}: expected to ${explainCode('acts', syscall) ?? `${syscall} it`}; ${reason}`
}

import { CONNECTION_REMEDIES, describeFailure } from './describe-connection.ts'

/** Why a file or a folder cannot be used, by the code of Node. */
const FILE_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder, and not a file',
  ENOTDIR: 'a part of the path is a file, and not a folder',
  EEXIST: 'there is something of this name already',
  ENOTEMPTY: 'the folder is not empty',
  EACCES: 'this user has no right to it',
  EPERM: 'this user has no right to it',
  EROFS: 'its disk can only be read',
  ENOSPC: 'its disk is full',
  EFBIG: 'a file of it is as large as this process may make one',
  EDQUOT: 'this user has no more room on its disk',
  ELOOP: 'it is a link that leads to itself',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'this process has too many files open',
  ENFILE: 'this machine has too many files open',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8',
}

const UNKNOWN_AUTHORITY =
  'this program does not know who issued it. Name the file of that authority: in NODE_EXTRA_CA_CERTS, where no option takes it'

/** What a person does when a server's certificate is not taken, by the code of Node. */
const CERTIFICATE_REMEDIES: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED: 'it has ended. Ask who runs the server to renew it, and look at the clock of this machine.',
  CERT_NOT_YET_VALID: 'it has not begun. Look at the clock of this machine, and ask who runs the server.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name. Look at the name in the address, and ask who runs the server.',
}

/** What was tried, by the system call. */
const FILE_ACTS: Readonly<Record<string, string>> = {
  mkdir: 'make this folder',
  scandir: 'list this folder',
  opendir: 'list this folder',
  unlink: 'remove it',
  rmdir: 'remove it',
  rm: 'remove it',
  rename: 'rename it',
  chmod: 'change its rights',
}

/**
 * Says why a file or a folder cannot be used, for the end of a sentence: `it is a folder, and not a file (EISDIR)`.
 * @param error what Node threw. An error of something else, such as a parser, keeps its own message.
 */
export function describeFileError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as NodeJS.ErrnoException
  const reason = code === undefined ? undefined : FILE_REASONS[code]
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
  const reason = FILE_REASONS[code]
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
  const remedy = code === undefined ? undefined : CERTIFICATE_REMEDIES[code]
  if (remedy !== undefined) return `expected a certificate that holds; came «${error.message}» (${code}): ${remedy}`
  // A SQLSTATE begins with a digit, and no code of Node does.
  if (code !== undefined && /^\d/.test(code) && code in CONNECTION_REMEDIES)
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
  return `${error.path}: expected to ${FILE_ACTS[syscall] ?? `${syscall} it`}; ${reason}`
}

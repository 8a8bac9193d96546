import { MalformedAnswer } from './http1-errors.ts'

/** The headers of an answer, by lower-case names. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>

/** The body comes in chunks (RFC 9112, section 7.1). */
export const CHUNKED = -1

/** The body ends with the connection. */
export const UNTIL_CLOSE = -2

/** The head of an answer. */
export interface AnswerHead {
  readonly status: number
  readonly headers: AnswerHeaders
  /** The length of the body in bytes, {@link CHUNKED} or {@link UNTIL_CLOSE}. */
  readonly bodyLength: number
  /** How long the connection may rest after the answer, in milliseconds; 0 if it must be closed. */
  readonly restMs: number
}

/**
 * How long an idle connection stays open at most, in milliseconds. A server says by `Keep-Alive: timeout` after how long it closes one: a node
 * after 65 s. We leave earlier than the server.
 */
export const MAX_REST_MS = 60_000

/** The same for a server that says nothing: less than the 5 s after which many close their connections. */
export const SILENT_REST_MS = 4_000

/** How much earlier than the server we leave, in milliseconds. */
const LEAVE_EARLIER_MS = 1_000

/** A header's name is a token, and a value has no control characters (RFC 9110, section 5). No line is folded. */
const FIELDS = "(?:\\r\\n[!#$%&'*+\\-.^_`|~0-9A-Za-z]+:[\\t\\x20-\\x7e\\x80-\\xff]*)*"
const HEAD = new RegExp(`^HTTP/1\\.[01] [1-5][0-9]{2}(?: [\\t\\x20-\\x7e\\x80-\\xff]*)?${FIELDS}$`)
const TRAILERS = new RegExp(`^${FIELDS}$`)

/**
 * Reads the head of an answer strictly: what another reader could understand in another way is an error.
 * @param text the head as Latin-1, without the empty line at its end.
 * @throws {MalformedAnswer}
 */
export function readHead(text: string): AnswerHead {
  if (!HEAD.test(text)) throw new MalformedAnswer('expected the head of an answer in HTTP/1.1; came something else')
  const status = Number(text.slice(9, 12))
  const headers = readFields(text)
  const isOld = text.startsWith('HTTP/1.0')
  // Such an answer has no body, whatever its headers say.
  const isEmpty = status < 200 || status === 204 || status === 304
  const bodyLength = readBodyLength(headers, isOld)
  const mustClose = isOld || (isEmpty ? bodyLength > 0 || bodyLength === CHUNKED : bodyLength === UNTIL_CLOSE)
  return { status, headers, bodyLength: isEmpty ? 0 : bodyLength, restMs: mustClose ? 0 : restAfter(headers) }
}

/**
 * Checks the trailers of a chunked body, which nobody reads.
 * @param text the lines, each with the line break before it.
 * @throws {MalformedAnswer}
 */
export function checkTrailers(text: string): void {
  if (!TRAILERS.test(text)) throw new MalformedAnswer('expected trailers after the last chunk; came something else')
}

function readFields(text: string): AnswerHeaders {
  // A header may have any name, such as `__proto__`.
  const headers: Record<string, string | string[]> = Object.create(null)
  let end = text.indexOf('\r\n')
  while (end !== -1) {
    const start = end + 2
    const colon = text.indexOf(':', start)
    end = text.indexOf('\r\n', colon)
    const name = text.slice(start, colon).toLowerCase()
    const value = withoutBlanks(text, colon + 1, end === -1 ? text.length : end)
    const known = headers[name]
    if (known === undefined) headers[name] = value
    else if (typeof known === 'string') headers[name] = [known, value]
    else known.push(value)
  }
  return headers
}

/** Only space and tab may surround a value. What `trim` takes away besides them belongs to it. */
function withoutBlanks(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isBlank(text.charCodeAt(start))) start += 1
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/** The two headers that say where the body ends. Two that could be read in two ways are an error (RFC 9112, section 6.3). */
function readBodyLength(headers: AnswerHeaders, isOld: boolean): number {
  const coding = headers['transfer-encoding']
  const length = headers['content-length']
  if (coding !== undefined) {
    const isChunked = typeof coding === 'string' && coding.toLowerCase() === 'chunked'
    if (length !== undefined || isOld || !isChunked)
      throw new MalformedAnswer('expected a body that is chunked, or has a length; came another, or both')
    return CHUNKED
  }
  if (length === undefined) return UNTIL_CLOSE
  if (typeof length !== 'string' || !/^[0-9]{1,15}$/.test(length))
    throw new MalformedAnswer('expected one content-length, a number; came another, or several')
  return Number(length)
}

function restAfter(headers: AnswerHeaders): number {
  const { connection, 'keep-alive': hint } = headers
  if (connection !== undefined && connection !== 'keep-alive' && CLOSE.test(String(connection))) return 0
  if (hint === undefined) return SILENT_REST_MS
  const seconds = TIMEOUT.exec(String(hint))?.[1]
  if (seconds === undefined) return SILENT_REST_MS
  return Math.max(0, Math.min(MAX_REST_MS, Number(seconds) * 1_000 - LEAVE_EARLIER_MS))
}

const CLOSE = /(?:^|,)[\t ]*close[\t ]*(?:,|$)/i
const TIMEOUT = /(?:^|[\s,;])timeout=([0-9]{1,9})/i

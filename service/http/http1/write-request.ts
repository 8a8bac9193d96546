import type { Sending } from './connection.ts'

/** What may not be in the value of a header: it would end the header, or be read in several ways. */
const FORBIDDEN = /[^\t\x20-\x7e]/

/** From how many characters on a body is written into its request's bytes: a longer text would be joined, and then copied by node once more. */
const LONG_CHARACTERS = 100_000

/** A request as it is sent. */
export type RequestBytes = Pick<Sending, 'bytes' | 'encoding'>

/**
 * Writes what each post to one URL begins with: the request line and the headers that each has.
 * @param headers names and values in turn.
 */
export function openPost({ host, pathname, search }: URL, headers: readonly string[]): string {
  const opening = `POST ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`
  return opening + writeHeaders(headers)
}

/**
 * Writes a whole request, whose head and body go in one write.
 * @param opening what {@link openPost} returned, and perhaps lines of {@link writeHeaders}. Bytes of them that are kept need not be written again.
 * @param headers names and values in turn.
 * @throws {TypeError} if a header has a sign that may not be in it.
 */
export function writeRequest(
  opening: string | readonly Buffer[],
  headers: readonly string[],
  body: string | Buffer,
): RequestBytes {
  const length = Buffer.byteLength(body)
  const rest = `${writeHeaders(headers)}content-length: ${length}\r\n\r\n`
  if (typeof body === 'string' && typeof opening === 'string' && body.length < LONG_CHARACTERS)
    return { bytes: opening + rest + body, encoding: length === body.length ? 'latin1' : 'utf8' }
  const parts = typeof opening === 'string' ? [Buffer.from(opening, 'latin1')] : opening
  let at = 0
  for (const part of parts) at += part.length
  const bytes = Buffer.allocUnsafe(at + rest.length + length)
  at = 0
  for (const part of parts) at += part.copy(bytes, at)
  at += bytes.write(rest, at, 'latin1')
  if (typeof body === 'string') bytes.write(body, at, length === body.length ? 'latin1' : 'utf8')
  else body.copy(bytes, at)
  return { bytes, encoding: 'latin1' }
}

/**
 * Writes headers as lines, each with its line break.
 * @param headers names and values in turn.
 * @throws {TypeError} if a value has a sign that may not be in it.
 */
export function writeHeaders(headers: readonly string[]): string {
  let text = ''
  for (let at = 0; at < headers.length; at += 2) {
    const value = headers[at + 1] as string
    // The message does not quote the value, which may be a token.
    if (FORBIDDEN.test(value)) throw new TypeError(`expected visible ASCII in the header ${headers[at]}`)
    text += `${headers[at]}: ${value}\r\n`
  }
  return text
}

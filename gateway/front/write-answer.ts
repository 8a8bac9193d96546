import type { ServerResponse } from 'node:http'
import type { Language } from '../../contract/language.ts'
import { SAFE_HEADERS, varyOf } from '../../service/http/json-response.ts'
import { releaseBytes } from '../../service/http/release-bytes.ts'
import type { HttpAnswer } from './arrived-operation.ts'

/** The header that names a request for the client, the operator's log and the audit log. Its value is the id of the request's entry. */
export const REQUEST_ID_HEADER = 'Istmo-Request-Id'

const SAFE = Object.entries(SAFE_HEADERS).flat()

/**
 * Writes an answer, unless its client is gone. It gives all headers to node:http at once, in a flat list: so node keeps no table of them, which it would
 * make for the first header that is set by itself.
 */
export function writeAnswer(
  response: ServerResponse,
  { status, headers, body, encoding = 'utf8' }: HttpAnswer,
  requestId: string,
  language: Language,
): void {
  if (response.headersSent || response.destroyed) return
  const head = [REQUEST_ID_HEADER, requestId, 'content-language', language, 'vary', varyOf(response), ...SAFE]
  head.push('content-length', String(lengthOf(body, encoding)))
  for (const name of Object.keys(headers)) head.push(name, headers[name] ?? '')
  response.writeHead(status, head)
  if (typeof body === 'string') response.end(body, encoding)
  else writeParts(response, body)
}

function lengthOf(body: HttpAnswer['body'], encoding: BufferEncoding): number {
  return typeof body === 'string'
    ? Buffer.byteLength(body, encoding)
    : body.reduce((length, part) => length + part.length, 0)
}

/** Writes all parts in one system call, as they are: node copies a text once more, but no bytes. */
function writeParts(response: ServerResponse, parts: readonly Buffer[]): void {
  response.cork()
  for (const part of parts) response.write(part)
  response.end(() => {
    for (const part of parts) releaseBytes(part)
  })
}

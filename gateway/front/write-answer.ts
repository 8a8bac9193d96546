import type { ServerResponse } from 'node:http'
import type { Language } from '../../contract/language.ts'
import { SAFE_HEADERS, varyOf } from '../../service/http/json-response.ts'
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
  { status, headers, body }: HttpAnswer,
  requestId: string,
  language: Language,
): void {
  if (response.headersSent || response.destroyed) return
  const head = [REQUEST_ID_HEADER, requestId, 'content-language', language, 'vary', varyOf(response), ...SAFE]
  head.push('content-length', String(Buffer.byteLength(body)))
  for (const name of Object.keys(headers)) head.push(name, headers[name] ?? '')
  response.writeHead(status, head)
  response.end(body)
}

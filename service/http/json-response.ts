import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { DPOP_ALGORITHMS } from '../../contract/access-token.ts'
import { ERRORS, type ErrorCode, IstmoError } from '../../contract/errors.ts'

const BEARER = 'Bearer realm="istmo"'
const DPOP = `DPoP realm="istmo", algs="${DPOP_ALGORITHMS.join(' ')}"`

/** The challenges that a 401 must carry (RFC 6750 section 3, RFC 9449 section 7.1): without a token no error is named. */
const CHALLENGES: Partial<Record<ErrorCode, readonly string[]>> = {
  TOKEN_MISSING: [BEARER, DPOP],
  TOKEN_INVALID: [`${BEARER}, error="invalid_token"`, `${DPOP}, error="invalid_token"`],
  PROOF_INVALID: [`${BEARER}, error="invalid_token"`, `${DPOP}, error="invalid_dpop_proof"`],
}

/** Sends `value` as JSON. Nothing of the gateway's is to be kept by a cache or read as another type. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: OutgoingHttpHeaders = {},
): void {
  sendText(response, status, `${JSON.stringify(value)}\n`, {
    'content-type': 'application/json; charset=utf-8',
    ...headers,
  })
}

/** Sends a text whose type stands in `headers`. */
export function sendText(response: ServerResponse, status: number, text: string, headers: OutgoingHttpHeaders): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(text),
    ...headers,
  })
  response.end(text)
}

/** Sends an error in the form of a GraphQL response without data, under its code's status. */
export function sendError(response: ServerResponse, error: IstmoError, headers: OutgoingHttpHeaders = {}): void {
  const challenge = CHALLENGES[error.code]
  sendJson(response, error.status, toErrorBody(error), {
    ...(challenge === undefined ? {} : { 'www-authenticate': [...challenge] }),
    ...(error.retryAfterSeconds === null ? {} : { 'retry-after': String(error.retryAfterSeconds) }),
    ...headers,
  })
}

/** The body of an error: `{ errors: [{ message, extensions: { code } }] }`. */
export function toErrorBody(error: IstmoError): { errors: [{ message: string; extensions: { code: ErrorCode } }] } {
  return { errors: [{ message: error.message, extensions: { code: error.code } }] }
}

/** What a caller may see of anything that was thrown: our own errors as they are, any other as INTERNAL. */
export function maskError(error: unknown): IstmoError {
  return error instanceof IstmoError ? error : new IstmoError('INTERNAL', undefined, { cause: error })
}

/** The registry's sentence for a code, where the message that came with it is not ours to show. */
export function meaningOf(code: ErrorCode): string {
  return ERRORS[code].meaning
}

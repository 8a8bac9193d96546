import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { DPOP_ALGORITHMS } from '../../contract/access-token.ts'
import { ERRORS, type ErrorCode, IstmoError } from '../../contract/errors.ts'

const BEARER = 'Bearer realm="istmo"'
const DPOP = `DPoP realm="istmo", algs="${DPOP_ALGORITHMS.join(' ')}"`

/** The challenges that a 401 must carry (RFC 6750 section 3, RFC 9449 section 7.1). Without a token, they name no error. */
const CHALLENGES: Partial<Record<ErrorCode, readonly string[]>> = {
  TOKEN_MISSING: [BEARER, DPOP],
  TOKEN_INVALID: [`${BEARER}, error="invalid_token"`, `${DPOP}, error="invalid_token"`],
  PROOF_INVALID: [`${BEARER}, error="invalid_token"`, `${DPOP}, error="invalid_dpop_proof"`],
}

/** Sends `value` as JSON. No cache may store an answer of ours, and no client may read it as another type. */
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

/** Sends a text. `headers` has its content type. */
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

/** Sends an error as a GraphQL response without data, with the HTTP status of its code. */
export function sendError(response: ServerResponse, error: IstmoError, headers: OutgoingHttpHeaders = {}): void {
  const challenge = CHALLENGES[error.code]
  sendJson(response, error.status, toErrorBody(error), {
    ...(challenge === undefined ? {} : { 'www-authenticate': [...challenge] }),
    ...(error.retryAfterSeconds === null ? {} : { 'retry-after': String(error.retryAfterSeconds) }),
    ...headers,
  })
}

/** Returns the body of an error: `{ errors: [{ message, extensions: { code } }] }`. */
export function toErrorBody(error: IstmoError): { errors: [{ message: string; extensions: { code: ErrorCode } }] } {
  return { errors: [{ message: error.message, extensions: { code: error.code } }] }
}

/** Returns the error that a caller may see for anything that was thrown: our own errors unchanged, any other as INTERNAL. */
export function maskError(error: unknown): IstmoError {
  return error instanceof IstmoError ? error : new IstmoError('INTERNAL', undefined, { cause: error })
}

/** Returns the registry's sentence for a code, for use when the original message must not be shown. */
export function meaningOf(code: ErrorCode): string {
  return ERRORS[code].meaning
}

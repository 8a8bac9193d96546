import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { DPOP_ALGORITHMS } from '../../contract/access-token.ts'
import { meaningOf, wordError } from '../../contract/error-message.ts'
import { type ErrorCode, IstmoError } from '../../contract/errors.ts'
import type { Language } from '../../contract/language.ts'
import { NonceRequiredError } from '../authenticate/credentials.ts'

/** The header with the nonce for the next DPoP proof (RFC 9449 section 8). */
export const NONCE_HEADER = 'DPoP-Nonce'

const BEARER = 'Bearer realm="istmo"'
const DPOP = `DPoP realm="istmo", algs="${DPOP_ALGORITHMS.join(' ')}"`

/** The errors of RFC 6750 section 3.1 and RFC 9449 section 7.1 for a 401 of ours, by scheme. Without a token, a challenge names none. */
const CHALLENGES: Partial<Record<ErrorCode, { readonly bearer: string | null; readonly dpop: string | null }>> = {
  TOKEN_MISSING: { bearer: null, dpop: null },
  TOKEN_EXPIRED: { bearer: 'invalid_token', dpop: 'invalid_token' },
  TOKEN_INVALID: { bearer: 'invalid_token', dpop: 'invalid_token' },
  PROOF_INVALID: { bearer: 'invalid_token', dpop: 'invalid_dpop_proof' },
  NONCE_REQUIRED: { bearer: null, dpop: 'use_dpop_nonce' },
}

/**
 * Returns the challenges that a 401 must carry (RFC 6750 section 3, RFC 9449 section 7.1); null if the code needs none. The description is
 * the registry's sentence in English, because RFC 6750 allows only ASCII. It has no detail, so it is the same for every token that is not
 * valid.
 */
export function challengesOf(code: ErrorCode): readonly string[] | null {
  const errors = CHALLENGES[code]
  if (errors === undefined) return null
  const write = (scheme: string, error: string | null): string =>
    error === null ? scheme : `${scheme}, error="${error}", error_description="${describe(code)}"`
  return [write(BEARER, errors.bearer), write(DPOP, errors.dpop)]
}

/** Writes a sentence of the registry with the characters that RFC 6750 section 3 allows in `error_description`. */
function describe(code: ErrorCode): string {
  return meaningOf(code)
    .replaceAll('’', "'")
    .replaceAll(/[^\x20-\x21\x23-\x5B\x5D-\x7E]/g, '')
}

/** What each answer says: no cache may store it, and no client may read it as another type. */
export const SAFE_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' } as const

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

/**
 * Sends a text. `headers` has its content type.
 * @param encoding `latin1` if the text has one character for each byte of UTF-8.
 */
export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: OutgoingHttpHeaders,
  encoding: 'utf8' | 'latin1' = 'utf8',
): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, {
    ...SAFE_HEADERS,
    'content-length': Buffer.byteLength(text, encoding),
    ...headers,
  })
  response.end(text, encoding)
}

/** Says in which language the answer is, and that another request header may give another one (RFC 9110 sections 8.5 and 12.5.5). */
export function setLanguage(response: ServerResponse, language: Language): void {
  if (response.headersSent) return
  response.setHeader('content-language', language)
  response.setHeader('vary', varyOf(response))
}

/** Returns the value of `Vary`, with the language and what the response varies by already. */
export function varyOf(response: ServerResponse): string {
  const others = response.getHeader('vary')
  return others === undefined ? 'Accept-Language' : `${others}, Accept-Language`
}

/** Sends an error as a GraphQL response without data, in the words of `language`, with the HTTP status of its code. */
export function sendError(
  response: ServerResponse,
  error: IstmoError,
  language: Language,
  headers: OutgoingHttpHeaders = {},
): void {
  setLanguage(response, language)
  sendJson(response, error.status, toErrorBody(error, language), { ...headersOfError(error), ...headers })
}

/** Returns the headers that an error's answer must have: challenges, the nonce for the next proof, and when to try again. */
export function headersOfError(error: IstmoError): Readonly<Record<string, string | string[]>> {
  const challenges = challengesOf(error.code)
  return {
    ...(challenges === null ? {} : { 'www-authenticate': [...challenges] }),
    ...(error instanceof NonceRequiredError && { [NONCE_HEADER]: error.nonce }),
    ...(error.retryAfterSeconds === null ? {} : { 'retry-after': String(error.retryAfterSeconds) }),
  }
}

/** Returns the body of an error, in the words of `language`: `{ errors: [{ message, extensions: { code } }] }`. */
export function toErrorBody(
  error: IstmoError,
  language: Language,
): { errors: [{ message: string; extensions: { code: ErrorCode } }] } {
  return { errors: [{ message: wordError(error, language), extensions: { code: error.code } }] }
}

/** Returns the error that a caller may see for anything that was thrown: our own errors unchanged, any other as INTERNAL. */
export function maskError(error: unknown): IstmoError {
  return error instanceof IstmoError ? error : new IstmoError('INTERNAL', undefined, { cause: error })
}

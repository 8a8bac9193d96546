import type { IncomingMessage, ServerResponse } from 'node:http'

/** How long a browser may cache the answer to a preflight request, in seconds. */
const MAX_AGE_S = '600'

/**
 * The request headers that a page may send, in small letters: those that the gateway reads, and those that common libraries add. A browser
 * sends nothing at all if one of its request's headers is not here. `tests/headers` compares the list with the code.
 */
export const ALLOWED_HEADERS: readonly string[] = [
  'authorization',
  'content-type',
  'content-encoding',
  'dpop',
  'istmo-mandate',
  'istmo-question',
  'istmo-evidence',
  'istmo-dry-run',
  'istmo-log-proof',
  // Apollo Server wants one of these two with a GET.
  'apollo-require-preflight',
  'x-apollo-operation-name',
  // Apollo Client adds its name and version if they are set.
  'apollographql-client-name',
  'apollographql-client-version',
  // W3C Trace Context
  'traceparent',
  'tracestate',
]

/** The response headers that a page may read, besides those that the Fetch standard always shows (CORS-safelisted response-header name). */
export const EXPOSED_HEADERS: readonly string[] = [
  'Allow',
  'DPoP-Nonce',
  'Istmo-Log-Proof',
  'Istmo-Request-Id',
  'Retry-After',
  'WWW-Authenticate',
]

/**
 * Lets pages of the listed origins read answers (Fetch standard, CORS protocol). It never allows credentials, because only a token
 * identifies a caller.
 * @returns whether the request was a preflight request. If so, it is already answered.
 */
export function answerCors(
  origins: readonly string[],
  methods: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (origins.length === 0) return false
  // A cache must not serve one origin's answer to another.
  response.setHeader('vary', 'Origin')
  const { origin } = request.headers
  if (origin === undefined || !origins.includes(origin)) return false
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('access-control-expose-headers', EXPOSED_HEADERS.join(', '))
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false
  response.writeHead(204, {
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': ALLOWED_HEADERS.join(', '),
    'access-control-max-age': MAX_AGE_S,
    'cache-control': 'no-store',
  })
  response.end()
  return true
}

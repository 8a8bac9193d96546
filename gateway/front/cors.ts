import type { IncomingMessage, ServerResponse } from 'node:http'

/** How long a browser may keep the answer to its question, in seconds. */
const MAX_AGE_S = '600'

/** The request headers that a page may send. */
const ALLOWED_HEADERS = 'authorization, content-type, apollo-require-preflight, dpop, istmo-mandate'

/**
 * Lets pages of the origins on the list read answers (Fetch standard, CORS protocol). Never with credentials: a caller is known by
 * its token alone. Answers whether the request was a page's question about what it may send, which is answered by then.
 */
export function answerCors(
  origins: readonly string[],
  methods: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (origins.length === 0) return false
  // A cache must not give one origin the answer of another.
  response.setHeader('vary', 'Origin')
  const { origin } = request.headers
  if (origin === undefined || !origins.includes(origin)) return false
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('access-control-expose-headers', 'Istmo-Request-Id, Retry-After, WWW-Authenticate')
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false
  response.writeHead(204, {
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': ALLOWED_HEADERS,
    'access-control-max-age': MAX_AGE_S,
    'cache-control': 'no-store',
  })
  response.end()
  return true
}

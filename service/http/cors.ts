import type { IncomingMessage, ServerResponse } from 'node:http'

/** How long a browser may cache the answer to a preflight request, in seconds. */
const MAX_AGE_S = '600'

/** What pages of other origins may do. */
export interface CorsRules {
  /** The origins of these pages, compared character by character. */
  readonly origins: readonly string[]
  readonly methods: readonly string[]
  /** The request headers that a page may send, besides those that the Fetch standard always allows. */
  readonly allowed: readonly string[]
  /** The response headers that a page may read, besides those that the Fetch standard always shows. */
  readonly exposed: readonly string[]
}

/**
 * Lets pages of the listed origins read answers (Fetch standard, CORS protocol). It never allows credentials, because only a token
 * identifies a caller.
 * @returns whether the request was a preflight request. If so, it is already answered.
 */
export function answerCors(
  { origins, methods, allowed, exposed }: CorsRules,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (origins.length === 0) return false
  // A cache must not serve one origin's answer to another.
  response.setHeader('vary', 'Origin')
  const { origin } = request.headers
  if (origin === undefined || !origins.includes(origin)) return false
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('access-control-expose-headers', exposed.join(', '))
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false
  response.writeHead(204, {
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': allowed.join(', '),
    'access-control-max-age': MAX_AGE_S,
    'cache-control': 'no-store',
  })
  response.end()
  return true
}

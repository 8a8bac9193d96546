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

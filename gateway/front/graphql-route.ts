import type { IncomingMessage, ServerResponse } from 'node:http'
import { HeaderMap, type HTTPGraphQLRequest } from '@apollo/server'
import { ERRORS, type ErrorCode } from '../../contract/errors.ts'
import type { Authenticate, RequestContext } from '../flow.ts'
import { type Admission, admitDocument } from './admit-document.ts'
import { credentialsOf } from './credentials.ts'
import { sendText } from './json-response.ts'
import type { OperationServer } from './operation-server.ts'
import { readJsonBody } from './read-body.ts'

/** What the GraphQL route needs. */
export interface GraphQLRouteOptions {
  readonly server: OperationServer
  readonly authenticate: Authenticate
  /** Left out: everybody is let in, with everything. */
  readonly admission?: Admission
  /** How long a request may take from its arrival to its answer, in milliseconds. */
  readonly requestDeadlineMs: number
}

/**
 * Answers a GraphQL-over-HTTP request: first who asks, then what. Gives the code where the whole was refused.
 * Rejects with {IstmoError} where the request is refused before Apollo Server sees it.
 */
export async function answerGraphQL(
  options: GraphQLRouteOptions,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<ErrorCode | null> {
  const deadlineAt = performance.now() + options.requestDeadlineMs
  const hangup = hangupOf(response)
  const authenticated = await options.authenticate(credentialsOf(request))
  await options.admission?.request(authenticated.caller, request.socket.remoteAddress ?? '')
  const body = request.method === 'POST' ? await readJsonBody(request) : undefined
  const context: RequestContext = { requestId, ...authenticated, isDryRun: isDryRun(request), hangup, deadlineAt }
  const asked = toApolloRequest(request, body)
  const admitted = options.admission ? admitDocument(options.admission, asked) : asked
  const answer = await options.server.execute(admitted, context)
  if (answer.body.kind !== 'complete') throw new TypeError('expected a complete body; came a chunked one')
  sendText(response, answer.status ?? 200, answer.body.string, Object.fromEntries(answer.headers))
  return (answer.status ?? 200) < 400 ? null : codeIn(answer.body.string)
}

/** The header `Istmo-Dry-Run: ?1`, an RFC 9651 boolean: anyone may ask what would be denied. */
function isDryRun(request: IncomingMessage): boolean {
  return request.headers['istmo-dry-run'] === '?1'
}

/** The first error's code in a refusal, which is small. */
function codeIn(body: string): ErrorCode {
  const { errors } = JSON.parse(body) as { errors: { extensions: { code: string } }[] }
  const code = errors[0]?.extensions.code ?? ''
  return Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'INTERNAL'
}

function toApolloRequest(request: IncomingMessage, body: unknown): HTTPGraphQLRequest {
  const headers = new HeaderMap()
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  const url = request.url ?? ''
  const queryAt = url.indexOf('?')
  return { method: request.method ?? '', headers, search: queryAt === -1 ? '' : url.slice(queryAt), body }
}

/** Aborts when the connection closes before the whole answer was handed to it. */
function hangupOf(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) controller.abort()
  })
  return controller.signal
}

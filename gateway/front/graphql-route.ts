import type { IncomingMessage, ServerResponse } from 'node:http'
import { HeaderMap, type HTTPGraphQLRequest, type HTTPGraphQLResponse } from '@apollo/server'
import { ERRORS, type ErrorCode, IstmoError } from '../../contract/errors.ts'
import type { Authenticate, Authenticated } from '../../service/authenticate/credentials.ts'
import { credentialsOf } from '../../service/http/credentials.ts'
import { maskError, sendText } from '../../service/http/json-response.ts'
import { readJsonBody } from '../../service/http/read-body.ts'
import type { EndedRequest, RequestAuditLog, RequestContext } from '../types/flow.ts'
import { type Admission, admitDocument } from './admit-document.ts'
import type { OperationServer } from './operation-server.ts'

/** What the GraphQL route needs. */
export interface GraphQLRouteOptions {
  readonly server: OperationServer
  readonly authenticate: Authenticate
  /** Left out: everybody is let in, with everything. */
  readonly admission?: Admission
  /** How long a request may take from its arrival to its answer, in milliseconds. */
  readonly requestDeadlineMs: number
  /** Left out: nothing is recorded. */
  readonly auditLog?: RequestAuditLog
}

/**
 * Answers a GraphQL-over-HTTP request: first who asks, then what. Gives the code where the whole was refused. Where there is a auditLog,
 * the answer leaves when its entry is durable.
 * Rejects with {IstmoError} where the request is refused before Apollo Server sees it.
 */
export async function answerGraphQL(
  options: GraphQLRouteOptions,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<ErrorCode | null> {
  const arrivedAt = performance.now()
  const deadlineAt = arrivedAt + options.requestDeadlineMs
  const hangup = hangupOf(response)
  const { auditLog } = options
  const authenticated = await authenticate(options, request)
  const trail = auditLog?.begin()
  const asked = { requestId, ...authenticated, isDryRun: isDryRun(request), hangup, deadlineAt }
  const context: RequestContext = { ...asked, ...(trail && { trail }) }
  const leave = (status: number, codes: readonly string[]): Promise<void> =>
    leaveEntry(auditLog, { context, status, codes, durationMs: Math.round(performance.now() - arrivedAt) })
  const {
    status = 200,
    body,
    headers,
  } = await operate(options, request, context).catch(async (error: unknown) => {
    const shown = maskError(error)
    await leave(shown.status, [shown.code])
    throw error
  })
  if (body.kind !== 'complete') throw new TypeError('expected a complete body; came a chunked one')
  await leave(status, trail?.codes ?? (auditLog === undefined ? [] : codesIn(body.string)))
  sendText(response, status, body.string, Object.fromEntries(headers))
  return status < 400 ? null : codeIn(body.string)
}

async function authenticate(options: GraphQLRouteOptions, request: IncomingMessage): Promise<Authenticated> {
  const { auditLog } = options
  try {
    if (auditLog?.isWritable() === false) throw new IstmoError('RECORD_UNAVAILABLE')
    return await options.authenticate(credentialsOf(request))
  } catch (error) {
    auditLog?.countRejection(maskError(error).code)
    throw error
  }
}

async function operate(
  { admission, server }: GraphQLRouteOptions,
  request: IncomingMessage,
  context: RequestContext,
): Promise<HTTPGraphQLResponse> {
  await admission?.request(context.caller, request.socket.remoteAddress ?? '')
  const body = request.method === 'POST' ? await readJsonBody(request) : undefined
  const asked = toApolloRequest(request, body)
  return server.execute(admission ? admitDocument(admission, asked) : asked, context)
}

/** A stranger's refusal is counted, off the answer's path: whoever could fill the disk with entries could stop the gateway. */
async function leaveEntry(auditLog: RequestAuditLog | undefined, ended: EndedRequest): Promise<void> {
  if (auditLog === undefined) return
  const [code] = ended.codes
  if (ended.context.caller === null && ended.status >= 400) {
    auditLog.countRejection(code === undefined ? 'INTERNAL' : knownCode(code))
    return
  }
  await auditLog.end(ended).catch((cause: unknown) => {
    throw new IstmoError('RECORD_UNAVAILABLE', undefined, { cause })
  })
}

/** The header `Istmo-Dry-Run: ?1`, an RFC 9651 boolean: anyone may ask what would be denied. */
function isDryRun(request: IncomingMessage): boolean {
  return request.headers['istmo-dry-run'] === '?1'
}

/** The first error's code in a refusal, which is small. */
function codeIn(body: string): ErrorCode {
  return knownCode(codesIn(body)[0] ?? '')
}

function knownCode(code: string): ErrorCode {
  return Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'INTERNAL'
}

/** The codes of an answer that no operation gave: Apollo Server's own refusals. */
function codesIn(body: string): readonly string[] {
  const { errors = [] } = JSON.parse(body) as { errors?: { extensions: { code: string } }[] }
  return errors.map(({ extensions }) => extensions.code)
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

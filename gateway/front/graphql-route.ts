import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller } from '../../contract/access-token.ts'
import { ERRORS, type ErrorCode, IstmoError } from '../../contract/errors.ts'
import { createHangup, type Hangup } from '../../contract/hangup.ts'
import { chooseLanguage } from '../../contract/language.ts'
import {
  type AskedRequest,
  type Authenticate,
  type Authenticated,
  MisuseError,
  type TakeQuestion,
} from '../../service/authenticate/credentials.ts'
import { credentialsOf } from '../../service/http/credentials.ts'
import { headerLines } from '../../service/http/header-lines.ts'
import { maskError, NONCE_HEADER, sendText, setLanguage } from '../../service/http/json-response.ts'
import { readJsonBody } from '../../service/http/read-body.ts'
import type { EndedRequest, RequestAuditLog, RequestContext, WrittenRequest } from '../types/flow.ts'
import { type Admission, admitDocument } from './admit-document.ts'
import { type ArrivedOperation, arrivedOperation, type HttpAnswer } from './arrived-operation.ts'
import { createEvidence } from './leg-evidence.ts'
import type { OperationServer } from './operation-server.ts'

/** What {@link answerGraphQL} works with. */
export interface GraphQLRouteOptions {
  readonly server: OperationServer
  readonly authenticate: Authenticate
  /** Takes the statements of signed questions. Without it, a request with a statement is answered as if it had none. */
  readonly takeQuestion?: TakeQuestion
  /** Without it, every request is admitted. */
  readonly admission?: Admission
  /** How long a request may take from its arrival to its answer, in milliseconds. */
  readonly requestDeadlineMs: number
  /** Without it, the gateway writes no entries. */
  readonly auditLog?: RequestAuditLog
}

/**
 * Answers a GraphQL-over-HTTP request. It verifies the caller first, then reads the operation. With an audit log, the answer leaves
 * when its entry is durable. Rejects with {IstmoError} if the request is rejected before Apollo Server sees it.
 * @returns the error code if the request was rejected as a whole, else null.
 */
export async function answerGraphQL(
  options: GraphQLRouteOptions,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<ErrorCode | null> {
  const arrivedAt = performance.now()
  const deadlineAt = arrivedAt + options.requestDeadlineMs
  const hangup = watchHangup(response)
  const { auditLog } = options
  const { nextNonce, ...authenticated } = await authenticate(options, request, requestId)
  if (nextNonce !== undefined) response.setHeader(NONCE_HEADER, nextNonce)
  const settle = reserveEntry(options, authenticated.caller, request)
  const trail = auditLog?.begin()
  const language = chooseLanguage(request.headers['accept-language'])
  const evidence = wantsEvidence(request, authenticated.caller) ? { evidence: createEvidence(trail?.salt) } : {}
  const base = { requestId, ...authenticated, language, isDryRun: isDryRun(request), hangup, deadlineAt }
  const asking: Asking = { context: { ...base, ...evidence, ...(trail && { trail }) } }
  const writeEnd = async (status: number, codes: readonly string[]): Promise<void> => {
    const durationMs = Math.round(performance.now() - arrivedAt)
    const { context } = asking
    const { bytes, prove } = await writeEntry(auditLog, { context, status, codes, durationMs })
    settle(bytes)
    const isAsked = context.caller !== null && request.headers['istmo-log-proof'] === '?1'
    if (isAsked && prove !== null) response.setHeader('Istmo-Log-Proof', await prove().catch(throwUnrecorded))
  }
  let answer: HttpAnswer
  try {
    answer = await operate(options, request, asking)
  } catch (error) {
    const shown = maskError(error)
    if (error instanceof MisuseError) await noteMisuse(auditLog, requestId, error)
    await writeEnd(shown.status, [shown.code])
    throw error
  }
  const { status, headers, body, encoding } = answer
  if (auditLog !== undefined) await writeEnd(status, trail?.codes ?? readCodes(body))
  setLanguage(response, language)
  sendText(response, status, body, headers, encoding)
  return status < 400 ? null : readCode(body)
}

async function authenticate(
  options: GraphQLRouteOptions,
  request: IncomingMessage,
  requestId: string,
): Promise<Authenticated> {
  const { auditLog } = options
  try {
    if (auditLog?.isWritable() === false) throw new IstmoError('RECORD_UNAVAILABLE')
    return await options.authenticate(credentialsOf(request))
  } catch (error) {
    if (!(error instanceof MisuseError)) auditLog?.countRejection(maskError(error).code)
    else await noteMisuse(auditLog, requestId, error)
    throw error
  }
}

/** Writes an entry of its own about a misuse, or counts it: beside the request's entry, a search for misuses finds it. */
async function noteMisuse(
  auditLog: RequestAuditLog | undefined,
  requestId: string,
  { noted }: MisuseError,
): Promise<void> {
  await auditLog?.noteMisuse({ requestId, ...noted }).catch(throwUnrecorded)
}

/**
 * Reserves room in the audit log for the entry of a request without a token.
 * @throws {IstmoError} `RATE_LIMITED` if requests without a token have used up theirs.
 */
function reserveEntry(
  { admission, auditLog }: GraphQLRouteOptions,
  caller: Caller | null,
  request: IncomingMessage,
): (bytes: number) => void {
  if (caller !== null || auditLog === undefined || admission === undefined) return () => undefined
  try {
    return admission.reserveEntry(request.socket.remoteAddress ?? '')
  } catch (error) {
    auditLog.countRejection(maskError(error).code)
    throw error
  }
}

function throwUnrecorded(cause: unknown): never {
  throw new IstmoError('RECORD_UNAVAILABLE', undefined, { cause })
}

/** A request on its way. Its statement comes with its body, and replaces the grounds that it came with. */
interface Asking {
  context: RequestContext
}

async function operate(
  { admission, server, takeQuestion }: GraphQLRouteOptions,
  request: IncomingMessage,
  asking: Asking,
): Promise<HttpAnswer> {
  const { context } = asking
  const address = request.socket.remoteAddress ?? ''
  await admission?.request(context.caller, address)
  const body = request.method === 'POST' ? await readJsonBody(request) : undefined
  const arrived = arrivedOperation(request, body)
  // Only now, because a client may take long to send its body.
  const leave = admission?.enter(context.caller, address)
  try {
    const admitted = admission ? admitDocument(admission, arrived) : arrived
    const taken = (await takeQuestion?.(readAsked(request, body, admitted), context)) ?? null
    if (taken !== null) {
      const { question: statement, ...grounds } = taken
      asking.context = { ...context, ...grounds, question: { statement, document: queryOf(admitted) } }
    }
    return await server.execute(admitted, asking.context)
  } finally {
    leave?.()
  }
}

/** Collects what decides about the statement of a request. `admitted`: the request with a trusted document's text in place of its id. */
function readAsked(request: IncomingMessage, body: unknown, admitted: ArrivedOperation): AskedRequest {
  const headers = headerLines(request, 'istmo-question')
  const statesGrounds = request.headers['istmo-mandate'] !== undefined
  return { headers, body, document: queryOf(admitted), statesGrounds }
}

function queryOf({ body }: ArrivedOperation): string {
  const query = typeof body === 'object' && body !== null && 'query' in body ? body.query : undefined
  return typeof query === 'string' ? query : ''
}

const NOT_WRITTEN: WrittenRequest = { bytes: 0, prove: null }

/**
 * Writes the request's entry, if it has one. The audit log only counts a rejected request without a caller: otherwise a stranger could fill the disk
 * with entries and so stop the gateway.
 */
async function writeEntry(auditLog: RequestAuditLog | undefined, ended: EndedRequest): Promise<WrittenRequest> {
  if (auditLog === undefined) return NOT_WRITTEN
  const [code] = ended.codes
  if (ended.context.caller === null && ended.status >= 400) {
    auditLog.countRejection(code === undefined ? 'INTERNAL' : toErrorCode(code))
    return NOT_WRITTEN
  }
  return auditLog.end(ended).catch(throwUnrecorded)
}

/** Reads the header `Istmo-Dry-Run: ?1`, an RFC 9651 boolean. Every caller may ask what would be denied. */
function isDryRun(request: IncomingMessage): boolean {
  return request.headers['istmo-dry-run'] === '?1'
}

/** Reads the header `Istmo-Evidence: legs`. Only a caller gets evidence: it is several times as large as the answer. */
function wantsEvidence(request: IncomingMessage, caller: Caller | null): boolean {
  return caller !== null && request.headers['istmo-evidence'] === 'legs'
}

/** Reads the code of the first error in a rejection, whose body is small. */
function readCode(body: string): ErrorCode {
  return toErrorCode(readCodes(body)[0] ?? '')
}

function toErrorCode(code: string): ErrorCode {
  return Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'INTERNAL'
}

/** Reads the codes of an answer in which Apollo Server itself rejects the request. */
function readCodes(body: string): readonly string[] {
  const { errors = [] } = JSON.parse(body) as { errors?: { extensions: { code: string } }[] }
  return errors.map(({ extensions }) => extensions.code)
}

/** The client hangs up if the connection closes before the complete answer is written to it. */
function watchHangup(response: ServerResponse): Hangup {
  const hangup = createHangup()
  response.once('close', () => {
    if (!response.writableFinished) hangup.hangUp()
  })
  return hangup
}

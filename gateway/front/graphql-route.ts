import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Caller } from '../../contract/access-token.ts'
import { type Detail, detail } from '../../contract/error-details.ts'
import { type ErrorCode, IstmoError } from '../../contract/errors.ts'
import { createHangup, type Hangup } from '../../contract/hangup.ts'
import { chooseLanguage, type Language } from '../../contract/language.ts'
import { deriveQuestionSalt } from '../../contract/leg-salt.ts'
import {
  type AskedRequest,
  type Authenticate,
  type Authenticated,
  type Credentials,
  MisuseError,
  type TakeQuestion,
} from '../../service/authenticate/credentials.ts'
import { credentialsOf } from '../../service/http/credentials.ts'
import { endOfTurn } from '../../service/http/end-of-turn.ts'
import { headerLines } from '../../service/http/header-lines.ts'
import { maskError, NONCE_HEADER } from '../../service/http/json-response.ts'
import { readJsonBody, takeJsonBody } from '../../service/http/read-body.ts'
import type { RequestContext, Trail } from '../types/flow.ts'
import type { Admission } from '../types/front.ts'
import type { Evidence, LegEvidence } from '../types/question.ts'
import type { EndedRequest, RequestAuditLog, WrittenRequest } from '../types/request-log.ts'
import { admitDocument } from './admit-document.ts'
import { type ArrivedOperation, arrivedOperation } from './arrived-operation.ts'
import type { OperationServer } from './graphql-server.ts'
import { firstCodeOf, toErrorCode } from './rejection-codes.ts'
import { writeAnswer } from './write-answer.ts'

/** What {@link answerGraphQL} works with. */
export interface GraphQLRouteOptions extends AnsweringOptions {
  readonly server: OperationServer
}

/** What {@link answerRequest} works with. */
export interface AnsweringOptions {
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

/** A request of somebody who is not known yet. Its HTTP is read by the gateway's own server, or by a server that embeds the gateway. */
export interface IncomingRequest {
  readonly requestId: string
  /** When it arrived, in milliseconds of `performance.now()`. Its deadline and its duration count from then. */
  readonly arrivedAt: number
  readonly credentials: Credentials
  /** By their names in small letters. */
  readonly headers: IncomingHttpHeaders
  /** The values of the header `Istmo-Question`, one for each header line. */
  readonly statements: readonly string[]
  /** The address that it comes from; empty if nobody knows it. */
  readonly address: string
  /** The language of the answer's messages. */
  readonly language: Language
  readonly hangup: Hangup
  /** Reads what it asks: at once, if that came with the head. A client may take long to send it. */
  readonly read: () => ArrivedOperation | Promise<ArrivedOperation>
  /** Sets a header of the answer. */
  readonly setHeader: (name: string, value: string) => void
}

/** How an operation is run, and how its answer is read for the request's entry. */
export interface Operating<Answer> {
  execute(arrived: ArrivedOperation, context: RequestContext): Promise<Answer>
  /** Lists the codes of the errors with which it was rejected before it ran. */
  codesOf(answer: Answer): readonly string[]
}

/**
 * Answers a GraphQL-over-HTTP request. Rejects with {IstmoError} if the request is rejected before Apollo Server sees it.
 * @returns the error code if the request was rejected as a whole, else null.
 */
export async function answerGraphQL(
  options: GraphQLRouteOptions,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<ErrorCode | null> {
  // Now, because the end of the turn may come late when many requests arrive.
  const arrivedAt = performance.now()
  const { headers } = request
  const language = chooseLanguage(headers['accept-language'])
  const incoming: IncomingRequest = {
    requestId,
    arrivedAt,
    credentials: credentialsOf(request),
    headers,
    statements: headerLines(request, 'istmo-question'),
    address: request.socket.remoteAddress ?? '',
    language,
    hangup: watchHangup(response),
    read: () => readArrived(request),
    setHeader: (name, value) => void response.setHeader(name, value),
  }
  // All requests that came in one turn go on together, one step of all after another. Most of them have their body then.
  await endOfTurn()
  const answer = await answerRequest(options, incoming, options.server)
  await endOfTurn()
  writeAnswer(response, answer, requestId, language)
  return answer.status < 400 ? null : firstCodeOf(answer.body)
}

/**
 * Answers a request. It verifies the caller first, then reads the operation. With an audit log, it resolves when the request's entry is
 * durable. Rejects with {IstmoError} if the request is rejected before its operation runs.
 */
export async function answerRequest<Answer extends { readonly status: number }>(
  options: AnsweringOptions,
  incoming: IncomingRequest,
  operating: Operating<Answer>,
): Promise<Answer> {
  const { auditLog } = options
  const { requestId, arrivedAt } = incoming
  const deadlineAt = arrivedAt + options.requestDeadlineMs
  let authenticated: Authenticated
  try {
    if (auditLog?.isWritable() === false) throw new IstmoError('RECORD_UNAVAILABLE')
    authenticated = await options.authenticate(incoming.credentials)
  } catch (error) {
    if (!(error instanceof MisuseError)) auditLog?.countRejection(maskError(error).code)
    else await noteMisuse(auditLog, requestId, error)
    throw error
  }
  const { caller, nextNonce } = authenticated
  if (nextNonce !== undefined) incoming.setHeader(NONCE_HEADER, nextNonce)
  const settle = reserveEntry(options, caller, incoming)
  const trail = auditLog?.begin()
  const asking: Asking = { context: contextOf(incoming, authenticated, deadlineAt, trail), arrivedAt, settle }
  let answer: Answer
  try {
    answer = await operate(options, incoming, asking, operating)
  } catch (error) {
    const shown = maskError(error)
    if (error instanceof MisuseError) await noteMisuse(auditLog, requestId, error)
    await writeEnd(auditLog, incoming, asking, shown.status, [shown.code])
    throw error
  }
  if (auditLog !== undefined) {
    await writeEnd(auditLog, incoming, asking, answer.status, trail?.codes ?? operating.codesOf(answer))
  }
  return answer
}

/** Makes the context of a request. It names each member, and spreads nothing: so that all contexts have one of a few shapes. */
function contextOf(
  { requestId, headers, language, hangup }: IncomingRequest,
  { caller, grounds, groundsRejected, accessToken, keyThumbprint }: Authenticated,
  deadlineAt: number,
  trail: Trail | undefined,
): RequestContext {
  // Every caller may ask what would be denied.
  const isDryRun = headers['istmo-dry-run'] === '?1'
  const context: Writable<RequestContext> = {
    requestId,
    caller,
    grounds,
    groundsRejected,
    language,
    isDryRun,
    hangup,
    deadlineAt,
  }
  if (accessToken !== undefined) context.accessToken = accessToken
  if (keyThumbprint !== undefined) context.keyThumbprint = keyThumbprint
  // Only a caller gets evidence: it is several times as large as the answer.
  if (caller !== null && headers['istmo-evidence'] === 'legs') context.evidence = createEvidence(trail?.salt)
  if (trail !== undefined) context.trail = trail
  return context
}

/** Writes the request's entry, and the proof of it if the caller asked for one. */
async function writeEnd(
  auditLog: RequestAuditLog | undefined,
  { headers, setHeader }: IncomingRequest,
  { context, arrivedAt, settle }: Asking,
  status: number,
  codes: readonly string[],
): Promise<void> {
  const durationMs = Math.round(performance.now() - arrivedAt)
  const { bytes, prove } = await writeEntry(auditLog, { context, status, codes, durationMs })
  settle(bytes)
  const isAsked = context.caller !== null && headers['istmo-log-proof'] === '?1'
  if (isAsked && prove !== null) setHeader('Istmo-Log-Proof', await prove().catch(throwUnrecorded))
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
  { admission, auditLog }: AnsweringOptions,
  caller: Caller | null,
  { address }: IncomingRequest,
): (bytes: number) => void {
  if (caller !== null || auditLog === undefined || admission === undefined) return NOTHING_RESERVED
  try {
    return admission.reserveEntry(address)
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
  readonly arrivedAt: number
  /** Takes the size of its entry. */
  readonly settle: (bytes: number) => void
}

type Writable<Type> = { -readonly [Member in keyof Type]: Type[Member] }

async function operate<Answer>(
  { admission, takeQuestion }: AnsweringOptions,
  incoming: IncomingRequest,
  asking: Asking,
  operating: Operating<Answer>,
): Promise<Answer> {
  const { context } = asking
  const { address } = incoming
  const admitting = admission?.request(context.caller, address)
  if (admitting !== undefined) await admitting
  checkAskingHeaders(incoming.headers)
  const reading = incoming.read()
  const arrived = reading instanceof Promise ? await reading : reading
  // Only now, because a client may take long to send its body.
  const leave = admission?.enter(context.caller, address)
  try {
    const admitted = admission ? admitDocument(admission, arrived) : arrived
    const taking = takeQuestion?.(readAsked(incoming, arrived, admitted), context) ?? null
    const taken = taking === null ? null : await taking
    if (taken !== null) {
      const { question: statement, ...grounds } = taken
      asking.context = { ...context, ...grounds, question: { statement, document: queryOf(admitted) } }
    }
    return await operating.execute(admitted, asking.context)
  } finally {
    leave?.()
  }
}

/** Collects what decides about the statement of a request. `admitted`: the request with a trusted document's text in place of its id. */
function readAsked(
  { statements, headers, credentials }: IncomingRequest,
  arrived: ArrivedOperation,
  admitted: ArrivedOperation,
): AskedRequest {
  const body = credentials.method === 'POST' ? arrived.body : undefined
  const statesGrounds = headers['istmo-mandate'] !== undefined
  return { headers: statements, body, document: queryOf(admitted), statesGrounds }
}

function queryOf({ body }: ArrivedOperation): string {
  const query = typeof body === 'object' && body !== null && 'query' in body ? body.query : undefined
  return typeof query === 'string' ? query : ''
}

const NOTHING_RESERVED = (): void => undefined

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

/** The client hangs up if the connection closes before the complete answer is written to it. */
function watchHangup(response: ServerResponse): Hangup {
  const hangup = createHangup()
  // It closes once.
  response.on('close', () => {
    if (!response.writableFinished) hangup.hangUp()
  })
  return hangup
}

/**
 * Reads what a request asks: at once, if its body came as a whole. If it must be waited for, all bodies that came in one turn go on together at its end.
 * @throws {IstmoError} as `readJsonBody` does, at once or by the promise.
 */
function readArrived(request: IncomingMessage): ArrivedOperation | Promise<ArrivedOperation> {
  if (request.method !== 'POST') return arrivedOperation(request, undefined)
  const taken = takeJsonBody(request)
  return taken === null ? readLater(request) : arrivedOperation(request, taken.value)
}

async function readLater(request: IncomingMessage): Promise<ArrivedOperation> {
  const body = await readJsonBody(request)
  await endOfTurn()
  return arrivedOperation(request, body)
}

// The request headers by which a caller asks for something, and the values that they may have.

interface AskingHeader {
  /** In small letters. */
  readonly name: string
  readonly values: readonly string[]
  /** What the error says of another value. */
  readonly expected: Detail
}

/** A boolean of RFC 9651. */
const BOOLEAN = ['?1', '?0']

const ASKING_HEADERS: readonly AskingHeader[] = [
  { name: 'istmo-dry-run', values: BOOLEAN, expected: detail('HEADER_BOOLEAN', { header: 'Istmo-Dry-Run' }) },
  { name: 'istmo-log-proof', values: BOOLEAN, expected: detail('HEADER_BOOLEAN', { header: 'Istmo-Log-Proof' }) },
  { name: 'istmo-evidence', values: ['legs'], expected: detail('EVIDENCE_HEADER') },
]

/**
 * Checks that each header by which a caller asks for something has a value that the gateway knows. RFC 9651 lets a server ignore what it cannot
 * read, but then the gateway would ask countries what its caller meant to ask nobody, or answer without the proof that its caller counts on.
 * @throws {IstmoError} `BAD_REQUEST`, which names the header and its values.
 */
export function checkAskingHeaders(headers: IncomingHttpHeaders): void {
  for (const { name, values, expected } of ASKING_HEADERS) {
    const value = headers[name]
    // Node joins the lines of such a header, so that a header sent twice has another value.
    if (value !== undefined && !values.some((known) => known === value)) throw new IstmoError('BAD_REQUEST', expected)
  }
}

/** The most legs whose evidence one answer has. */
const MAX_LEGS = 64

/** The most text that the evidence of one answer has, in characters: of the legs' bodies and of their answers together. */
const MAX_CHARACTERS = 4_000_000

/**
 * Creates what collects the evidence of one request (docs/design/trust.md, Evidence).
 * @param requestSalt the salt of the request's entry; undefined if it has none.
 */
export function createEvidence(requestSalt?: Uint8Array): Evidence {
  const salt = requestSalt === undefined ? null : Buffer.from(deriveQuestionSalt(requestSalt)).toString('base64url')
  const legs: LegEvidence[] = []
  let characters = 0
  let leftOff = 0
  return {
    add(leg) {
      const size = leg === undefined ? 0 : leg.request.length + leg.answer.length
      if (leg === undefined || legs.length >= MAX_LEGS || characters + size > MAX_CHARACTERS) {
        leftOff += 1
        return
      }
      characters += size
      legs.push(leg)
    },
    list: () => ({ legs, leftOff, salt }),
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import type { Logger } from 'pino'
import type { Domain } from '../../contract/domain.ts'
import { type ErrorCode, IstmoError } from '../../contract/errors.ts'
import { CHECKPOINTS_HEADER } from '../../contract/known-checkpoints.ts'
import { echoSalts } from '../../contract/leg-salt.ts'
import type { LegClaims } from '../../contract/leg-token.ts'
import { NO_ROWS, PROBE_QUERY, ROWS_HEADER } from '../../contract/probe.ts'
import { RECEIPT_HEADER } from '../../contract/receipt.ts'
import { ClockWrongError } from '../../service/clock-difference.ts'
import { describeWithoutPath } from '../../service/describe-error.ts'
import { peerCertificateHash } from '../../service/http/peer-certificate.ts'
import type { NodeAuditLog } from './audit-log/node-audit-log.ts'
import { type AnswerLeg, type Backend, GRAPHQL_JSON, JSON_TYPE, type LegReply } from './backend.ts'
import { CallerRefused, type CheckCaller, readCountryTokens } from './caller/caller-check.ts'
import { type CallerTime, callerOf, createPause, type FairTurns } from './caller-time.ts'
import { LIMITS, rejectionBody } from './execute.ts'
import { endOf, type LegEnd, particularsOf, statusOfRejection, throwUnrecorded, toRejection } from './leg-rejected.ts'
import type { LegSalts } from './leg-salts.ts'
import { hashBearer } from './leg-token.ts'
import { loggable } from './loggable.ts'
import type { LegMeter, LegOutcome } from './node-operator.ts'
import type { NodeServer } from './node-server.ts'
import { readRequest, startTime } from './request.ts'
import type { SuspendedLegs } from './suspended-legs.ts'

/** What a running node answers with. */
export interface Node {
  readonly backend: Backend
  readonly log: Logger
  /** By the rules in force: it is another one after a change of the country's file. */
  checkCaller: CheckCaller
  readonly salts: LegSalts
  readonly domains: ReadonlyMap<string, ServedDomain>
  /** Null if the node writes no audit log, which is only for development. */
  readonly auditLog: NodeAuditLog | null
  readonly checkPeer: NodeServer['checkPeer']
  readonly suspended: SuspendedLegs
  readonly meter: Pick<LegMeter, 'note'>
  readonly callerTime: CallerTime
  /** Where legs wait for the node's thread. */
  readonly thread: FairTurns
  /** Whether the node will stop soon, so that it should get no new legs. */
  isDraining: boolean
}

/** A domain that the node serves. */
export interface ServedDomain {
  readonly domain: Domain
  readonly answer: AnswerLeg
  readonly coordinatesOf: (query: string) => readonly string[]
}

/** What the country's log says if the service behind a sidecar does not answer, and what to do. */
const UPSTREAM_DOWN = 'the service behind the node cannot be reached; the leg gets no answer'
const UPSTREAM_REMEDY = 'Start the service, or correct --upstream (UPSTREAM). The node need not be restarted.'

/** What the country's log says of a leg whose entry cannot be written. */
const UNRECORDED = 'the audit log cannot be written, so the leg gets no answer'

/** What the country's log says if a gateway tries its connection (`istmo probe`). */
const PROBED = 'a gateway tried its connection to this node; the leg read no record'

/** The rejections that say that a gateway asked for what this country does not give it, besides those of tokens (401). */
const LOGGED_REJECTIONS: ReadonlySet<ErrorCode> = new Set([
  'REFUSED_BY_NODE',
  'CALLER_NOT_VERIFIED',
  'MANDATE_UNKNOWN',
  'SUSPENDED',
  'CALLER_SUSPENDED',
  'AUTHORITY_UNAVAILABLE',
  'QUESTION_NOT_SIGNED',
  'LEG_NOT_OF_QUESTION',
  'QUESTION_CAP_REACHED',
])

/** Answers one HTTP request: a probe, the feed of suspensions, or a leg. It never rejects. */
export async function handleRequest(node: Node, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '').split('?')[0] ?? ''
  const startedAt = performance.now()
  let outcome: LegOutcome = 'NONE'
  response.setHeaders(echoSalts(request.headers))
  try {
    if (path === '/health/live') return send(response, 200, JSON_TYPE, '{"status":"live"}')
    if (path === '/health/ready') return await sendReady(node, response)
    // The country's auditors get the key from the country, and not from the gateway whose log they compare with.
    if (path === '/vkey' && node.auditLog !== null) {
      return send(response, 200, 'text/plain; charset=utf-8', `${node.auditLog.vkey()}\n`)
    }
    // Probes come without a certificate. Whoever asks for anything else shows one.
    node.checkPeer(request)
    if (path === '/suspensions') return sendSuspensions(node, request, response)
    await answer(node, path, request, response)
  } catch (error) {
    const rejection = toRejection(error)
    outcome = rejection.code
    if (rejection.status === 401 || LOGGED_REJECTIONS.has(rejection.code)) logRejection(node, path, rejection)
    // Nobody waits for a leg whose time is over. What keeps a domain from answering is logged where it is found.
    const isExpected = rejection.code === 'LEG_DEADLINE' || rejection.code === 'RECORDS_UNAVAILABLE'
    if (isExpected) node.log.warn({ path, code: rejection.code }, 'a leg has no answer')
    else if (rejection.code === 'CONNECTION')
      node.log.error({ path, err: loggable(error), remedy: UPSTREAM_REMEDY }, UPSTREAM_DOWN)
    else if (rejection.code === 'RECORD_UNAVAILABLE')
      node.log.error({ path, reason: describeWithoutPath(rejection.cause) }, UNRECORDED)
    else if (statusOfRejection(rejection) >= 500) node.log.error({ err: loggable(error) }, 'a request failed inside')
    sendRejection(request, response, rejection)
  } finally {
    const seconds = (performance.now() - startedAt) / 1_000
    const domain = node.domains.get(path)?.domain
    const requestId = request.headersDistinct['istmo-request-id']?.[0]
    if (domain !== undefined) node.meter.note({ domain, outcome, seconds, requestId })
    const ms = Math.round(seconds * 1_000)
    node.log.debug({ path: domain === undefined ? 'other' : path, status: response.statusCode, ms }, 'answered')
  }
}

/** Logs one line for each rejection, without anything about the caller: a reader of this log may not be allowed to know the caller. */
function logRejection({ log, domains }: Node, path: string, error: IstmoError): void {
  const particulars = particularsOf(error)
  log.warn({ path: domains.has(path) ? path : 'other', code: error.code, ...particulars }, 'a leg was rejected')
}

/** Answers the feed (docs/design/trust.md, Stop): the statements after the position that `after` names, and the time as a sign of life. */
function sendSuspensions({ suspended }: Node, request: IncomingMessage, response: ServerResponse): void {
  const after = new URL(request.url ?? '', 'http://node').searchParams.get('after') ?? ''
  const body = suspended.feed(/^\d{1,15}$/.test(after) ? Number(after) : 0)
  if (body === null) throw new IstmoError('NOT_FOUND')
  send(response, 200, JSON_TYPE, body)
}

async function sendReady({ backend, log, auditLog, isDraining }: Node, response: ServerResponse): Promise<void> {
  if (isDraining) return send(response, 503, JSON_TYPE, '{"status":"the node is stopping"}')
  try {
    await backend.ready()
    const unready = (await auditLog?.unready()) ?? null
    if (unready !== null) return send(response, 503, JSON_TYPE, JSON.stringify({ status: unready }))
    send(response, 200, JSON_TYPE, '{"status":"ready"}')
  } catch (error) {
    if (error instanceof IstmoError || error instanceof ClockWrongError) {
      send(response, 503, JSON_TYPE, JSON.stringify({ status: error.message }))
      return
    }
    log.error({ err: loggable(error) }, 'the database or a service behind the node does not answer')
    send(response, 503, JSON_TYPE, '{"status":"the database or a service behind the node does not answer"}')
  }
}

async function answer(node: Node, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const served = node.domains.get(path)
  if (!served) throw new IstmoError('NOT_FOUND')
  if (request.method !== 'POST') {
    response.setHeader('Allow', 'POST')
    throw new IstmoError('METHOD_NOT_ALLOWED')
  }
  const time = startTime(request, response)
  const { body, claims, tokenHash, refusal, certificates } = await readLeg(node, request)
  exchangeCheckpoints(node, claims.iss, request, response)
  const requestId = request.headersDistinct['istmo-request-id']?.[0]
  let salt: Uint8Array | null = null
  const rules = node.auditLog?.rules()
  const writeEntry = async (end: LegEnd): Promise<void> => {
    if (node.auditLog === null) return
    const { query, carried, bytes } = body
    const text = { query, question: carried.question, coordinates: served.coordinatesOf(query), body: bytes }
    const leg = { domain: served.domain, claims, tokenHash, requestId, salt, ...(rules && { rules }), ...text, ...end }
    response.setHeader(RECEIPT_HEADER, await node.auditLog.leg(leg).catch(throwUnrecorded))
  }
  const takesGraphQLJson = (request.headers.accept ?? '').includes(GRAPHQL_JSON)
  const caller = callerOf(claims)
  const pause = createPause(node.thread, caller, time, node.callerTime)
  const leg = { request: body, carried: body.carried, claims, requestId, takesGraphQLJson, time, pause }
  const takeSaltAndAnswer = async (): Promise<LegReply> => {
    salt = node.salts.take(request.headersDistinct)
    if (refusal !== null) throw refusal
    node.suspended.check(claims, served.domain, certificates)
    return node.callerTime.run(caller, time, () => pause().then(() => served.answer(leg)))
  }
  const { status, type, text, data } = await takeSaltAndAnswer().catch(async (error: unknown) => {
    await writeEntry(endOf(toRejection(error)))
    throw error
  })
  await writeEntry({ status, code: null, denied: [], data, answer: text })
  if (body.query === PROBE_QUERY) {
    node.log.info({ path, requestId, gateway: claims.iss }, PROBED)
    if ((await node.backend.state()).empty.includes(served.domain)) response.setHeader(ROWS_HEADER, NO_ROWS)
  }
  send(response, status, type, text)
}

/** Takes in the checkpoints that the gateway shows, and shows those that the node knows, on a few legs. Only a caller with a token gets them. */
function exchangeCheckpoints(node: Node, gateway: string, request: IncomingMessage, response: ServerResponse): void {
  if (node.auditLog === null) return
  const shown = request.headersDistinct[CHECKPOINTS_HEADER.toLowerCase()]
  if (shown === undefined) return
  const header = node.auditLog.exchangeCheckpoints(gateway, shown)
  if (header !== undefined) response.setHeader(CHECKPOINTS_HEADER, header)
}

/** A leg whose leg token is good. `refusal`: why the node does not believe its caller, whom `claims` then does not name. */
interface ReadLeg {
  readonly body: Awaited<ReturnType<typeof readRequest>>
  readonly claims: LegClaims
  readonly tokenHash: string
  readonly refusal: CallerRefused | null
  /** The hash of the gateway's certificate, if it showed one. */
  readonly certificates: readonly string[]
}

/**
 * Reads a leg and finds out who asks. The audit log only counts what is rejected before its leg token is verified, so that an unknown caller cannot
 * fill the disk. A leg of the gateway whose caller is not believed has an entry.
 */
async function readLeg(node: Node, request: IncomingMessage): Promise<ReadLeg> {
  try {
    const { authorization } = request.headers
    if (authorization === undefined) throw new IstmoError('TOKEN_MISSING')
    const body = await readRequest(request, LIMITS.bodyBytes)
    const certificate = peerCertificateHash(request.socket)
    const shown = {
      authorization,
      countryTokens: readCountryTokens(request.headersDistinct),
      query: body.query,
      certificate,
      mandateProof: body.carried.mandateProof,
    }
    const believed = await node.checkCaller(shown).catch(returnRefusal)
    const isRefused = believed instanceof CallerRefused
    const [claims, refusal] = isRefused ? [believed.leg, believed] : [believed, null]
    const certificates = certificate === null ? [] : [certificate]
    return { body, claims, tokenHash: hashBearer(authorization), refusal, certificates }
  } catch (error) {
    node.auditLog?.countRejection(toRejection(error).code)
    throw error
  }
}

function returnRefusal(error: unknown): CallerRefused {
  if (error instanceof CallerRefused) return error
  throw error
}

function sendRejection(request: IncomingMessage, response: ServerResponse, error: IstmoError): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  if (error.status === 401) response.setHeader('WWW-Authenticate', 'Bearer')
  // Without this header, the unread rest of a body would be read as the next request.
  if (!request.complete) response.setHeader('Connection', 'close')
  send(response, statusOfRejection(error), JSON_TYPE, rejectionBody(error))
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'Content-Type': `${type}; charset=utf-8`,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
  })
  response.end(body)
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import type { Logger } from 'pino'
import { EXPIRED_TASK_FORCE, listExpired } from '../../contract/access/recognition.ts'
import type { Domain } from '../../contract/domain.ts'
import { type ErrorCode, IstmoError } from '../../contract/errors.ts'
import { CHECKPOINTS_HEADER } from '../../contract/known-checkpoints.ts'
import type { LegClaims } from '../../contract/leg-token.ts'
import { RECEIPT_HEADER } from '../../contract/receipt.ts'
import { formatOrigin, listen, stopServer } from '../../service/http/listen.ts'
import { peerCertificateHash } from '../../service/http/peer-certificate.ts'
import { rejectionBody } from './answer-error.ts'
import { createCoordinates } from './audit-log/coordinates.ts'
import type { EndedLeg } from './audit-log/leg-entries.ts'
import { type NodeAuditLog, openNodeAuditLog } from './audit-log/node-audit-log.ts'
import { type AnswerLeg, type Backend, GRAPHQL_JSON, JSON_TYPE, type LegReply } from './backend.ts'
import { type CheckCaller, readCountryTokens } from './caller/caller-check.ts'
import { CallerRefused } from './caller/caller-refused.ts'
import { openCallerCheck } from './caller/open-caller-check.ts'
import type { NodeConfig } from './config.ts'
import { createGuard, type GuardedRequest, type LegRejection } from './guard.ts'
import { createLegRecognition, type LegRecognition } from './leg-recognition.ts'
import { createLegSalts, type LegSalts } from './leg-salts.ts'
import { hashBearer } from './leg-token.ts'
import { LIMITS } from './limits.ts'
import { loggable } from './loggable.ts'
import { createNodeLog } from './logger.ts'
import { buildNodeSchema } from './node-schema.ts'
import { type NodeServer, openNodeServer } from './node-server.ts'
import { readRequest, startTime } from './request.ts'
import { limitRows } from './row-quota.ts'
import { openRows } from './rows-backend.ts'
import { type CountryRules, closedRules, domainRules, readCountryRules } from './rules.ts'
import { openUpstreams } from './sidecar/upstream-backend.ts'
import type { Database, DomainModule } from './types.ts'

/** How long running requests may take to finish on close, in milliseconds. */
const DRAIN_MS = 5_000

/** A running node. */
export interface RunningNode {
  /** `http://host:port` or `https://host:port`, the domains at `/cases`, `/persons`, `/legal` below it. */
  readonly url: string
  readonly port: number
  /** Closes at once each connection of a client with this certificate (base64url SHA-256). @returns how many it closed. */
  closeSocketsOf(certificateHash: string): number
  /** Reads the files of TLS again. Files that cannot be used change nothing, and the log says why. */
  reloadTls(): Promise<void>
  /** Accepts no more connections, finishes the running requests, and closes the database that the node opened. */
  close(): Promise<void>
}

/** What a node is started with besides its settings. */
export interface NodeParts {
  /** The modules of `config.domains`. */
  readonly modules: readonly DomainModule[]
  /** A database that is already open; the node does not close it. If absent, the node opens that of its settings, if it needs one. */
  readonly db?: Database
  /** If absent, the node logs JSON lines on standard output. */
  readonly log?: Logger
}

interface Node {
  readonly backend: Backend
  readonly log: Logger
  readonly checkCaller: CheckCaller
  readonly salts: LegSalts
  readonly domains: ReadonlyMap<string, ServedDomain>
  /** Null if the node writes no audit log, which is only for development. */
  readonly auditLog: NodeAuditLog | null
  readonly checkPeer: NodeServer['checkPeer']
}

interface ServedDomain {
  readonly domain: Domain
  readonly answer: AnswerLeg
  readonly coordinatesOf: (query: string) => readonly string[]
}

/**
 * Starts a national node: opens its rows, or its connections to the services behind it, and listens.
 * @throws {Error} if the database, the key set or the port is not available, if the database belongs to another country or cannot
 * filter its rows, or if the rules cannot be built or demand less than the contract.
 */
export async function startNode(config: NodeConfig, parts: NodeParts): Promise<RunningNode> {
  const log = parts.log ?? createNodeLog(config)
  const rules =
    config.rules === undefined ? closedRules(config.country) : await readCountryRules(config.rules, config.country)
  warnOfExpiredTaskForces(rules, log)
  const recognition = createLegRecognition(rules.access, Date.now)
  const { modules, db } = parts
  const backend =
    config.upstream === undefined
      ? await openRows(config, { modules, db, recognition, log })
      : openUpstreams(config.upstream, recognition)
  let auditLog: NodeAuditLog | null = null
  let http: NodeServer | null = null
  const closeStores = async (): Promise<void> => {
    http?.close()
    await auditLog?.close()
    await backend.close()
  }
  try {
    const checkCaller = await openCallerCheck(config, rules, log)
    const domains = createDomains(modules, rules, recognition, backend)
    auditLog = await openAuditLog(config, rules, log)
    const salts = createLegSalts(Date.now)
    for (const salt of auditLog?.earlierSalts ?? []) salts.remember(salt)
    const onRejected = () => auditLog?.countRejection('CERTIFICATE_MISSING')
    const opened = await openNodeServer(
      config,
      { log, onRejected },
      (request, response) => void handle(node, request, response),
    )
    http = opened
    const { server, scheme, checkPeer, closeSocketsOf, reloadTls } = opened
    const node: Node = { backend, log, checkCaller, salts, domains, auditLog, checkPeer }
    const { port } = await listen(server, config.host, config.port)
    log.info({ port, domains: config.domains, scheme }, 'the node listens')
    const close = once(() => stop(server, closeStores))
    return { url: formatOrigin(scheme, config.host, port), port, closeSocketsOf, reloadTls, close }
  } catch (error) {
    await closeStores()
    throw error
  }
}

/** Warns of task forces that the country's file names but does not recognise any more. A caller of one only sees that it is not recognised. */
function warnOfExpiredTaskForces({ access }: CountryRules, log: Logger): void {
  for (const { id, notAfter } of listExpired(access.taskForces, Date.now())) {
    log.warn({ taskForce: id, notAfter }, EXPIRED_TASK_FORCE)
  }
}

/** A leg that the country's rules reject. The particulars are for the country's log. */
class LegRejected extends IstmoError {
  readonly particulars: LegRejection & Pick<LegClaims, 'jti' | 'op'>

  constructor({ jti, op }: LegClaims, rejection: LegRejection) {
    super('REFUSED_BY_NODE')
    this.particulars = { jti, op, ...rejection }
  }
}

function createDomains(
  modules: readonly DomainModule[],
  rules: CountryRules,
  recognition: (claims: LegClaims) => LegRecognition,
  backend: Backend,
): Node['domains'] {
  const limit = limitRows(rules, backend.rowCounts, Date.now)
  return new Map(
    modules.map((module) => {
      const schema = buildNodeSchema(module)
      const guard = createGuard(schema, domainRules(module, rules))
      const check = (request: GuardedRequest, claims: LegClaims): void => {
        const rejection = guard(request, recognition(claims).recognition)
        if (rejection !== null) throw new LegRejected(claims, rejection)
      }
      const { domain } = module
      const answer = limit(backend.serve(domain, schema, check), schema)
      return [`/${domain satisfies Domain}`, { domain, answer, coordinatesOf: createCoordinates(schema) }]
    }),
  )
}

async function openAuditLog(config: NodeConfig, rules: CountryRules, log: Logger): Promise<NodeAuditLog | null> {
  const { auditLogDir: folder, auditLogKey: key, auditLogRefKeys: refKeys, country, domains } = config
  const { auditLogShards: sharding } = config
  if (folder !== undefined && key !== undefined && refKeys !== undefined) {
    const { trustPolicy: policy } = config
    const files = { folder, key, refKeys, sharding, ...(policy !== undefined && { policy }) }
    return openNodeAuditLog({ files, country, domains, rules, log })
  }
  log.warn('the node writes no audit log: set --audit-log-dir, unless this is for development')
  return null
}

async function stop(server: NodeServer['server'], closeStores: () => Promise<void>): Promise<void> {
  await stopServer(server, DRAIN_MS)
  await closeStores()
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= work()
    return running
  }
}

/** What the country's log says if the service behind a sidecar does not answer, and what to do. */
const UPSTREAM_DOWN = 'the service behind the node cannot be reached; the leg gets no answer'
const UPSTREAM_REMEDY = 'Start the service, or correct --upstream (UPSTREAM). The node need not be restarted.'

/** The rejections that say that a gateway asked for what this country does not give it, besides those of tokens (401). */
const LOGGED_REJECTIONS: ReadonlySet<ErrorCode> = new Set(['REFUSED_BY_NODE', 'CALLER_NOT_VERIFIED'])

async function handle(node: Node, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '').split('?')[0] ?? ''
  const startedAt = performance.now()
  try {
    if (path === '/health/live') return send(response, 200, JSON_TYPE, '{"status":"live"}')
    if (path === '/health/ready') return await sendReady(node, response)
    // The country's auditors get the key from the country, and not from the gateway whose log they compare with.
    if (path === '/vkey' && node.auditLog !== null) {
      return send(response, 200, 'text/plain; charset=utf-8', `${node.auditLog.vkey}\n`)
    }
    // Probes come without a certificate. Whoever asks for anything else shows one.
    node.checkPeer(request)
    await answer(node, path, request, response)
  } catch (error) {
    const rejection = toRejection(error)
    if (rejection.status === 401 || LOGGED_REJECTIONS.has(rejection.code)) logRejection(node, path, rejection)
    // Nobody waits for a leg whose time is over. What keeps a domain from answering is logged where it is found.
    const isExpected = rejection.code === 'LEG_DEADLINE' || rejection.code === 'RECORDS_UNAVAILABLE'
    if (isExpected) node.log.warn({ path, code: rejection.code }, 'a leg has no answer')
    else if (rejection.code === 'CONNECTION')
      node.log.error({ path, err: loggable(error), remedy: UPSTREAM_REMEDY }, UPSTREAM_DOWN)
    else if (statusOfRejection(rejection) >= 500) node.log.error({ err: loggable(error) }, 'a request failed inside')
    sendRejection(request, response, rejection)
  } finally {
    const ms = Math.round(performance.now() - startedAt)
    node.log.debug({ path: node.domains.has(path) ? path : 'other', status: response.statusCode, ms }, 'answered')
  }
}

/** Logs one line for each rejection, without anything about the caller: a reader of this log may not be allowed to know the caller. */
function logRejection({ log, domains }: Node, path: string, error: IstmoError): void {
  const particulars = error instanceof LegRejected ? error.particulars : { reason: error.message }
  log.warn({ path: domains.has(path) ? path : 'other', code: error.code, ...particulars }, 'a leg was rejected')
}

async function sendReady({ backend, log, auditLog }: Node, response: ServerResponse): Promise<void> {
  try {
    await backend.ready()
    if ((await auditLog?.isReady()) === false) {
      send(response, 503, JSON_TYPE, '{"status":"the audit log cannot be written, or its disk is nearly full"}')
      return
    }
    send(response, 200, JSON_TYPE, '{"status":"ready"}')
  } catch (error) {
    if (error instanceof IstmoError) {
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
  const { body, claims, tokenHash, refusal } = await readLeg(node, request)
  exchangeCheckpoints(node, claims.iss, request, response)
  const requestId = request.headersDistinct['istmo-request-id']?.[0]
  let salt: Uint8Array | null = null
  const writeEntry = async (end: LegEnd): Promise<void> => {
    if (node.auditLog === null) return
    const text = { query: body.query, coordinates: served.coordinatesOf(body.query), body: body.bytes }
    const leg = { domain: served.domain, claims, tokenHash, requestId, salt, ...text, ...end }
    response.setHeader(RECEIPT_HEADER, await node.auditLog.leg(leg).catch(throwUnrecorded))
  }
  const takesGraphQLJson = (request.headers.accept ?? '').includes(GRAPHQL_JSON)
  const leg = { request: body, claims, requestId, takesGraphQLJson, time }
  const takeSaltAndAnswer = async (): Promise<LegReply> => {
    salt = node.salts.take(request.headersDistinct)
    if (refusal !== null) throw refusal
    return served.answer(leg)
  }
  const { status, type, text, data } = await takeSaltAndAnswer().catch(async (error: unknown) => {
    await writeEntry(endOf(toRejection(error)))
    throw error
  })
  await writeEntry({ status, code: null, denied: [], data, answer: text })
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
    const shown = {
      authorization,
      countryTokens: readCountryTokens(request.headersDistinct),
      query: body.query,
      certificate: peerCertificateHash(request.socket),
      mandateProof: body.carried.mandateProof,
    }
    const believed = await node.checkCaller(shown).catch(returnRefusal)
    const isRefused = believed instanceof CallerRefused
    const [claims, refusal] = isRefused ? [believed.leg, believed] : [believed, null]
    return { body, claims, tokenHash: hashBearer(authorization), refusal }
  } catch (error) {
    node.auditLog?.countRejection(toRejection(error).code)
    throw error
  }
}

function returnRefusal(error: unknown): CallerRefused {
  if (error instanceof CallerRefused) return error
  throw error
}

type LegEnd = Pick<EndedLeg, 'status' | 'code' | 'denied' | 'data' | 'answer'>

function endOf(rejection: IstmoError): LegEnd {
  const { status, code } = rejection
  const denied =
    rejection instanceof LegRejected
      ? [{ coordinate: rejection.particulars.coordinate, kind: rejection.particulars.kind, country: null }]
      : []
  return {
    status: statusOfRejection({ status, code }),
    code,
    denied,
    data: undefined,
    answer: rejectionBody(rejection),
  }
}

function throwUnrecorded(cause: unknown): never {
  throw new IstmoError('RECORD_UNAVAILABLE', undefined, { cause })
}

function toRejection(error: unknown): IstmoError {
  return error instanceof IstmoError ? error : new IstmoError('INTERNAL', undefined, { cause: error })
}

// In a partial answer the status of these codes is 200. Here they reject the complete leg.
const STATUS_OF_LEG: Partial<Record<ErrorCode, number>> = {
  REFUSED_BY_NODE: 403,
  CALLER_NOT_VERIFIED: 403,
  QUOTA_SPENT: 403,
  CONNECTION: 502,
  BAD_ANSWER: 502,
  LEG_DEADLINE: 504,
}

function statusOfRejection({ status, code }: Pick<IstmoError, 'status' | 'code'>): number {
  return STATUS_OF_LEG[code] ?? status
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

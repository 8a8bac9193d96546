import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import { type Logger, pino } from 'pino'
import type { Domain } from '../../contract/domain.ts'
import { type ErrorCode, IstmoError } from '../../contract/errors.ts'
import type { LegClaims } from '../../contract/leg-token.ts'
import { RECEIPT_HEADER } from '../../contract/receipt.ts'
import { formatOrigin, listen, stopServer } from '../../service/http/listen.ts'
import { rejectionBody } from './answer-error.ts'
import { createCoordinates } from './audit-log/coordinates.ts'
import type { EndedLeg } from './audit-log/leg-entries.ts'
import { type NodeAuditLog, openNodeAuditLog } from './audit-log/node-audit-log.ts'
import { type AnswerLeg, type Backend, GRAPHQL_JSON, JSON_TYPE } from './backend.ts'
import type { NodeConfig } from './config.ts'
import { createGuard, type GuardedRequest, type LegRejection } from './guard.ts'
import { createLegRecognition, type LegRecognition } from './leg-recognition.ts'
import { createLegVerifier, openKeys, type VerifyLeg } from './leg-token.ts'
import { LIMITS } from './limits.ts'
import { loggable } from './loggable.ts'
import { buildNodeSchema } from './node-schema.ts'
import { readRequest } from './request.ts'
import { openRows } from './rows-backend.ts'
import { type CountryRules, closedRules, domainRules, readCountryRules } from './rules.ts'
import { openUpstreams } from './sidecar/upstream-backend.ts'
import type { Database, DomainModule } from './types.ts'

/** In milliseconds. An idle connection is kept longer than the gateway's pool keeps it, so that the gateway closes first. */
const TIMEOUTS = { keepAliveTimeout: 65_000, headersTimeout: 10_000, requestTimeout: 30_000 }
/** How long requests in hand may take to finish on close, in milliseconds. */
const DRAIN_MS = 5_000

/** A running node. */
export interface RunningNode {
  /** `http://host:port`, the domains at `/cases`, `/persons`, `/legal` below it. */
  readonly url: string
  readonly port: number
  /** Stops taking connections, finishes what is in hand, closes the database that the node opened. */
  close(): Promise<void>
}

/** What a node is started with beside its settings. */
export interface NodeParts {
  /** The modules of `config.domains`. */
  readonly modules: readonly DomainModule[]
  /** A database that is open already; it stays open on close. Left out, the node opens the one of its settings, if it needs one. */
  readonly db?: Database
  /** Left out, JSON lines on standard output. */
  readonly log?: Logger
}

interface Node {
  readonly backend: Backend
  readonly log: Logger
  readonly verify: VerifyLeg
  readonly domains: ReadonlyMap<string, ServedDomain>
  /** Null where nothing is recorded: for development alone. */
  readonly record: NodeAuditLog | null
}

interface ServedDomain {
  readonly domain: Domain
  readonly answer: AnswerLeg
  readonly coordinatesOf: (query: string) => readonly string[]
}

/**
 * Starts a national node: opens its rows, or the way to the services behind it, and listens.
 * @throws {Error} when the database, the key set or the port cannot be had, the database is another country's, the rules cannot be
 * built or ask less than the contract, or rows cannot be filtered.
 */
export async function startNode(config: NodeConfig, parts: NodeParts): Promise<RunningNode> {
  const log = parts.log ?? pino({ level: config.logLevel, base: { country: config.country } })
  const rules =
    config.rules === undefined ? closedRules(config.country) : await readCountryRules(config.rules, config.country)
  const recognition = createLegRecognition(rules.access, Date.now)
  const { modules, db } = parts
  const backend =
    config.upstream === undefined
      ? await openRows(config, { modules, db, recognition, log })
      : openUpstreams(config.upstream, recognition)
  let record: NodeAuditLog | null = null
  const letGo = async (): Promise<void> => {
    await record?.close()
    await backend.close()
  }
  try {
    const keys = await openKeys(config.gatewayJwks)
    const { country, gatewayIssuer: issuer } = config
    const verify = createLegVerifier({ country, issuer, keys, use: rules.legTokens })
    const domains = createDomains(modules, rules, recognition, backend)
    record = await openAuditLog(config, rules, log)
    const node: Node = { backend, log, verify, domains, record }
    const server = createServer(TIMEOUTS, (request, response) => void handle(node, request, response))
    const { port } = await listen(server, config.host, config.port)
    log.info({ port, domains: config.domains }, 'the node listens')
    return { url: formatOrigin('http', config.host, port), port, close: once(() => stop(server, letGo)) }
  } catch (error) {
    await letGo()
    throw error
  }
}

/** A leg that the country's rules refuse; the particulars are for its log. */
class LegRejected extends IstmoError {
  readonly particulars: LegRejection & Pick<LegClaims, 'jti' | 'op'>

  constructor({ jti, op }: LegClaims, refusal: LegRejection) {
    super('REFUSED_BY_NODE')
    this.particulars = { jti, op, ...refusal }
  }
}

function createDomains(
  modules: readonly DomainModule[],
  rules: CountryRules,
  recognition: (claims: LegClaims) => LegRecognition,
  backend: Backend,
): Node['domains'] {
  return new Map(
    modules.map((module) => {
      const schema = buildNodeSchema(module)
      const guard = createGuard(schema, domainRules(module, rules))
      const check = (request: GuardedRequest, claims: LegClaims): void => {
        const refusal = guard(request, recognition(claims).recognition)
        if (refusal !== null) throw new LegRejected(claims, refusal)
      }
      const { domain } = module
      const answer = backend.serve(domain, schema, check)
      return [`/${domain satisfies Domain}`, { domain, answer, coordinatesOf: createCoordinates(schema) }]
    }),
  )
}

async function openAuditLog(config: NodeConfig, rules: CountryRules, log: Logger): Promise<NodeAuditLog | null> {
  const { auditLogDir: folder, auditLogKey: key, auditLogRefKeys: refKeys, country, domains } = config
  if (folder !== undefined && key !== undefined && refKeys !== undefined) {
    return openNodeAuditLog({ files: { folder, key, refKeys }, country, domains, rules, log })
  }
  log.warn('nothing is recorded: give --audit-log-dir, unless this is for development')
  return null
}

async function stop(server: Server, letGo: () => Promise<void>): Promise<void> {
  await stopServer(server, DRAIN_MS)
  await letGo()
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= work()
    return running
  }
}

async function handle(node: Node, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '').split('?')[0] ?? ''
  const startedAt = performance.now()
  try {
    if (path === '/health/live') return send(response, 200, JSON_TYPE, '{"status":"live"}')
    if (path === '/health/ready') return await sendReady(node, response)
    await answer(node, path, request, response)
  } catch (error) {
    const refusal = toRejection(error)
    if (refusal.status === 401 || refusal.code === 'REFUSED_BY_NODE') logRejection(node, path, refusal)
    if (statusOfRejection(refusal) >= 500) node.log.error({ err: loggable(error) }, 'a request failed inside')
    sendRejection(request, response, refusal)
  } finally {
    const ms = Math.round(performance.now() - startedAt)
    node.log.debug({ path: node.domains.has(path) ? path : 'other', status: response.statusCode, ms }, 'answered')
  }
}

/** One line for each refusal, with nothing of the caller: who reads the log may not be who may know. */
function logRejection({ log, domains }: Node, path: string, error: IstmoError): void {
  const particulars = error instanceof LegRejected ? error.particulars : { reason: error.message }
  log.warn({ path: domains.has(path) ? path : 'other', code: error.code, ...particulars }, 'a leg was refused')
}

async function sendReady({ backend, log, record }: Node, response: ServerResponse): Promise<void> {
  try {
    await backend.ready()
    if ((await record?.isReady()) === false) {
      send(response, 503, JSON_TYPE, '{"status":"the record cannot be written, or its disk is nearly full"}')
      return
    }
    send(response, 200, JSON_TYPE, '{"status":"ready"}')
  } catch (error) {
    log.error({ err: loggable(error) }, 'what the node answers from does not answer')
    send(response, 503, JSON_TYPE, '{"status":"what the node answers from does not answer"}')
  }
}

async function answer(node: Node, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const served = node.domains.get(path)
  if (!served) throw new IstmoError('NOT_FOUND')
  if (request.method !== 'POST') {
    response.setHeader('Allow', 'POST')
    throw new IstmoError('METHOD_NOT_ALLOWED')
  }
  const { body, claims } = await readLeg(node, request)
  const requestId = request.headersDistinct['istmo-request-id']?.[0]
  const leave = async (end: LegEnd): Promise<void> => {
    if (node.record === null) return
    const asked = { query: body.query, coordinates: served.coordinatesOf(body.query), body: body.bytes }
    const leg = { domain: served.domain, claims, requestId, ...asked, ...end }
    response.setHeader(RECEIPT_HEADER, await node.record.leg(leg).catch(throwUnrecorded))
  }
  const takesGraphQLJson = (request.headers.accept ?? '').includes(GRAPHQL_JSON)
  const leg = { request: body, claims, requestId, takesGraphQLJson }
  const { status, type, text, data } = await served.answer(leg).catch(async (error: unknown) => {
    await leave(endOf(toRejection(error)))
    throw error
  })
  await leave({ status, code: null, denied: [], data, answer: text })
  send(response, status, type, text)
}

/** Who is not known cannot fill the disk: refusals until a token holds are counted. */
async function readLeg(node: Node, request: IncomingMessage) {
  try {
    if (request.headers.authorization === undefined) throw new IstmoError('TOKEN_MISSING')
    const body = await readRequest(request, LIMITS.bodyBytes)
    return { body, claims: await node.verify(request.headers.authorization, body.query) }
  } catch (error) {
    node.record?.countRejection(toRejection(error).code)
    throw error
  }
}

type LegEnd = Pick<EndedLeg, 'status' | 'code' | 'denied' | 'data' | 'answer'>

function endOf(refusal: IstmoError): LegEnd {
  const { status, code } = refusal
  const denied =
    refusal instanceof LegRejected
      ? [{ coordinate: refusal.particulars.coordinate, kind: refusal.particulars.kind, country: null }]
      : []
  return { status: statusOfRejection({ status, code }), code, denied, data: undefined, answer: rejectionBody(refusal) }
}

function throwUnrecorded(cause: unknown): never {
  throw new IstmoError('RECORD_UNAVAILABLE', undefined, { cause })
}

function toRejection(error: unknown): IstmoError {
  return error instanceof IstmoError ? error : new IstmoError('INTERNAL', undefined, { cause: error })
}

// In a partial answer these codes stand with 200; here they are of the whole leg.
const STATUS_OF_LEG: Partial<Record<ErrorCode, number>> = {
  REFUSED_BY_NODE: 403,
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
  // What was not read of a body would be taken for the next request.
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

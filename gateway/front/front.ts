import { type IncomingMessage, maxHeaderSize, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { detail } from '../../contract/error-details.ts'
import { type ErrorCode, IstmoError } from '../../contract/errors.ts'
import { chooseLanguage, type Language } from '../../contract/language.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { answerCors, type CorsRules } from '../../service/http/cors.ts'
import { pathOf } from '../../service/http/credentials.ts'
import { headerLines } from '../../service/http/header-lines.ts'
import { createHttpServer, replaceTls, type TlsMaterial } from '../../service/http/http-server.ts'
import { maskError, sendError, sendJson } from '../../service/http/json-response.ts'
import { endConnections, listen, stopServer } from '../../service/http/listen.ts'
import type { Route } from '../../service/http/route.ts'
import type { AnsweredRequest, ArrivingRequest } from '../types/front.ts'
import { ALLOWED_HEADERS, EXPOSED_HEADERS } from './cors.ts'
import { createGraphiqlRoutes } from './graphiql.ts'
import { type AnsweringOptions, answerGraphQL } from './graphql-route.ts'
import { createOperationServer, type OperationServer } from './graphql-server.ts'
import { createLandingRoutes, type LandingSource } from './landing/landing-routes.ts'
import type { OperationRunner } from './operations.ts'
import { REQUEST_ID_HEADER } from './write-answer.ts'

/** How long after the request deadline a stopping gateway waits for answers in progress, in milliseconds. */
const DRAIN_MARGIN_MS = 1_000

const GRAPHQL_METHODS = ['GET', 'POST']

/** What {@link createFront} works with. */
export interface FrontOptions extends AnsweringOptions {
  readonly runner: OperationRunner
  /** The certificate and key for TLS. Absent or null: plain HTTP. */
  readonly tls?: TlsMaterial | null
  /** Returns the value that `/status` answers everybody with. It must hold no address, no personal data, and not who was asked when. */
  readonly status: () => unknown
  /** The JWK set that `/.well-known/jwks.json` answers with: the public part of the gateway's keys. */
  readonly publicKeys: unknown
  /** What the page at `/` shows to a person. Absent: there is no page. */
  readonly landing?: LandingSource
  /** Whether the gateway serves GraphiQL at `/graphiql`. */
  readonly graphiql: boolean
  /** The origins whose pages may read answers of `/graphql`. */
  readonly corsOrigins: readonly string[]
  /** Returns why the gateway should get no requests now, besides its audit log; null if it can accept them. Without it, it can. */
  readonly unready?: () => Promise<string | null>
  /** Called for each request when it arrives. */
  readonly onArrival?: (request: ArrivingRequest) => void
  /** Called for each request when it is answered. */
  readonly onAnswered?: (request: AnsweredRequest) => void
  /** Whether operations that Apollo Server has passed before go past it. Default: true. */
  readonly isFast?: boolean
  readonly log: Logger
}

/** The gateway's HTTP server. */
export type Front = Awaited<ReturnType<typeof createFront>>

/**
 * Creates the HTTP server with each path that the gateway serves. All answers except those of its pages are JSON. An error never shows
 * internal details.
 */
export async function createFront(options: FrontOptions) {
  const server = await createOperationServer(options.runner, {
    log: options.log,
    hasShortWay: options.isFast ?? true,
  })
  let [isDraining, isStopping] = [false, false]
  const routes = await createRoutes(options, server, () => isDraining)

  const http = createHttpServer(options.tls ?? null, (request, response) => {
    void handle(request, response)
  })
  http.on('clientError', rejectUnreadable)

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const language = chooseLanguage(request.headers['accept-language'])
    const exchange = { requestId: createUuidV7(Date.now()), path: pathOf(request), language, request, response }
    const { requestId, path } = exchange
    const startedAt = performance.now()
    const route = routes.has(path) ? path : 'unknown'
    options.onArrival?.({ requestId, route, traceparent: traceparentOf(request) })
    if (isStopping) response.setHeader('connection', 'close')
    let code: ErrorCode | null
    try {
      const answered = answerExchange(exchange, routes, isStopping)
      code = (answered && (await answered)) ?? null
    } catch (error) {
      code = sendMasked(error, exchange, options.log)
    }
    const seconds = (performance.now() - startedAt) / 1_000
    const { statusCode: status } = response
    const ms = Math.round(seconds * 1_000)
    options.log.info({ requestId, method: request.method, route, status, ms }, 'request')
    const outcome = response.headersSent ? (code ?? 'NONE') : 'HANGUP'
    options.onAnswered?.({ requestId, route, status, code: outcome, seconds })
  }

  return {
    /**
     * Begins to listen. `port` 0 takes a free port. `isShared`: other processes listen on the same port. Rejects if the address is not available.
     */
    listen: (host: string, port: number, isShared?: boolean) => listen(http, host, port, isShared),
    /** Uses `runner` for the operations that come from now on. Operations in progress end with the previous runner. */
    replaceRunner: (runner: OperationRunner) => server.replace(runner),
    /** From now on, handshakes use these keys and certificates. Open connections stay. Only for a server that has TLS. */
    replaceTls: (tls: TlsMaterial) => replaceTls(http, tls),
    /** From now on, `/health/ready` answers 503 with `SHUTTING_DOWN`, and each answer ends its connection. Everything else is answered as before. */
    drain() {
      isDraining = true
      endConnections(http)
    },
    /** Rejects new requests with `SHUTTING_DOWN`, waits for answers in progress until their deadline, and stops. */
    async close() {
      if (isStopping) return
      isStopping = true
      await stopServer(http, options.requestDeadlineMs + DRAIN_MARGIN_MS)
      await server.stop()
    },
  }
}

/** A route of the front. */
interface FrontRoute extends Route {
  /** What pages of other origins may do; null: nothing. */
  readonly cors: CorsRules | null
  /** Whether its answers name their request themselves: with their other headers, which costs less. */
  readonly namesRequest: boolean
}

type Routes = ReadonlyMap<string, FrontRoute>

async function createRoutes(
  options: FrontOptions,
  server: OperationServer,
  isDraining: () => boolean,
): Promise<Routes> {
  const others: readonly (readonly [string, Route])[] = [
    ['/health/live', json(() => ({ status: 'live' }))],
    ['/health/ready', readyRoute(options, isDraining)],
    ['/status', json(options.status)],
    ['/.well-known/jwks.json', json(() => options.publicKeys)],
    ...(options.landing ? await createLandingRoutes(options.landing) : []),
    ...(options.graphiql ? await createGraphiqlRoutes() : []),
  ]
  return new Map([
    ['/graphql', graphqlRoute(options, server)],
    ...others.map(([path, route]) => [path, { ...route, cors: null, namesRequest: false }] as const),
  ])
}

function graphqlRoute(options: FrontOptions, server: OperationServer): FrontRoute {
  const { corsOrigins: origins } = options
  const answering = { ...options, server }
  return {
    methods: GRAPHQL_METHODS,
    cors:
      origins.length === 0
        ? null
        : { origins, methods: GRAPHQL_METHODS, allowed: ALLOWED_HEADERS, exposed: EXPOSED_HEADERS },
    // A preflight request is answered without the route.
    namesRequest: origins.length === 0,
    answer: (request, response, requestId) => answerGraphQL(answering, request, response, requestId),
  }
}

/** A request and the response to it. `path` is without the query. `language`: of the messages in the answer. */
interface Exchange {
  readonly requestId: string
  readonly path: string
  readonly language: Language
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/**
 * Answers by the route of the path.
 * @returns the error code if the request was rejected as a whole, else null.
 * @throws {IstmoError} if no route answers the request.
 */
function answerExchange(
  { requestId, path, language, request, response }: Exchange,
  routes: Routes,
  isStopping: boolean,
): ReturnType<Route['answer']> | ErrorCode {
  // RFC 9112, section 3.2: a proxy before this server may have trusted the other Host.
  if (headerLines(request, 'host').length > 1) throw new IstmoError('BAD_REQUEST', detail('ONE_HOST'))
  const route = routes.get(path)
  if (route === undefined) throw new IstmoError('NOT_FOUND')
  if (!route.namesRequest) response.setHeader(REQUEST_ID_HEADER, requestId)
  if (route.cors !== null && answerCors(route.cors, request, response)) return undefined
  if (!route.methods.includes(request.method ?? '')) {
    response.setHeader(REQUEST_ID_HEADER, requestId)
    sendError(response, new IstmoError('METHOD_NOT_ALLOWED'), language, { allow: route.methods.join(', ') })
    return 'METHOD_NOT_ALLOWED'
  }
  if (isStopping && path !== '/health/live') throw new IstmoError('SHUTTING_DOWN')
  return route.answer(request, response, requestId)
}

/** Answers with the error that a client may see, and returns its code. Writes an unknown error completely to the operator's log. */
function sendMasked(
  error: unknown,
  { requestId, path, language, request, response }: Exchange,
  log: Logger,
): ErrorCode {
  const shown = maskError(error)
  if (shown.code === 'INTERNAL') log.error({ requestId, err: error }, 'request failed with an internal error')
  if (!response.headersSent) response.setHeader(REQUEST_ID_HEADER, requestId)
  sendError(response, shown, language, {
    ...(path === '/graphql' && { 'content-type': typeOfRejection(request) }),
    // Otherwise the server would read the rest of the body as the next request.
    ...(request.complete ? {} : { connection: 'close' }),
  })
  return shown.code
}

/** Answers 503 while something is away that every answer needs: the gateway then rejects every request, so a balancer must not send any. */
function readyRoute({ auditLog, unready }: FrontOptions, isDraining: () => boolean): Route {
  return {
    methods: ['GET', 'HEAD'],
    async answer(_, response) {
      if (isDraining()) throw new IstmoError('SHUTTING_DOWN')
      const reason = (await auditLog?.unready()) ?? (await unready?.()) ?? null
      sendJson(response, reason === null ? 200 : 503, { status: reason ?? 'ready' })
    },
  }
}

function json(value: () => unknown): Route {
  return { methods: ['GET', 'HEAD'], answer: (_, response) => sendJson(response, 200, value()) }
}

function traceparentOf(request: IncomingMessage): string | undefined {
  const lines = headerLines(request, 'traceparent')
  return lines.length === 0 ? undefined : lines.join()
}

/** What the server could not read of a request, by its code: HTTP status, and a sentence for the caller. */
const UNREADABLE: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    `The head of the request is larger than ${maxHeaderSize / 1024} KiB. Send shorter headers; a question statement above 8 KiB goes into the body.`,
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not arrive in time. Send it again.'],
}

/** Answers bytes that the server cannot read as a request, and closes the connection, because nothing more can be read from it. */
function rejectUnreadable({ code = '' }: NodeJS.ErrnoException, socket: Duplex): void {
  if (code === 'ECONNRESET' || !socket.writable) return
  const [status, message] = UNREADABLE[code] ?? ['400 Bad Request', 'The request is not HTTP.']
  const body = JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] })
  const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}`
  socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`)
}

const TYPED = 'application/graphql-response+json'
const PLAIN = 'application/json'

/**
 * Returns the media type of a rejection: that of GraphQL responses if the client prefers it, else JSON, as in an answer (GraphQL over HTTP,
 * Media Types). Apollo Client reads the code of an error only in the former.
 */
export function typeOfRejection({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const accept = headers.accept ?? ''
  const typed = weightOf(accept, TYPED)
  return `${typed > 0 && typed >= weightOf(accept, PLAIN) ? TYPED : PLAIN}; charset=utf-8`
}

/** Returns the weight that a list of accepted types gives to a type by its full name, from 0 to 1; 0 if it does not name it. */
function weightOf(accept: string, type: string): number {
  for (const item of accept.toLowerCase().split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim())
    if (name !== type) continue
    const weight = parameters.find((parameter) => parameter.startsWith('q='))
    return weight === undefined ? 1 : Number(weight.slice(2)) || 0
  }
  return 0
}

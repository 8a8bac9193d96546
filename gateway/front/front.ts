import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { IstmoError } from '../../contract/errors.ts'
import { createGraphiqlRoutes } from './graphiql.ts'
import { type AuthenticateRequest, answerGraphQL } from './graphql-route.ts'
import { maskError, sendError, sendJson } from './json-response.ts'
import { createOperationServer } from './operation-server.ts'
import type { OperationRunner } from './operations.ts'
import type { Route } from './route.ts'

/** How long a client may take to send its whole request, in milliseconds. */
const RECEIVE_TIMEOUT_MS = 30_000

/** How long after the request deadline a stopping gateway waits for answers under way, in milliseconds. */
const DRAIN_MARGIN_MS = 1_000

/** The header that names a request, for the client and the log. */
export const REQUEST_ID_HEADER = 'Istmo-Request-Id'

/** What the front needs. */
export interface FrontOptions {
  readonly runner: OperationRunner
  readonly authenticate: AuthenticateRequest
  /** The value that `/status` gives: no address, no personal data. */
  readonly status: () => unknown
  /** The JWK set that `/.well-known/jwks.json` gives: the public part of the gateway's keys. */
  readonly publicKeys: unknown
  /** How long a request may take from its arrival to its answer, in milliseconds. */
  readonly requestDeadlineMs: number
  /** Whether GraphiQL is at `/`. */
  readonly graphiql: boolean
  readonly log: Logger
}

/** The gateway's HTTP server. */
export interface Front {
  /** Begins to listen. `port` 0 takes a free one. Rejects when the address cannot be had. */
  listen(host: string, port: number): Promise<AddressInfo>
  /** Takes `runner` for the operations that come from now on; those under way end with the one before it. */
  replaceRunner(runner: OperationRunner): Promise<void>
  /** Refuses what comes anew with `SHUTTING_DOWN`, waits for answers under way until their deadline, and stops. */
  close(): Promise<void>
}

/** The front room: every path that the gateway serves. Answers are JSON, but for GraphiQL; an error never shows what is inside. */
export async function createFront(options: FrontOptions): Promise<Front> {
  const server = await createOperationServer(options.runner, options.log)
  let isStopping = false
  const routes = new Map<string, Route>([
    ['/graphql', { methods: ['GET', 'POST'], answer: (...args) => answerGraphQL({ ...options, server }, ...args) }],
    ['/health/live', json(() => ({ status: 'live' }))],
    ['/health/ready', json(() => ({ status: 'ready' }))],
    ['/status', json(options.status)],
    ['/.well-known/jwks.json', json(() => options.publicKeys)],
    ...(options.graphiql ? await createGraphiqlRoutes() : []),
  ])

  const http = createServer({ requestTimeout: RECEIVE_TIMEOUT_MS }, (request, response) => {
    void handle(request, response)
  })
  http.on('clientError', refuseNoHttp)

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID()
    const startedAt = performance.now()
    const path = pathOf(request)
    response.setHeader(REQUEST_ID_HEADER, requestId)
    if (isStopping) response.setHeader('connection', 'close')
    try {
      await answer(routes, path, request, response, requestId, isStopping)
    } catch (error) {
      refuse(error, request, response, requestId)
    }
    const route = routes.has(path) ? path : 'unknown'
    const ms = Math.round(performance.now() - startedAt)
    options.log.info({ requestId, method: request.method, route, status: response.statusCode, ms }, 'request')
  }

  function refuse(error: unknown, request: IncomingMessage, response: ServerResponse, requestId: string): void {
    const shown = maskError(error)
    if (shown.code === 'INTERNAL') options.log.error({ requestId, err: error }, 'request failed inside')
    // What is left of the body would be read as the next request.
    sendError(response, shown, request.complete ? {} : { connection: 'close' })
  }

  return {
    listen: (host, port) => listen(http, host, port),
    replaceRunner: (runner) => server.replace(runner),
    async close() {
      if (isStopping) return
      isStopping = true
      await drain(http, options.requestDeadlineMs + DRAIN_MARGIN_MS)
      await server.stop()
    },
  }
}

async function answer(
  routes: ReadonlyMap<string, Route>,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  isStopping: boolean,
): Promise<void> {
  const route = routes.get(path)
  if (route === undefined) throw new IstmoError('NOT_FOUND')
  if (!route.methods.includes(request.method ?? '')) {
    sendError(response, new IstmoError('METHOD_NOT_ALLOWED'), { allow: route.methods.join(', ') })
    return
  }
  if (isStopping && path !== '/health/live') throw new IstmoError('SHUTTING_DOWN')
  await route.answer(request, response, requestId)
}

function json(value: () => unknown): Route {
  return { methods: ['GET', 'HEAD'], answer: (_, response) => sendJson(response, 200, value()) }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? ''
}

/** What came is no HTTP: nothing more can be read from this connection. */
function refuseNoHttp(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  const body = JSON.stringify({ errors: [{ message: 'The request is no HTTP.', extensions: { code: 'BAD_REQUEST' } }] })
  const head = `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}`
  socket.end(`${head}\r\nConnection: close\r\n\r\n${body}`)
}

function listen(http: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, host, () => {
      http.off('error', reject)
      resolve(http.address() as AddressInfo)
    })
  })
}

function drain(http: Server, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => http.closeAllConnections(), timeoutMs)
    http.close(() => {
      clearTimeout(timer)
      resolve()
    })
    http.closeIdleConnections()
  })
}

/**
 * The operator's server of a gateway or a node. `/status` and `/metrics` tell which country was asked when, and what is suspended, so nobody but the
 * operator may read them. They are not at the address that callers or gateways reach.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { IstmoError } from '../../contract/errors.ts'
import { isThisMachine } from '../addresses.ts'
import { createHttpServer } from './http-server.ts'
import { maskError, sendError, sendJson, sendText } from './json-response.ts'
import { listen, stopServer } from './listen.ts'
import { readJsonBody } from './read-body.ts'

/** A text with its media type. */
export interface MetricsText {
  readonly type: string
  readonly text: string
}

/** What {@link createOperatorServer} works with. */
export interface OperatorServerOptions {
  /** Returns the value that `/status` answers with, or a promise of it: all that the operator may know. */
  readonly status: () => unknown
  /** Returns the body of `/suspensions` with the statements after a position; null: there is no such path. */
  readonly suspensions?: (after: number) => string | null
  /**
   * Answers `POST /probe` with a value, and rejects with {IstmoError} if the body is wrong. Absent: there is no such path. A web page cannot ask it: it
   * takes only JSON, for which browsers first ask whether they may.
   */
  readonly probe?: (body: unknown) => Promise<unknown>
  /** Returns what `/published?country=HN` answers with: what the gateway has of a country; null for a country that it does not know. Absent: there is no such path. */
  readonly published?: (country: string) => Promise<unknown>
  /** Returns what `/metrics` answers with. Null: there is no such path. */
  readonly metrics: (() => Promise<MetricsText>) | null
  readonly log: Pick<Logger, 'error'>
}

/** The operator's HTTP server. */
export type OperatorServer = ReturnType<typeof createOperatorServer>

/** Creates the operator's server. It does not listen yet. */
export function createOperatorServer(options: OperatorServerOptions) {
  const http = createHttpServer(null, (request, response) => {
    respond(options, request, response).catch((error: unknown) => {
      const shown = maskError(error)
      if (shown.code === 'INTERNAL') options.log.error({ err: error }, 'the operator’s server failed')
      sendError(response, shown, 'en')
    })
  })
  return {
    /** Begins to listen. `port` 0 takes a free port. Rejects if the address is not available. */
    listen: (host: string, port: number) => listen(http, host, port),
    /** Stops, and closes its connections at once: no caller waits for one of its answers. */
    close: () => stopServer(http, 0),
  }
}

async function respond(
  { status, metrics, suspensions, probe, published }: OperatorServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  rejectForeignName(request)
  const { pathname: path, searchParams } = new URL(request.url ?? '', 'http://operator')
  if (path === '/probe' && probe !== undefined && request.method === 'POST') {
    return sendProbe(response, () => readJsonBody(request).then(probe))
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') throw new IstmoError('METHOD_NOT_ALLOWED')
  if (path === '/status') return sendJson(response, 200, await status())
  if (path === '/suspensions') {
    const after = searchParams.get('after') ?? ''
    const body = suspensions?.(/^\d{1,15}$/.test(after) ? Number(after) : 0) ?? null
    if (body === null) throw new IstmoError('NOT_FOUND')
    return sendText(response, 200, body, { 'content-type': 'application/json; charset=utf-8' })
  }
  if (path === '/published' && published !== undefined) {
    const body = await published(searchParams.get('country') ?? '')
    if (body === null) throw new IstmoError('NOT_FOUND')
    return sendJson(response, 200, body)
  }
  if (path !== '/metrics' || metrics === null) throw new IstmoError('NOT_FOUND')
  const { type, text } = await metrics()
  sendText(response, 200, text, { 'content-type': type })
}

/** Sends what a probe found. What is wrong with its body is said without the words for askers of GraphQL. */
async function sendProbe(response: ServerResponse, probe: () => Promise<unknown>): Promise<void> {
  try {
    sendJson(response, 200, await probe())
  } catch (error) {
    if (!(error instanceof IstmoError) || typeof error.detail !== 'string') throw error
    const { code, detail: message, status } = error
    sendJson(response, status, { errors: [{ message, extensions: { code } }] })
  }
}

/**
 * Rejects a request of a web page that gave this machine's address a name of its own (DNS rebinding): its browser would let the page read the
 * answer.
 */
function rejectForeignName({ socket, headers }: IncomingMessage): void {
  const local = (socket.localAddress ?? '').replace(/^::ffff:/, '')
  if (!isThisMachine(local)) return
  const host = URL.parse(`http://${headers.host ?? ''}`)?.hostname ?? ''
  if (!isThisMachine(host)) throw new IstmoError('BAD_REQUEST', 'expected the name of this machine as Host')
}

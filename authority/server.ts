/** The authority's HTTP: which path answers what. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Logger } from 'pino'
import { echoSalts } from '../contract/leg-salt.ts'
import { createHttpServer, type TlsMaterial } from '../service/http/http-server.ts'
import { sendJson, sendText } from '../service/http/json-response.ts'

/** Answers one request to a path. */
export type Answer = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void> | void

/** What a path answers, and to which method. A path that ends with a slash stands for all paths below it, unless it is exact. */
export interface AuthorityRoute {
  readonly path: string
  readonly isExact?: boolean
  readonly method: 'GET' | 'POST'
  readonly answer: Answer
}

/** Creates the server, which does not listen yet. */
export function createAuthorityServer(
  routes: readonly AuthorityRoute[],
  tls: TlsMaterial | null,
  log: Pick<Logger, 'error'>,
): Server {
  return createHttpServer(tls, (request, response) => {
    response.setHeaders(echoSalts(request.headers))
    answer(routes, request, response).catch((error: unknown) => {
      log.error({ err: error }, 'a request failed')
      sendJson(response, 500, { error: 'server_error' })
    })
  })
}

async function answer(
  routes: readonly AuthorityRoute[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  const matching = routes.filter((route) =>
    route.path.endsWith('/') && route.isExact !== true ? path.startsWith(route.path) : route.path === path,
  )
  // HEAD is GET without the body (RFC 9110 section 9.3.2), and Node leaves the body out by itself.
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const route = matching.find((each) => each.method === method)
  if (route !== undefined) return route.answer(request, response, path)
  if (matching.length === 0) return sendJson(response, 404, { error: 'not_found' })
  const allow = [...new Set(matching.map((each) => each.method))].join(', ')
  sendJson(response, 405, { error: 'method_not_allowed' }, { allow })
}

/** Creates the answer of a JSON document that may change. */
export function jsonAnswer(read: () => unknown): Answer {
  return (_, response) => sendJson(response, 200, read())
}

/** Creates the answer of a text. */
export function textAnswer(text: () => string): Answer {
  return (_, response) => sendText(response, 200, text(), { 'content-type': 'text/plain; charset=utf-8' })
}

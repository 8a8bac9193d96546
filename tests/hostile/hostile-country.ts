/** A country over real HTTP that answers as a script says. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { encodeCursor } from '../../contract/cursor.ts'

/** A text that only a country’s answer contains. No part of it may reach a client. */
export const MARKER = 'SELECT nombre FROM personas; at /srv/node.js:12 María'

type Json = Record<string, unknown>

/** A server on 127.0.0.1 that answers as its script says. The script may be changed between requests. */
export interface ScriptedServer {
  readonly url: string
  answer: RequestListener
  close(): Promise<void>
}

/** Starts a server on a free port. */
export async function serveScript(answer: RequestListener): Promise<ScriptedServer> {
  const server = createServer((request, response) => scripted.answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const scripted: ScriptedServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/cases`,
    answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return scripted
}

/** Returns a page of cases as a country sends it to the gateway. */
export function casesOf(country: string, ...numbers: number[]): { cases: Json & { edges: Json[] } } {
  const edges = numbers.map((number) => {
    const id = `${country}:${number}`
    return {
      _iC: encodeCursor({ order: 'FILED_ON_DESC', key: '~', id }),
      node: { _iT: 'Case', _iId: id, id, country },
    }
  })
  return { cases: { edges, pageInfo: { hasNextPage: false }, _iP: { _in: false, _ib: false } } }
}

/** Makes a script that answers with a status, a body and headers; by default as JSON. */
export function reply(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): RequestListener {
  return (request: IncomingMessage, response: ServerResponse) => {
    request.resume()
    const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(bytes)
  }
}

/** Makes a script that answers with a GraphQL response. */
export function replyData(data: unknown, errors?: unknown): RequestListener {
  return reply(errors === undefined ? { data } : { data, errors })
}

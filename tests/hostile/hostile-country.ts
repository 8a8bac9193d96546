/** A country over real HTTP whose answers are scripted, and a well-behaved one beside it. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { encodeCursor } from '../../contract/cursor.ts'

/** Text that only a country's answer holds: none of it may reach a client. */
export const MARKER = 'SELECT nombre FROM personas; at /srv/node.js:12 María'

type Json = Record<string, unknown>

/** A server on 127.0.0.1 that answers as its script says; the script may be changed between requests. */
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

/** A page of cases as a country answers it to the gateway. */
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

/** Answers with a status, a body and headers; JSON by default. */
export function reply(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): RequestListener {
  return (request: IncomingMessage, response: ServerResponse) => {
    request.resume()
    const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(bytes)
  }
}

/** A GraphQL answer with data and errors. */
export function replyData(data: unknown, errors?: unknown): RequestListener {
  return reply(errors === undefined ? { data } : { data, errors })
}

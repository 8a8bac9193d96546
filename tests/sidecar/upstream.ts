/** A national service that is not built on the kit, but only on `node:http`. It stores what it receives, and tests script its answers. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as the service received it. */
export interface Came {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A service that listens. */
export interface Service {
  readonly url: string
  /** The requests so far. */
  readonly came: Came[]
  /** How it answers the next requests; at first with `data: {}`. */
  answer: (response: ServerResponse, came: Came) => void
  close(): Promise<void>
}

/** Answers in JSON, by default with status 200. */
export function answerJson(response: ServerResponse, text: string | Uint8Array, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(text)
}

/** Starts the service on a free port. */
export async function startService(): Promise<Service> {
  const came: Came[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const one = { path: request.url ?? '', headers: request.headers, body }
    came.push(one)
    service.answer(response, one)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const service: Service = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    came,
    answer: (response) => answerJson(response, '{"data":{}}'),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return service
}

/** The servers that are written by hand, as far as they are equal. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request, and what is asked in it. */
export interface Asked {
  readonly authorization: string | undefined
  readonly operationName: string
  readonly variables: Readonly<Record<string, string>>
}

/** Answers each request by the text of a response with status 200. Prints the port when it listens. */
export function serveByHand(answer: (asked: Asked) => Promise<string>): void {
  const handle = async (request: IncomingMessage): Promise<string> => {
    const { query, variables } = JSON.parse(await readBody(request)) as Pick<Asked, 'variables'> & {
      readonly query: string
    }
    // Each document of the bench begins with the name of its operation.
    const operationName = query.slice('query '.length, query.indexOf('('))
    return answer({ authorization: request.headers.authorization, operationName, variables })
  }
  const server = createServer((request, response) => {
    handle(request).then(
      (text) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
        response.end(text)
      },
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
        response.destroy()
      },
    )
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => resolve(Buffer.concat(chunks).toString()))
    request.on('error', reject)
  })
}

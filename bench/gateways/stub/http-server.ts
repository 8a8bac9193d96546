/**
 * A small HTTP/1.1 server over plain sockets, so that the subgraphs of the bench are never what limits a gateway: `node:http` takes three to four times as
 * long for a request. It knows what gateways of the bench send: requests one after the other, with a length or in chunks.
 */
import { type AddressInfo, createServer, type Socket } from 'node:net'

const EMPTY = Buffer.alloc(0)
const HEAD_END = '\r\n\r\n'

/** A request. */
export interface StubRequest {
  /** The request line and the headers. */
  readonly head: string
  readonly body: Buffer
}

/** Answers a request with all bytes of the response. */
export type Respond = (request: StubRequest) => Buffer | Promise<Buffer>

/** A server that listens. */
export interface StubServer {
  readonly port: number
  /** How many requests it has answered. */
  count(): number
}

/** Starts a server on a free port of this machine. */
export async function startStubServer(respond: Respond): Promise<StubServer> {
  let count = 0
  const counted: Respond = (request) => {
    count += 1
    return respond(request)
  }
  const server = createServer({ noDelay: true }, (socket) => serve(socket, counted))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 1_024, resolve))
  return { port: (server.address() as AddressInfo).port, count: () => count }
}

/** Makes the bytes of a response. */
export function makeResponse(body: Buffer, headers = ''): Buffer {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n${headers}\r\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), body])
}

function serve(socket: Socket, respond: Respond): void {
  let pending: Buffer = EMPTY
  let isBusy = false
  const advance = async (): Promise<void> => {
    if (isBusy) return
    isBusy = true
    for (let read = readRequest(pending); read !== null; read = readRequest(pending)) {
      pending = read.rest
      const answer = respond(read.request)
      socket.write(answer instanceof Promise ? await answer : answer)
    }
    isBusy = false
  }
  const fail = (error: unknown): void => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    socket.destroy()
  }
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    advance().catch(fail)
  })
}

/** Reads the first request of what came; null if it is not complete. */
export function readRequest(bytes: Buffer): { readonly request: StubRequest; readonly rest: Buffer } | null {
  const end = bytes.indexOf(HEAD_END)
  if (end < 0) return null
  const head = bytes.toString('latin1', 0, end)
  const from = end + HEAD_END.length
  const length = /^content-length: *(\d+)/im.exec(head)?.[1]
  if (length === undefined && /^transfer-encoding: *chunked/im.test(head)) return readChunks(bytes, head, from)
  const to = from + Number(length ?? 0)
  if (bytes.length < to) return null
  return { request: { head, body: bytes.subarray(from, to) }, rest: bytes.subarray(to) }
}

function readChunks(bytes: Buffer, head: string, start: number) {
  const parts: Buffer[] = []
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return null
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    const to = lineEnd + 2 + size
    if (bytes.length < to + 2) return null
    if (size === 0) return { request: { head, body: Buffer.concat(parts) }, rest: bytes.subarray(to + 2) }
    parts.push(bytes.subarray(lineEnd + 2, to))
    at = to + 2
  }
}

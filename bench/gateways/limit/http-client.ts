/** A small HTTP/1.1 client over plain sockets, which knows what the bench's subgraphs answer: a length, and no more than was asked for. */
import { connect, type Socket } from 'node:net'

const HEAD_END = '\r\n\r\n'

/** An answer: the status line with the headers, and the bytes of the body. */
export interface HttpAnswer {
  readonly head: string
  readonly body: Buffer
}

/** Sends the text of a whole request. */
export type Send = (request: string) => Promise<HttpAnswer>

interface Waiting {
  readonly request: string
  readonly resolve: (answer: HttpAnswer) => void
  readonly reject: (error: Error) => void
}

/** Creates a client of one server of this machine. It keeps its connections open, and sends one request at a time on each. */
export function createClient(port: number, connections: number): Send {
  const queue: Waiting[] = []
  const idle: (() => void)[] = Array.from({ length: connections }, () =>
    openConnection(port, queue, (one) => idle.push(one)),
  )
  return (request) =>
    new Promise((resolve, reject) => {
      queue.push({ request, resolve, reject })
      idle.pop()?.()
    })
}

/** Opens a connection. @returns the function that takes the next request of the queue. */
function openConnection(port: number, queue: Waiting[], onIdle: (take: () => void) => void): () => void {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let current: Waiting | undefined
  let parts: Buffer[] = []
  const take = (): void => {
    current = queue.shift()
    if (current === undefined) onIdle(take)
    else socket.write(current.request)
  }
  socket.on('data', (chunk) => {
    parts.push(chunk)
    const bytes = parts.length === 1 ? chunk : Buffer.concat(parts)
    parts = [bytes]
    const answer = readAnswer(bytes)
    if (answer === null) return
    parts = []
    current?.resolve(answer)
    take()
  })
  socket.on('error', (error) => current?.reject(error))
  socket.on('close', () => current?.reject(new Error('expected an answer; the subgraph closed the connection')))
  return take
}

function readAnswer(bytes: Buffer): HttpAnswer | null {
  const end = bytes.indexOf(HEAD_END)
  if (end < 0) return null
  const head = bytes.toString('latin1', 0, end)
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1])
  const from = end + HEAD_END.length
  return bytes.length < from + length ? null : { head, body: bytes.subarray(from, from + length) }
}

/** A small HTTP/1.1 client over plain sockets, which knows what the bench's subgraphs answer: a length, and no more than was asked for. */
import { connect, type Socket } from 'node:net'

const HEAD_END = '\r\n\r\n'

/** Sends a body to a subgraph, and returns the body of the answer. */
export type Post = (body: string) => Promise<string>

interface Waiting {
  readonly bytes: string
  readonly resolve: (text: string) => void
  readonly reject: (error: Error) => void
}

/** Creates a client of one server of this machine. It keeps its connections open, and sends one request at a time on each. */
export function createClient(port: number, connections: number): Post {
  const queue: Waiting[] = []
  const idle: (() => void)[] = Array.from({ length: connections }, () =>
    openConnection(port, queue, (one) => idle.push(one)),
  )
  return (body) =>
    new Promise((resolve, reject) => {
      const head = `POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`
      queue.push({ bytes: head + body, resolve, reject })
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
    else socket.write(current.bytes)
  }
  socket.on('data', (chunk) => {
    parts.push(chunk)
    const bytes = parts.length === 1 ? chunk : Buffer.concat(parts)
    parts = [bytes]
    const body = readBody(bytes)
    if (body === null) return
    parts = []
    current?.resolve(body)
    take()
  })
  socket.on('error', (error) => current?.reject(error))
  socket.on('close', () => current?.reject(new Error('expected an answer; the subgraph closed the connection')))
  return take
}

function readBody(bytes: Buffer): string | null {
  const end = bytes.indexOf(HEAD_END)
  if (end < 0) return null
  const length = Number(/^content-length: (\d+)/im.exec(bytes.toString('latin1', 0, end))?.[1])
  const from = end + HEAD_END.length
  return bytes.length < from + length ? null : bytes.toString('utf8', from, from + length)
}

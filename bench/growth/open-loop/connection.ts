/** One connection of the open-loop generator: a request at a time, over a plain socket, so that the generator costs little. */
import { createConnection, type Socket } from 'node:net'

const HEAD_END = '\r\n\r\n'
const EMPTY = Buffer.alloc(0)

/** What came for a request: the body, or what is wrong. */
export type Came = { readonly body: Buffer } | { readonly fault: string }

/** A connection that can send. */
export interface Connection {
  /** Sends a request. The connection must have nothing in progress. */
  send(request: Buffer, done: (came: Came) => void): void
  close(): void
}

/** Opens a connection to a port of this machine. What is sent before it is open waits. */
export function openConnection(port: number): Connection {
  let done: ((came: Came) => void) | null = null
  let parts: Buffer[] = []
  let missing: number | null = null
  const finish = (came: Came): void => {
    const then = done
    done = null
    parts = []
    missing = null
    then?.(came)
  }
  const fail = (socket: Socket, fault: string): void => {
    socket.destroy()
    finish({ fault })
  }
  const socket = createConnection({ port, host: '127.0.0.1', noDelay: true })
  socket.on('error', (error) => fail(socket, error.message))
  socket.on('close', () => finish({ fault: 'the connection ended' }))
  socket.on('data', (chunk) => {
    let rest: Buffer = chunk
    if (missing === null) {
      const read = readHead(parts.length === 0 ? chunk : Buffer.concat([...parts, chunk]))
      if (read === null) {
        parts.push(chunk)
        return
      }
      if ('fault' in read) return fail(socket, read.fault)
      parts = []
      missing = read.length
      rest = read.rest
    }
    parts.push(rest)
    missing -= rest.length
    if (missing < 0) fail(socket, 'the answer is longer than it says')
    if (missing === 0) finish({ body: parts.length === 1 ? (parts[0] ?? EMPTY) : Buffer.concat(parts) })
  })
  return {
    send(request, then) {
      done = then
      if (socket.destroyed) return finish({ fault: 'the connection ended' })
      socket.write(request)
    },
    close: () => socket.destroy(),
  }
}

/** Reads the head of an answer; null if it is not complete. */
function readHead(
  bytes: Buffer,
): { readonly length: number; readonly rest: Buffer } | { readonly fault: string } | null {
  const end = bytes.indexOf(HEAD_END)
  if (end < 0) return null
  const head = bytes.toString('latin1', 0, end)
  const length = /^content-length: *(\d+)/im.exec(head)?.[1]
  if (!head.startsWith('HTTP/1.1 200 ')) return { fault: `expected the status 200; came ${head.split('\r\n')[0]}` }
  if (length === undefined) return { fault: 'expected an answer that says its length' }
  return { length: Number(length), rest: bytes.subarray(end + HEAD_END.length) }
}

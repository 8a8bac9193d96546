/** A TCP proxy before a national node that does to bytes what networks do. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** How many bytes of an answer come through before it is cut. */
const CUT_AT = 100

/** What is done to a connection: `client` is the gateway's side, `upstream` the node's. */
type Act = (client: Socket, upstream: () => Socket) => void

/** A wire whose behaviour can be changed; connections that are open end with the change. */
export interface BrokenWire {
  readonly port: number
  set(act: keyof typeof ACTS): Promise<void>
  close(): Promise<void>
}

const ACTS = {
  /** As a wire should be. */
  passes: (client, upstream) => {
    client.pipe(upstream()).pipe(client)
  },
  /** Nobody listens: see `set`. */
  refuses: () => undefined,
  'resets at once': (client) => client.resetAndDestroy(),
  'resets when it is asked': (client) => client.once('data', () => client.resetAndDestroy()),
  'resets within the answer': (client, upstream) => cut(client, upstream(), () => client.resetAndDestroy()),
  'closes at once': (client) => client.end(),
  'closes its half when it is asked': (client) => client.once('data', () => client.end()).resume(),
  'cuts the answer': (client, upstream) => cut(client, upstream(), () => client.end()),
  'swallows the question': (client) => client.resume(),
  'swallows the answer': (client, upstream) => client.pipe(upstream()).resume(),
  'swallows the rest of the answer': (client, upstream) => cut(client, upstream(), () => undefined),
  'drips the answer': (client, upstream) => {
    client.pipe(upstream()).on('data', (bytes: Buffer) => drip(client, bytes))
  },
  'delays the answer': (client, upstream) => {
    client.pipe(upstream()).on('data', (bytes: Buffer) => setTimeout(() => client.write(bytes), 150))
  },
  'cuts the answer into single bytes': (client, upstream) => {
    client.setNoDelay(true)
    client.pipe(upstream()).on('data', (bytes: Buffer) => {
      for (const byte of bytes) client.write(Buffer.of(byte))
    })
  },
  'answers with noise': (client) => client.once('data', () => client.end(Buffer.alloc(4_096, 0x83))),
} as const satisfies Record<string, Act>

/** Opens a wire to a port of this machine, on a free port. It passes at first. */
export async function openWire(to: number): Promise<BrokenWire> {
  const sockets = new Set<Socket>()
  let act: Act = ACTS.passes
  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    // What a broken wire does is an error to both ends; the wire itself goes on.
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  }
  const server = createServer({ allowHalfOpen: true }, (client) => {
    keep(client)
    act(client, () => {
      const upstream = keep(connect({ port: to, host: '127.0.0.1', allowHalfOpen: true }))
      upstream.on('error', () => client.resetAndDestroy())
      client.on('close', () => upstream.destroy())
      return upstream
    })
  })
  const port = await listen(server, 0)
  return {
    port,
    async set(name) {
      act = ACTS[name]
      for (const socket of sockets) socket.destroy()
      if (name === 'refuses') await stop(server)
      else if (!server.listening) await listen(server, port)
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      if (server.listening) await stop(server)
    },
  }
}

function cut(client: Socket, upstream: Socket, then: () => void): void {
  let passed = 0
  client.pipe(upstream).on('data', (bytes: Buffer) => {
    const before = passed
    passed += bytes.length
    if (before < CUT_AT) client.write(bytes.subarray(0, CUT_AT - before))
    if (before < CUT_AT && passed >= CUT_AT) setImmediate(then)
  })
}

/** A byte at a time, slower than any deadline bears. */
function drip(client: Socket, bytes: Buffer): void {
  let at = 0
  const timer = setInterval(() => {
    client.write(bytes.subarray(at, at + 1))
    at += 1
    if (at === bytes.length) clearInterval(timer)
  }, 50)
  client.on('close', () => clearInterval(timer))
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

/**
 * A proxy in front of a national node, which fails in the ways in which networks fail. It has the keys of both sides and ends TLS, so that it can
 * fail in the middle of an answer, and not only in the middle of a handshake.
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { connect, createSecureContext, TLSSocket } from 'node:tls'

/** The number of bytes of an answer that pass before the answer is cut. */
const CUT_AT = 100

/** What the wire does to a connection. `client` is the gateway’s side. `upstream` opens the node’s side. */
type Act = (client: Socket, upstream: () => Socket) => void

/** A wire whose behaviour can be changed. A change closes all open connections. */
export interface BrokenWire {
  readonly port: number
  set(act: keyof typeof ACTS): Promise<void>
  close(): Promise<void>
}

const ACTS = {
  /** Works as a wire should. */
  passes: (client, upstream) => {
    client.pipe(upstream()).pipe(client)
  },
  /** Does not listen: see `set`. */
  refuses: () => undefined,
  'resets at once': (client) => client.resetAndDestroy(),
  'resets after the request': (client) => client.once('data', () => client.resetAndDestroy()),
  'resets within the answer': (client, upstream) => cut(client, upstream(), () => client.resetAndDestroy()),
  'closes at once': (client) => client.end(),
  'closes its half after the request': (client) => client.once('data', () => client.end()).resume(),
  'cuts the answer': (client, upstream) => cut(client, upstream(), () => client.end()),
  'swallows the request': (client) => client.resume(),
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

/** A certificate and its key, in PEM. */
interface Keyed {
  readonly cert: string
  readonly key: string
}

/** What a wire needs to end TLS on both sides. `ca`: the authority that knows the node, in PEM. */
export interface WireKeys {
  readonly ca: string
  readonly node: Keyed
  readonly gateway: Keyed
}

/** Opens a wire on a free port to the port `to` of this machine. At first it works. */
export async function openWire(to: number, { ca, node, gateway }: WireKeys): Promise<BrokenWire> {
  const secureContext = createSecureContext({ ...node, minVersion: 'TLSv1.3' })
  const sockets = new Set<Socket>()
  let act: Act = ACTS.passes
  const track = (socket: Socket): Socket => {
    sockets.add(socket)
    // Both ends report what a broken wire does as an error. The wire itself must go on.
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  }
  const server = createServer({ allowHalfOpen: true }, (raw) => {
    track(raw)
    const client = track(new TLSSocket(raw, { isServer: true, secureContext }))
    // A socket of TLS cannot reset its connection itself.
    client.resetAndDestroy = () => raw.resetAndDestroy()
    act(client, () => {
      const upstream = track(connect({ port: to, host: '127.0.0.1', ca, ...gateway, minVersion: 'TLSv1.3' }))
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

/** Sends one byte at a time, so slowly that each deadline passes first. */
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

/** undici's pool of kept connections to one origin, which also says over which connection a request goes. */
import type { Socket } from 'node:net'
import { type buildConnector, Client, type Dispatcher, Pool } from 'undici'

/** How long an idle connection stays open at most, in milliseconds. A server says by `Keep-Alive: timeout` after how long it closes one: a node after 65 s. */
const MAX_REST_MS = 60_000

/** The same for a server that says nothing: less than the 5 s after which many close their connections. */
const SILENT_REST_MS = 4_000

/** How much earlier than the server we leave, in milliseconds. */
const LEAVE_EARLIER_MS = 1_000

/** A connection that came about. */
export interface KeptConnection {
  readonly socket: Pick<Socket, 'destroy'>
  /** Whether it has answered a request. Whoever reads the answer says so. */
  hasAnswered: boolean
}

/** A handler that knows over which connection its request goes, from `onRequestStart` on. */
export abstract class ConnectionHandler {
  client: { readonly connection: KeptConnection | null } | null = null
}

/**
 * Creates a pool that speaks HTTP/1.1, one request at a time on each connection. Nothing in it ends a wait: the caller's clock does, and a second clock could
 * only end it with the wrong outcome.
 */
export function createKeptPool({ origin }: URL, connections: number, connect: buildConnector.connector): Pool {
  return new Pool(origin, {
    connections,
    connect,
    allowH2: false,
    pipelining: 1,
    keepAliveTimeout: SILENT_REST_MS,
    keepAliveMaxTimeout: MAX_REST_MS,
    keepAliveTimeoutThreshold: LEAVE_EARLIER_MS,
    headersTimeout: 0,
    bodyTimeout: 0,
    factory: (url, options) => new KeptClient(url, options as ConstructorParameters<typeof KeptClient>[1]),
  })
}

/** One of the pool's connections, or the next one in its place. */
class KeptClient extends Client {
  readonly #now: { connection: KeptConnection | null }

  constructor(url: URL, { connect, ...options }: Client.Options & { readonly connect: buildConnector.connector }) {
    const now: { connection: KeptConnection | null } = { connection: null }
    super(url, {
      ...options,
      // undici gives up an attempt that nobody waits for by the socket that is returned.
      connect: (target, done) =>
        connect(target, (...result) => {
          const [error, socket] = result
          if (error === null) joinCorkedWrites(socket)
          now.connection = error === null ? { socket, hasAnswered: false } : null
          done(...result)
        }),
    })
    this.#now = now
  }

  get connection(): KeptConnection | null {
    return this.#now.connection
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (handler instanceof ConnectionHandler) handler.client = this
    return super.dispatch(options, handler)
  }
}

/** Up to how many bytes head and body are copied together. */
const MAX_JOINED_BYTES = 65_536

/** undici writes head and body of a request between `cork` and `uncork`. In one piece, they cost the system and Node half as much as in two. */
function joinCorkedWrites(socket: Socket): void {
  const write = socket.write.bind(socket) as (bytes: unknown, ...more: unknown[]) => boolean
  let parts: Buffer[] | null = null
  socket.cork = () => {
    parts = []
  }
  socket.write = (bytes: string | Buffer, ...more: unknown[]) => {
    if (parts === null) return write(bytes, ...more)
    parts.push(typeof bytes === 'string' ? Buffer.from(bytes, more[0] as BufferEncoding) : bytes)
    return !socket.writableNeedDrain
  }
  socket.uncork = () => {
    const held = parts ?? []
    parts = null
    const length = held.reduce((sum, part) => sum + part.length, 0)
    if (length <= MAX_JOINED_BYTES) write(Buffer.concat(held, length))
    else for (const part of held) write(part)
  }
}

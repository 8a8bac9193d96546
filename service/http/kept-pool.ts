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
          const [, socket] = result
          now.connection = socket === null ? null : { socket, hasAnswered: false }
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

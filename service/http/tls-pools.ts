import { hash, type X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { Pool } from 'undici'
import { certificateHash } from '../certificates/read-certificates.ts'
import type { ServerTrust } from './server-trust.ts'
import { type ClientCertificate, createTlsConnector } from './tls-connector.ts'

/** How many connections to one origin may be open at once. A country that hangs fills only its own pool. */
const CONNECTIONS_PER_ORIGIN = 64

/**
 * How long an idle connection stays open at most, in milliseconds. A server says by `Keep-Alive: timeout` after how long it closes one: a node
 * after 65 s. undici leaves earlier than the server.
 */
const KEEP_ALIVE_MS = 60_000

/** The same for a server that says nothing: less than the 5 s after which many close their connections. */
const SILENT_KEEP_ALIVE_MS = 4_000

/**
 * How long a pool still takes requests after another one replaced it, in milliseconds: a request that has already chosen it, and whose token
 * names its certificate, can be sent.
 */
const GRACE_MS = 10_000

/** A pool, and the certificate that its connections show. They belong together: a token names the certificate. */
export interface Channel {
  readonly pool: Pool
  /** SHA-256 of our certificate, base64url (`x5t#S256`); null if the connection shows none, as over plain HTTP. */
  readonly certificateHash: string | null
}

/** A server's certificate that one of the connections saw last. */
export interface SeenCertificate {
  readonly origin: string
  readonly certificate: X509Certificate
}

/** The pools of a process to the servers that it asks. */
export interface TlsPools {
  /** Returns the pool to the origin of `url`, whose server `trust` knows. There is one pool for each origin, trust and own certificate. */
  channelTo(url: URL, trust?: ServerTrust): Channel
  /** From now on, new connections show this certificate. Requests in progress end on the connections that they have. */
  showCertificate(certificate: ClientCertificate | null): void
  /** Drains each pool whose origin and trust are not among `used`. */
  keepOnly(used: readonly { readonly url: URL; readonly trust?: ServerTrust | undefined }[]): void
  /** Closes at once each connection to a server with this certificate. @returns how many it closed. */
  closeSocketsOf(certificateHash: string): number
  /** Returns the certificate of each server, as the last connection to its origin saw it. */
  serverCertificates(): readonly SeenCertificate[]
  /** Waits for the requests in progress, and closes each pool. */
  close(): Promise<void>
}

/** What {@link createTlsPools} works with. */
export interface TlsPoolsOptions {
  /** The certificate that connections show. Default: none. */
  readonly certificate?: ClientCertificate | null
  /** Whether a server's certificate with this hash is suspended, so that no connection to it is used. Default: none is. */
  readonly isSuspended?: (certificateHash: string) => boolean
  /** Default: {@link GRACE_MS}. */
  readonly graceMs?: number
}

/**
 * Creates pools that keep connections open. All connections of one pool were opened with the same trust and certificate, so a session that is
 * resumed never carries another trust's check.
 */
export function createTlsPools(options: TlsPoolsOptions = {}): TlsPools {
  let { certificate = null } = options
  const channels = new Map<string, Channel>()
  const leaving = new Map<Pool, NodeJS.Timeout>()
  const closing = new Set<Promise<void>>()
  const sockets = new Map<TLSSocket, string>()
  const seen = new Map<string, SeenCertificate>()

  const noteConnected = (origin: string) => (socket: TLSSocket) => {
    const shown = socket.getPeerX509Certificate()
    if (shown === undefined) return
    sockets.set(socket, certificateHash(shown))
    seen.set(origin, { origin, certificate: shown })
    socket.once('close', () => sockets.delete(socket))
  }
  const createChannel = ({ protocol, origin }: URL, trust: ServerTrust): Channel => {
    if (protocol === 'http:') return { pool: createPool(origin), certificateHash: null }
    const { isSuspended = () => false } = options
    const connect = createTlsConnector({ trust, certificate, isSuspended, onConnected: noteConnected(origin) })
    return { pool: createPool(origin, connect), certificateHash: certificate?.hash ?? null }
  }
  const drain = (key: string, { pool }: Channel): void => {
    channels.delete(key)
    const leave = (): void => {
      leaving.delete(pool)
      const closed = pool.close().finally(() => closing.delete(closed))
      closing.add(closed)
    }
    leaving.set(pool, setTimeout(leave, options.graceMs ?? GRACE_MS).unref())
  }
  return {
    channelTo(url, trust = {}) {
      const key = keyOf(url, trust)
      const channel = channels.get(key) ?? createChannel(url, trust)
      channels.set(key, channel)
      return channel
    },
    showCertificate(next) {
      if (next?.hash === certificate?.hash) return
      certificate = next
      for (const [key, channel] of channels) if (!key.startsWith('http:')) drain(key, channel)
    },
    keepOnly(used) {
      const keys = new Set(used.map(({ url, trust = {} }) => keyOf(url, trust)))
      const origins = new Set(used.map(({ url }) => url.origin))
      for (const [key, channel] of channels) if (!keys.has(key)) drain(key, channel)
      for (const origin of seen.keys()) if (!origins.has(origin)) seen.delete(origin)
    },
    closeSocketsOf(hash) {
      const shown = [...sockets].filter(([, ofSocket]) => ofSocket === hash)
      for (const [socket] of shown) socket.destroy()
      return shown.length
    },
    serverCertificates: () => [...seen.values()],
    async close() {
      for (const timer of leaving.values()) clearTimeout(timer)
      const pools = [...[...channels.values()].map(({ pool }) => pool), ...leaving.keys()]
      await Promise.all([...pools.map((pool) => pool.close()), ...closing])
    },
  }
}

function keyOf({ origin }: URL, { ca = '', pins = [] }: ServerTrust): string {
  return `${origin} ${hash('sha256', JSON.stringify([ca, pins]))}`
}

function createPool(origin: string, connect?: ReturnType<typeof createTlsConnector>): Pool {
  return new Pool(origin, {
    connections: CONNECTIONS_PER_ORIGIN,
    pipelining: 1,
    keepAliveTimeout: SILENT_KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    // The caller's clock ends each wait. A second clock could only end it with the wrong outcome.
    headersTimeout: 0,
    bodyTimeout: 0,
    ...(connect && { connect }),
  })
}

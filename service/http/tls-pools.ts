import { hash, type X509Certificate } from 'node:crypto'
import type { LookupFunction } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { buildConnector, type Pool } from 'undici'
import { getOrAdd } from '../../contract/get-or-add.ts'
import { rememberByObject } from '../../contract/remember-by-object.ts'
import { certificateHash } from '../certificates/read-certificates.ts'
import { createKeptPool } from './kept-pool.ts'
import type { ServerTrust } from './server-trust.ts'
import { type ClientCertificate, createTlsConnector } from './tls-connector.ts'

/** How many connections to one origin may be open at once. A country that hangs fills only its own pool. */
const CONNECTIONS_PER_ORIGIN = 64

/** Long enough for a lost packet or two; whoever waits longer is better served by the next connection. */
const CONNECT_MS = 10_000

/**
 * How long a pool still takes requests after another one replaced it, in milliseconds: a request that has already chosen it, and whose token
 * names its certificate, can be sent.
 */
const GRACE_MS = 10_000

/** Connections to an origin, and the certificate that they show. They belong together: a token names the certificate. */
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
  /**
   * Returns the pool to the origin of `url`, whose server `trust` knows. There is one pool for each origin, trust and own certificate. Whoever
   * gives a URL does not change it afterwards.
   */
  channelTo(url: URL, trust?: ServerTrust): Channel
  /** Returns a channel of its own, whose connections find the addresses of the host by `lookup`. Whoever asks for it closes its pool. */
  channelBy(lookup: LookupFunction, url: URL, trust?: ServerTrust): Channel
  /** From now on, new connections show this certificate. Requests in progress end on the connections that they have. */
  showCertificate(certificate: ClientCertificate | null): void
  /** Drains each pool whose origin and trust are not among `used`. */
  keepOnly(used: readonly { readonly url: URL; readonly trust?: ServerTrust | undefined }[]): void
  /** From now on, no connection to a server is opened whose certificate this function says is suspended. */
  refuseServers(isSuspended: (certificateHash: string) => boolean): void
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
  /** After how long a connection that does not come about is given up, in milliseconds. Default: {@link CONNECT_MS}. */
  readonly connectMs?: number
}

/** Creates pools that keep connections open. All connections of one pool were opened with the same trust and certificate. */
export function createTlsPools({ connectMs = CONNECT_MS, ...options }: TlsPoolsOptions = {}): TlsPools {
  let { certificate = null, isSuspended = () => false } = options
  const channels = new Map<string, Channel>()
  /** What was found for a URL since a pool was last drained. Each leg to an endpoint asks with the same URL. */
  let found = new WeakMap<URL, { readonly trust: ServerTrust; readonly channel: Channel }>()
  const leaving = createLeavingPools(options.graceMs ?? GRACE_MS)
  const servers = createServerMemory()

  const createChannel = (url: URL, trust: ServerTrust, lookup?: LookupFunction): Channel => {
    if (url.protocol === 'http:') {
      const connect = buildConnector({ timeout: connectMs, ...(lookup && { lookup }) })
      return { pool: createKeptPool(url, CONNECTIONS_PER_ORIGIN, connect), certificateHash: null }
    }
    const onConnected = (socket: TLSSocket, shown: X509Certificate) => servers.note(url.origin, socket, shown)
    const isRefused = (hash: string): boolean => isSuspended(hash)
    const connect = createTlsConnector({ trust, certificate, onConnected, connectMs, lookup, isSuspended: isRefused })
    const pool = createKeptPool(url, CONNECTIONS_PER_ORIGIN, connect)
    return { pool, certificateHash: certificate?.hash ?? null }
  }
  const drainWhere = (isMeant: (key: string) => boolean): void => {
    found = new WeakMap()
    for (const [key, channel] of channels) {
      if (!isMeant(key)) continue
      channels.delete(key)
      leaving.add(channel)
    }
  }
  return {
    channelTo(url, trust = NO_TRUST) {
      const known = found.get(url)
      if (known !== undefined && known.trust === trust) return known.channel
      const key = keyOf(url, trust)
      const channel = getOrAdd(channels, key, () => createChannel(url, trust))
      found.set(url, { trust, channel })
      return channel
    },
    channelBy: (lookup, url, trust = NO_TRUST) => createChannel(url, trust, lookup),
    showCertificate(next) {
      if (next?.hash === certificate?.hash) return
      certificate = next
      drainWhere((key) => !key.startsWith('http:'))
    },
    keepOnly(used) {
      const keys = new Set(used.map(({ url, trust = NO_TRUST }) => keyOf(url, trust)))
      drainWhere((key) => !keys.has(key))
      servers.keepOnly(new Set(used.map(({ url }) => url.origin)))
    },
    refuseServers(next) {
      isSuspended = next
    },
    closeSocketsOf: servers.closeSocketsOf,
    serverCertificates: servers.list,
    async close() {
      found = new WeakMap()
      await Promise.all([...takeAll(channels).map(({ pool }) => pool.close()), leaving.close()])
    },
  }
}

/** Takes the channels out, so that a reload which is still running has nothing to drain: a pool is closed only once. */
function takeAll(channels: Map<string, Channel>): readonly Channel[] {
  const taken = [...channels.values()]
  channels.clear()
  return taken
}

/** Holds the pools of channels that another one has replaced, until they are closed. */
function createLeavingPools(graceMs: number) {
  const waiting = new Map<Channel, NodeJS.Timeout>()
  const closing = new Set<Promise<void>>()
  const close = (channel: Channel): void => {
    waiting.delete(channel)
    const closed = channel.pool.close().finally(() => closing.delete(closed))
    closing.add(closed)
  }
  return {
    add(channel: Channel) {
      waiting.set(channel, setTimeout(() => close(channel), graceMs).unref())
    },
    async close() {
      for (const [channel, timer] of waiting) {
        clearTimeout(timer)
        close(channel)
      }
      await Promise.all(closing)
    },
  }
}

/** Remembers which certificate each open connection, and each origin last, has shown. */
function createServerMemory() {
  const sockets = new Map<TLSSocket, string>()
  const seen = new Map<string, SeenCertificate>()
  return {
    note(origin: string, socket: TLSSocket, certificate: X509Certificate) {
      sockets.set(socket, certificateHash(certificate))
      seen.set(origin, { origin, certificate })
      socket.once('close', () => sockets.delete(socket))
    },
    keepOnly(origins: ReadonlySet<string>) {
      for (const origin of seen.keys()) if (!origins.has(origin)) seen.delete(origin)
    },
    list: () => [...seen.values()],
    closeSocketsOf(hash: string): number {
      const meant = [...sockets].filter(([, ofSocket]) => ofSocket === hash)
      for (const [socket] of meant) {
        sockets.delete(socket)
        socket.destroy()
      }
      return meant.length
    },
  }
}

const NO_TRUST: ServerTrust = Object.freeze({})

/** Hashes what settings say of a server. Each leg asks for it, and the certificates in it are long. */
const hashOfTrust = rememberByObject(({ ca = '', pins = [] }: ServerTrust) =>
  hash('sha256', JSON.stringify([ca, pins])),
)

function keyOf({ origin }: URL, trust: ServerTrust): string {
  return `${origin} ${hashOfTrust(trust)}`
}

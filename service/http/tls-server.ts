import type { X509Certificate } from 'node:crypto'
import type { RequestListener, Server } from 'node:http'
import { createServer, type Server as HttpsServer, type ServerOptions } from 'node:https'
import type { TLSSocket } from 'node:tls'
import type { Logger } from 'pino'
import { readCertificates } from '../certificates/read-certificates.ts'
import type { TlsMaterial } from './http-server.ts'
import { peerCertificateHash } from './peer-certificate.ts'

/** For how long a session may be resumed without a new check of certificates, in seconds. */
const SESSION_LIFETIME_S = 300

/** How long a handshake may take, in milliseconds. Whoever opens connections and says nothing must not hold them. */
const HANDSHAKE_TIMEOUT_MS = 10_000

/** How long the log is silent about the same fault after it named it, in milliseconds: strangers must not fill the log. */
const QUIET_MS = 10_000

/** The longest wait of a timer, in milliseconds: 24 days. A connection that lives longer is opened anew. */
const MAX_TIMER_MS = 2_147_483_647

/** What {@link createTlsServer} works with. */
export interface TlsServerOptions {
  /** Timeouts and the like. */
  readonly http: Pick<ServerOptions, 'keepAliveTimeout' | 'headersTimeout' | 'requestTimeout'>
  readonly tls: TlsMaterial
  readonly log: Pick<Logger, 'warn'>
  /** Whether the client certificate with this hash is suspended, so that its connections are closed. Default: none is. */
  readonly isSuspended?: (certificateHash: string) => boolean
  /** Called for each client whose connection the server closes because of its certificate. */
  readonly onRejected?: () => void
}

/** An HTTPS server, and what changes while it runs. */
export type TlsServer = ReturnType<typeof createTlsServer>

/**
 * Creates an HTTPS server for other servers, TLS 1.3 only. It asks each client for a certificate. It closes the connection of a client whose
 * certificate none of `clientCa` issued, or does not hold now, or is for another use. A client without a certificate is let in, and
 * {@link peerCertificateHash} is null: the request decides whether it needs one.
 */
export function createTlsServer(options: TlsServerOptions, onRequest: RequestListener) {
  const { http, log, isSuspended = () => false } = options
  const clients = new Map<TLSSocket, Client>()
  const warn = createQuietWarning(log)
  const server: HttpsServer = createServer(
    { ...http, handshakeTimeout: HANDSHAKE_TIMEOUT_MS, ...toSecureOptions(options.tls) },
    onRequest,
  )
  server.prependListener('secureConnection', (socket) => {
    const hash = peerCertificateHash(socket)
    const certificate = socket.getPeerX509Certificate()
    if (certificate === undefined) return
    if (hash === null || isSuspended(hash)) {
      warn(hash === null ? String(socket.authorizationError) : 'SUSPENDED')
      options.onRejected?.()
      socket.destroy()
      return
    }
    clients.set(socket, { hash, certificate })
    const end = endWithCertificate(socket, certificate)
    socket.once('close', () => {
      clearTimeout(end)
      clients.delete(socket)
    })
  })
  server.on('tlsClientError', (error: NodeJS.ErrnoException) => {
    // Whoever connects and leaves again says nothing about settings.
    if (error.code !== 'ECONNRESET') warn(error.code ?? error.name)
  })
  const closeWhere = (isMeant: (client: Client) => boolean): number => {
    const meant = [...clients].filter(([, client]) => isMeant(client))
    for (const [socket] of meant) {
      clients.delete(socket)
      socket.destroy()
    }
    return meant.length
  }
  return {
    server: server as Server,
    /**
     * From now on, handshakes use these keys and certificates. Open connections stay, except those of clients whose certificate none of the
     * authorities issued.
     */
    replaceTls(tls: TlsMaterial) {
      server.setSecureContext(toSecureOptions(tls))
      const trusted = tls.clientCa === null ? [] : readCertificates(tls.clientCa.toString())
      closeWhere(({ certificate }) => !trusted.some(({ publicKey }) => certificate.verify(publicKey)))
    },
    /** Closes at once each connection of a client with this certificate. @returns how many it closed. */
    closeSocketsOf: (hash: string) => closeWhere((client) => client.hash === hash),
  }
}

/** Who is at the other end of a connection. */
interface Client {
  readonly hash: string
  readonly certificate: X509Certificate
}

/** Closes a connection when the certificate that opened it ends: no handshake would accept it then. */
function endWithCertificate(socket: TLSSocket, { validTo }: X509Certificate): NodeJS.Timeout {
  const leftMs = Date.parse(validTo) - Date.now()
  return setTimeout(() => socket.destroy(), Math.min(leftMs, MAX_TIMER_MS)).unref()
}

function toSecureOptions({ key, cert, clientCa }: TlsMaterial): ServerOptions {
  return {
    key,
    cert,
    minVersion: 'TLSv1.3',
    sessionTimeout: SESSION_LIFETIME_S,
    // Node would end a handshake with a wrong certificate without a word. This server says in its log what was wrong, and ends it then.
    ...(clientCa !== null && { ca: clientCa, requestCert: true, rejectUnauthorized: false }),
  }
}

function createQuietWarning(log: Pick<Logger, 'warn'>): (reason: string) => void {
  const warnedAt = new Map<string, number>()
  return (reason) => {
    const now = Date.now()
    if (now - (warnedAt.get(reason) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return
    warnedAt.set(reason, now)
    log.warn({ reason, remedy: CLIENT_REMEDY }, 'a connection was closed because of its certificate or its TLS')
  }
}

const CLIENT_REMEDY =
  'If it was the gateway: it needs TLS 1.3 and a client certificate that holds now, issued by an authority of --tls-client-ca.'

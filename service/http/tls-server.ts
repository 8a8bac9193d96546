import type { RequestListener, Server } from 'node:http'
import { createServer, type Server as HttpsServer, type ServerOptions } from 'node:https'
import type { TLSSocket } from 'node:tls'
import type { Logger } from 'pino'
import type { TlsMaterial } from './http-server.ts'
import { peerCertificateHash } from './peer-certificate.ts'

/** For how long a session may be resumed without a new check of certificates, in seconds. */
const SESSION_LIFETIME_S = 300

/** How long the log is silent about the same fault after it named it, in milliseconds: strangers must not fill the log. */
const QUIET_MS = 10_000

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
export interface TlsServer {
  readonly server: Server
  /** From now on, handshakes use these keys and certificates. Open connections stay. */
  replaceTls(tls: TlsMaterial): void
  /** Closes at once each connection of a client with this certificate. @returns how many it closed. */
  closeSocketsOf(certificateHash: string): number
}

/**
 * Creates an HTTPS server for other servers, TLS 1.3 only. It asks each client for a certificate. It closes the connection of a client whose
 * certificate none of `clientCa` issued, or does not hold now, or is for another use. A client without a certificate is let in, and
 * {@link peerCertificateHash} is null: the request decides whether it needs one.
 */
export function createTlsServer(options: TlsServerOptions, onRequest: RequestListener): TlsServer {
  const { http, log, isSuspended = () => false } = options
  const sockets = new Map<TLSSocket, string>()
  const warn = createQuietWarning(log)
  const server: HttpsServer = createServer({ ...http, ...toSecureOptions(options.tls) }, onRequest)
  server.prependListener('secureConnection', (socket) => {
    const hash = peerCertificateHash(socket)
    if (hash === null && socket.getPeerX509Certificate() === undefined) return
    if (hash === null || isSuspended(hash)) {
      warn(hash === null ? String(socket.authorizationError) : 'SUSPENDED')
      options.onRejected?.()
      socket.destroy()
      return
    }
    sockets.set(socket, hash)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', (error: NodeJS.ErrnoException) => {
    // Whoever connects and leaves again says nothing about settings.
    if (error.code !== 'ECONNRESET') warn(error.code ?? error.name)
  })
  return {
    server: server as Server,
    replaceTls: (tls) => server.setSecureContext(toSecureOptions(tls)),
    closeSocketsOf(hash) {
      const shown = [...sockets].filter(([, ofSocket]) => ofSocket === hash)
      for (const [socket] of shown) socket.destroy()
      return shown.length
    },
  }
}

function toSecureOptions({ key, cert, clientCa }: TlsMaterial): ServerOptions {
  return {
    ...{ key, cert, minVersion: 'TLSv1.3', sessionTimeout: SESSION_LIFETIME_S },
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

import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer, type Server as HttpsServer, type ServerOptions } from 'node:https'

/** How long a client may take to send its complete request, in milliseconds. */
const RECEIVE_TIMEOUT_MS = 30_000

/** How long a client may take to send a request's head, in milliseconds. A head fits into one or two packets. */
const HEAD_TIMEOUT_MS = 10_000

/** How often the server checks both timeouts, in milliseconds. */
const TIMEOUT_CHECK_MS = 5_000

/**
 * How long a connection stays open between two requests, in milliseconds. An officer reads between two questions, and a new connection costs two round trips
 * or three.
 */
const KEEP_ALIVE_MS = 65_000

/** The key and certificates for TLS, all in PEM. */
export interface TlsMaterial {
  readonly key: Buffer
  /** The server's certificate, and the intermediate ones up to its authority. */
  readonly cert: Buffer
  /** The authorities whose client certificates the server trusts; null: it asks for no client certificate. */
  readonly clientCa: Buffer | null
}

/** Creates an HTTP server that does not listen yet, with TLS (1.2 or later) if there is `tls`. */
export function createHttpServer(tls: TlsMaterial | null, onRequest: RequestListener): Server {
  const options = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: RECEIVE_TIMEOUT_MS,
    headersTimeout: HEAD_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
  }
  if (tls === null) return createPlainServer(options, onRequest)
  return createTlsServer({ ...options, ...toSecureOptions(tls) }, onRequest) as Server
}

/** Makes a server that was created with TLS use these keys and certificates for new handshakes. Open connections stay. */
export function replaceTls(server: Server, tls: TlsMaterial): void {
  ;(server as HttpsServer).setSecureContext(toSecureOptions(tls))
}

function toSecureOptions({ key, cert, clientCa }: TlsMaterial): ServerOptions {
  // The server also accepts callers without a certificate, because the token says whether it needs one.
  const clientOptions = clientCa === null ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: false }
  return { key, cert, minVersion: 'TLSv1.2', ...clientOptions }
}

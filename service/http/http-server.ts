import { createServer as createPlainServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'

/** How long a client may take to send its whole request, in milliseconds. */
const RECEIVE_TIMEOUT_MS = 30_000

/** How long a client may take to send a request's head, in milliseconds: a whole one fits into a packet or two. */
const HEAD_TIMEOUT_MS = 10_000

/** How often both are looked at, in milliseconds. */
const TIMEOUT_CHECK_MS = 5_000

/** What TLS is spoken with, all in PEM. */
export interface TlsMaterial {
  readonly key: Buffer
  /** The gateway's certificate, and those between it and its authority. */
  readonly cert: Buffer
  /** Whose clients' certificates are believed; null: none is asked for. */
  readonly clientCa: Buffer | null
}

/** An HTTP server, not yet listening; over TLS (1.2 or later) where there is `tls`. */
export function createHttpServer(tls: TlsMaterial | null, onRequest: RequestListener): Server {
  const options = {
    requestTimeout: RECEIVE_TIMEOUT_MS,
    headersTimeout: HEAD_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
  }
  if (tls === null) return createPlainServer(options, onRequest)
  const { key, cert, clientCa } = tls
  // Callers without a certificate come in too: which tokens need one, the tokens say.
  const asking = clientCa === null ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: false }
  return createTlsServer({ ...options, key, cert, minVersion: 'TLSv1.2', ...asking }, onRequest) as Server
}

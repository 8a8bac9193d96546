import type { X509Certificate } from 'node:crypto'
import type { LookupFunction, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { buildConnector } from 'undici'
import { certificateHash, pinOf } from '../certificates/read-certificates.ts'
import { explainCode } from '../describe-connection.ts'
import type { ServerTrust } from './server-trust.ts'

/** A connection whose handshake succeeded, but whose server showed no certificate that our settings trust. */
export class ServerNotTrusted extends Error {
  override readonly name = 'ServerNotTrusted'
  readonly code: `SERVER_${'KEY_NOT_PINNED' | 'CERTIFICATE_EXPIRED' | 'CERTIFICATE_SUSPENDED'}`

  constructor(code: ServerNotTrusted['code']) {
    super(explainCode('tls', code))
    this.code = code
  }
}

/** A certificate that a client shows, and its key, in PEM. */
export interface ClientCertificate {
  readonly cert: string
  readonly key: string
  /** SHA-256 of the certificate's DER, base64url. */
  readonly hash: string
}

/** What {@link createTlsConnector} works with. */
export interface TlsConnectorOptions {
  readonly trust: ServerTrust
  /** Null: the client shows none. */
  readonly certificate: ClientCertificate | null
  /** Whether the certificate with this hash is suspended: the connection is then not used. */
  readonly isSuspended: (certificateHash: string) => boolean
  /** Called with each connection that may be used, and the certificate of its server. */
  readonly onConnected: (socket: TLSSocket, shown: X509Certificate) => void
  /** After how long a handshake is given up, in milliseconds. Default: undici's, 10 s. */
  readonly connectMs?: number
  /** How the addresses of a host are found. Default: as Node does. */
  readonly lookup?: LookupFunction | undefined
}

/**
 * Creates what opens connections for undici: TLS 1.3 or later, HTTP/1.1, with our certificate, to a server that `trust` knows. Where an
 * authority is given, its check of chain, names and dates stays on, and pins come on top. A pin without an authority says which key it must
 * be; then neither the chain nor the name says more, and the dates are checked here.
 */
export function createTlsConnector(options: TlsConnectorOptions): buildConnector.connector {
  const { trust, certificate } = options
  const isPinAlone = trust.ca === undefined && trust.pins !== undefined
  const connect = buildConnector({
    allowH2: false,
    // A resumed session does not say which certificate its first handshake showed. Connections stay open, so full handshakes are few.
    maxCachedSessions: 0,
    minVersion: 'TLSv1.3',
    ...(options.connectMs !== undefined && { timeout: options.connectMs }),
    ...(options.lookup !== undefined && { lookup: options.lookup }),
    rejectUnauthorized: !isPinAlone,
    ...(trust.ca !== undefined && { ca: trust.ca }),
    ...(certificate !== null && { cert: certificate.cert, key: certificate.key }),
  })
  return (target, callback) => {
    // A redirect from TLS to plain HTTP comes here too.
    if (target.protocol !== 'https:') {
      callback(new ServerNotTrusted('SERVER_KEY_NOT_PINNED'), null)
      return
    }
    // undici gives up an attempt that nobody waits for by the socket that is returned.
    return connect(target, (error, socket) => {
      if (error !== null) {
        callback(error, null)
        return
      }
      // Node returns it only once.
      const shown = (socket as TLSSocket).getPeerX509Certificate()
      const fault = findFault(shown, options, isPinAlone)
      if (shown === undefined || fault !== null) {
        ;(socket as Socket).destroy()
        callback(fault ?? new ServerNotTrusted('SERVER_KEY_NOT_PINNED'), null)
        return
      }
      options.onConnected(socket as TLSSocket, shown)
      callback(null, socket as Socket)
    })
  }
}

/** Nothing was sent yet when this is checked. */
function findFault(
  shown: X509Certificate | undefined,
  { trust: { pins }, isSuspended }: TlsConnectorOptions,
  isPinAlone: boolean,
): ServerNotTrusted | null {
  if (shown === undefined || (pins !== undefined && !pins.includes(pinOf(shown))))
    return new ServerNotTrusted('SERVER_KEY_NOT_PINNED')
  const now = Date.now()
  if (isPinAlone && (now < Date.parse(shown.validFrom) || now > Date.parse(shown.validTo)))
    return new ServerNotTrusted('SERVER_CERTIFICATE_EXPIRED')
  return isSuspended(certificateHash(shown)) ? new ServerNotTrusted('SERVER_CERTIFICATE_SUSPENDED') : null
}

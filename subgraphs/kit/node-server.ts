/** The HTTP server of a node: with TLS, which each other machine needs, or without it on this machine. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { Logger } from 'pino'
import { IstmoError } from '../../contract/errors.ts'
import { type CertificateEnd, listEnds, warnOfEnds } from '../../service/certificates/ends.ts'
import { openLiveFiles } from '../../service/certificates/live-files.ts'
import { readServerFiles, rejectOpenSecret, type ServerFiles } from '../../service/certificates/tls-files.ts'
import type { TlsMaterial } from '../../service/http/http-server.ts'
import { peerCertificateHash } from '../../service/http/peer-certificate.ts'
import { createTlsServer, type TlsServer } from '../../service/http/tls-server.ts'
import type { NodeConfig } from './config.ts'
import { settingName } from './settings.ts'

/** In milliseconds. The node keeps an idle connection longer than the gateway's pool does, so that the gateway closes it first. */
const TIMEOUTS = { keepAliveTimeout: 65_000, headersTimeout: 10_000, requestTimeout: 30_000 }

/** A node's server, which does not listen yet. */
export interface NodeServer {
  readonly server: Server
  readonly scheme: 'http' | 'https'
  /**
   * Checks that a request may ask for records: over TLS only with a certificate that an authority of `--tls-client-ca` issued.
   * @throws {IstmoError} `CERTIFICATE_MISSING`.
   */
  checkPeer(request: IncomingMessage): void
  /** Closes at once each connection of a client with this certificate. @returns how many it closed. */
  closeSocketsOf(certificateHash: string): number
  /** Lists when the certificates in use end. Over plain HTTP there are none. */
  ends(): readonly CertificateEnd[]
  /** Reads the files of TLS again. Files that cannot be used change nothing, and the log says why. */
  reloadTls(): Promise<void>
  /** Ends what watches the files. It does not stop the server. */
  close(): void
}

/** What {@link openNodeServer} works with besides the settings. */
export interface NodeServerParts {
  readonly log: Logger
  /** Whether the client certificate with this hash is suspended, so that its connections are closed. Default: none is. */
  readonly isSuspended?: (certificateHash: string) => boolean
  /** Called for each client that has no certificate, or a wrong one, and asks for more than the state of the node. */
  readonly onRejected: () => void
}

/**
 * Creates the node's server.
 * @throws {ConfigError} if a file of TLS cannot be used. The message names the file and the setting.
 */
export async function openNodeServer(
  config: Pick<NodeConfig, 'tlsKey' | 'tlsCert' | 'tlsClientCa' | 'development'>,
  parts: NodeServerParts,
  onRequest: RequestListener,
): Promise<NodeServer> {
  const { tlsKey, tlsCert, tlsClientCa } = config
  if (tlsKey === undefined || tlsCert === undefined || tlsClientCa === undefined) {
    const server = createServer(TIMEOUTS, onRequest)
    const nothing = { checkPeer: () => undefined, closeSocketsOf: () => 0, reloadTls: async () => undefined }
    return { server, scheme: 'http', ...nothing, ends: () => [], close: () => undefined }
  }
  const files: ServerFiles = {
    key: { file: tlsKey, setting: settingName('tlsKey') },
    cert: { file: tlsCert, setting: settingName('tlsCert') },
    clientCa: { file: tlsClientCa, setting: settingName('tlsClientCa') },
  }
  const { log, isSuspended, onRejected } = parts
  const live = await openLiveFiles<TlsMaterial>({
    what: 'the certificate of the node',
    files: [tlsKey, tlsCert, tlsClientCa],
    async read() {
      const tls = await readServerFiles(files, Date.now())
      if (!config.development) await rejectOpenSecret(files.key)
      return tls
    },
    use: (tls) => opened.replaceTls(tls),
    log,
  })
  const opened: TlsServer = createTlsServer(
    { http: TIMEOUTS, tls: live.current(), log, onRejected, ...(isSuspended && { isSuspended }) },
    onRequest,
  )
  const ends = () => listNodeEnds(live.current())
  const endWarnings = warnOfEnds(ends, log)
  return {
    server: opened.server,
    scheme: 'https',
    closeSocketsOf: opened.closeSocketsOf,
    reloadTls: live.reload,
    ends,
    checkPeer({ socket }) {
      if (peerCertificateHash(socket) !== null) return
      onRejected()
      throw new IstmoError('CERTIFICATE_MISSING')
    },
    close() {
      endWarnings()
      live.close()
    },
  }
}

function listNodeEnds({ cert, clientCa }: TlsMaterial) {
  const authorities = clientCa === null ? [] : listEnds('authority of clients', clientCa.toString())
  return [...listEnds('server', cert.toString()), ...authorities]
}

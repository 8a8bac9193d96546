/** The gateway's certificates: its own as a server and as a client of the nodes, and those by which it knows others. */
import type { Logger } from 'pino'
import { type CertificateEnd, listEnds, warnOfEnds } from '../../service/certificates/ends.ts'
import { type LiveFiles, openLiveFiles } from '../../service/certificates/live-files.ts'
import {
  type KeyedFiles,
  type NamedFile,
  readClientFiles,
  readServerFiles,
  rejectOpenSecret,
  type ServerFiles,
} from '../../service/certificates/tls-files.ts'
import type { TlsMaterial } from '../../service/http/http-server.ts'
import type { ClientCertificate } from '../../service/http/tls-connector.ts'
import { createTlsPools, type TlsPools } from '../../service/http/tls-pools.ts'
import type { Participant } from '../types/participant.ts'
import type { GatewayConfig } from './config.ts'
import { namesOf } from './setting-groups.ts'
import type { SettingKey } from './settings.ts'

/**
 * Reads the certificates that the settings name, and reads them again when the files change.
 * @param participants returns the countries that take part now.
 * @throws {ConfigError} if a file cannot be used. The message names the file and the setting.
 */
export async function openGatewayTls(
  config: Pick<GatewayConfig, 'tls' | 'clientTls' | 'development'>,
  participants: () => readonly Participant[],
  log: Logger,
) {
  const listeners: ((tls: TlsMaterial) => void)[] = []
  const onServerFiles = (tls: TlsMaterial): void => {
    for (const use of listeners) use(tls)
  }
  const server = config.tls && (await openServerFiles(config.tls, config.development, onServerFiles, log))
  const pools: TlsPools = createTlsPools()
  const client =
    config.clientTls &&
    (await openClientFiles(config.clientTls, config.development, (shown) => pools.showCertificate(shown), log))
  if (client !== null) pools.showCertificate(client.current())
  const ends = (): readonly CertificateEnd[] => [
    ...(server === null ? [] : listServerEnds(server.current())),
    ...(client === null ? [] : listEnds('client', client.current().cert)),
    ...listCountryEnds(participants(), pools),
  ]
  const endWarnings = warnOfEnds(ends, log)
  return {
    /** What the gateway's own server uses; null: plain HTTP. */
    server: () => server?.current() ?? null,
    /** The pools to nodes, and to all else that the gateway asks with its client certificate. */
    pools,
    /** Calls `use` each time that the server's files have changed. */
    onServerChange: (use: (tls: TlsMaterial) => void) => void listeners.push(use),
    /** Drains the pools that none of these participants needs. */
    keepOnly: (current: readonly Participant[]) =>
      pools.keepOnly(
        current.flatMap(({ domains }) =>
          Object.values(domains).map(({ url, tls }) => ({ url: new URL(url), trust: tls })),
        ),
      ),
    /** Lists when each certificate in use ends, also those that nodes showed last. */
    ends,
    /** Reads the files again. Files that cannot be used change nothing. */
    async reload() {
      await Promise.all([server?.reload(), client?.reload()])
    },
    /** Waits for the requests in progress of the pools. */
    async close() {
      endWarnings()
      server?.close()
      client?.close()
      await pools.close()
    },
  }
}

function openServerFiles(
  { cert, key, clientCa }: NonNullable<GatewayConfig['tls']>,
  isDevelopment: boolean,
  use: (tls: TlsMaterial) => void,
  log: Logger,
): Promise<LiveFiles<TlsMaterial>> {
  const files: ServerFiles = {
    cert: named(cert, 'tlsCert'),
    key: named(key, 'tlsKey'),
    clientCa: clientCa === null ? null : named(clientCa, 'tlsClientCa'),
  }
  const paths = [cert, key, ...(clientCa === null ? [] : [clientCa])]
  const read = async () => {
    const tls = await readServerFiles(files, Date.now())
    if (!isDevelopment) await rejectOpenSecret(files.key)
    return tls
  }
  return openLiveFiles({ what: 'the certificate of the gateway’s server', files: paths, read, use, log })
}

function openClientFiles(
  { cert, key }: NonNullable<GatewayConfig['clientTls']>,
  isDevelopment: boolean,
  use: (certificate: ClientCertificate) => void,
  log: Logger,
): Promise<LiveFiles<ClientCertificate>> {
  const files: KeyedFiles = { cert: named(cert, 'clientCert'), key: named(key, 'clientKey') }
  const read = async () => {
    const certificate = await readClientFiles(files, Date.now())
    if (!isDevelopment) await rejectOpenSecret(files.key)
    return certificate
  }
  return openLiveFiles({ what: 'the certificate that the gateway shows to nodes', files: [cert, key], read, use, log })
}

function named(file: string, key: SettingKey): NamedFile {
  return { file, setting: namesOf([key]) }
}

function listServerEnds({ cert, clientCa }: TlsMaterial): readonly CertificateEnd[] {
  return [
    ...listEnds('server', cert.toString()),
    ...(clientCa === null ? [] : listEnds('authority of clients', clientCa.toString())),
  ]
}

/** Lists the authorities that countries' files name, and the certificates that their nodes showed last. */
function listCountryEnds(participants: readonly Participant[], pools: TlsPools): readonly CertificateEnd[] {
  const seen = new Map(pools.serverCertificates().map(({ origin, certificate }) => [origin, certificate.toString()]))
  return participants.flatMap(({ country, domains }) =>
    Object.entries(domains).flatMap(([domain, { url, tls }]) => {
      const shown = seen.get(new URL(url).origin)
      return [
        ...(tls?.ca === undefined ? [] : listEnds(`authority of ${country}, ${domain}`, tls.ca)),
        ...(shown === undefined ? [] : listEnds(`node of ${country}, ${domain}`, shown)),
      ]
    }),
  )
}

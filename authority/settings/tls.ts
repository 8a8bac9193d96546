/** The certificate of the authority or of a console, and the authorities of its clients' certificates. */
import type { Logger } from 'pino'
import { type LiveFiles, openLiveFiles } from '../../service/certificates/live-files.ts'
import { readServerFiles } from '../../service/certificates/tls-files.ts'
import type { TlsMaterial } from '../../service/http/http-server.ts'

/** The paths of the files, in PEM. Without `clientCa` the server asks for no client certificate. */
interface TlsSettings {
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string } | undefined
}

/** The files for TLS while the authority runs. */
export interface TlsFiles {
  readonly files: LiveFiles<TlsMaterial>
  /** Calls `use` each time that the files have changed. */
  readonly onChange: (use: (material: TlsMaterial) => void) => void
}

/**
 * Reads the files for TLS, and reads them again when they change: certificates are renewed while the authority runs. Null without them.
 * @throws {ConfigError} if a file cannot be used. The message names the file and the setting.
 */
export async function openTlsFiles({ tls }: TlsSettings, log: Logger): Promise<TlsFiles | null> {
  if (tls === undefined) return null
  const files = {
    cert: { file: tls.cert, setting: 'tls.cert' },
    key: { file: tls.key, setting: 'tls.key' },
    clientCa: tls.clientCa === undefined ? null : { file: tls.clientCa, setting: 'tls.clientCa' },
  }
  const listeners: ((material: TlsMaterial) => void)[] = []
  const live = await openLiveFiles({
    what: 'the certificate of this server',
    files: Object.values(tls),
    log,
    read: () => readServerFiles(files, Date.now()),
    use: (material) => {
      for (const use of listeners) use(material)
    },
  })
  return { files: live, onChange: (use) => void listeners.push(use) }
}

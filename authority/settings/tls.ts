/** The authority's certificate, and the authorities of its clients' certificates. */
import type { Logger } from 'pino'
import { type LiveFiles, openLiveFiles } from '../../service/certificates/live-files.ts'
import { readServerFiles } from '../../service/certificates/tls-files.ts'
import type { TlsMaterial } from '../../service/http/http-server.ts'
import type { AuthoritySettings } from './settings.ts'

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
export async function openTlsFiles({ tls }: Pick<AuthoritySettings, 'tls'>, log: Logger): Promise<TlsFiles | null> {
  if (tls === undefined) return null
  const files = {
    cert: { file: tls.cert, setting: 'tls.cert' },
    key: { file: tls.key, setting: 'tls.key' },
    clientCa: { file: tls.clientCa, setting: 'tls.clientCa' },
  }
  const listeners: ((material: TlsMaterial) => void)[] = []
  const live = await openLiveFiles({
    ...{ what: 'the certificate of the authority', files: Object.values(tls), log },
    read: () => readServerFiles(files, Date.now()),
    use: (material) => {
      for (const use of listeners) use(material)
    },
  })
  return { files: live, onChange: (use) => void listeners.push(use) }
}

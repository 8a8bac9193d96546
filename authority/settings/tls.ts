import { createSecureContext } from 'node:tls'
import { ConfigError } from '../../service/config-error.ts'
import type { TlsMaterial } from '../../service/http/http-server.ts'
import { readSetting } from '../../service/read-setting.ts'
import type { AuthoritySettings } from './settings.ts'

/**
 * Reads the files for TLS. Null without them.
 * @throws {ConfigError} if a file cannot be read, or key and certificate do not match. The message names the setting.
 */
export async function readTlsMaterial({ tls }: Pick<AuthoritySettings, 'tls'>): Promise<TlsMaterial | null> {
  if (tls === undefined) return null
  const read = (file: string, setting: string) => readSetting(file, setting, (text) => Buffer.from(text))
  const cert = await read(tls.cert, 'tls.cert')
  const key = await read(tls.key, 'tls.key')
  const clientCa = await read(tls.clientCa, 'tls.clientCa')
  try {
    createSecureContext({ key, cert, ca: clientCa })
  } catch (cause) {
    throw new ConfigError(`${tls.cert}: expected a certificate for the key in ${tls.key}, both in PEM. Correct tls.`, {
      cause,
    })
  }
  return { key, cert, clientCa }
}

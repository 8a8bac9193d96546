import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { ConfigError } from '../../service/config-error.ts'
import type { TlsMaterial } from '../../service/http/http-server.ts'
import type { TlsFiles } from './config.ts'
import { GATEWAY_SETTINGS } from './settings.ts'

/**
 * Reads what TLS is spoken with.
 * @throws {ConfigError} naming the file and the setting when it cannot be read, is no PEM, or key and certificate do not fit.
 */
export async function readTlsFiles(files: TlsFiles): Promise<TlsMaterial> {
  const key = await readPem(files.key, 'tlsKey')
  const cert = await readPem(files.cert, 'tlsCert')
  const clientCa = files.clientCa === null ? null : await readPem(files.clientCa, 'tlsClientCa')
  // A file without a certificate would be taken for an empty list, which refuses every caller in silence.
  if (files.clientCa !== null && !isCertificate(clientCa))
    throw wrong(files.clientCa, 'tlsClientCa', 'certificates in PEM')
  try {
    createSecureContext({ key, cert })
  } catch (cause) {
    throw wrong(files.cert, 'tlsCert', `a certificate for the key in ${files.key}, both in PEM`, cause)
  }
  return { key, cert, clientCa }
}

async function readPem(file: string, setting: 'tlsKey' | 'tlsCert' | 'tlsClientCa'): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw wrong(file, setting, 'a file that can be read', cause)
  }
}

function isCertificate(pem: Buffer | null): boolean {
  try {
    return pem !== null && new X509Certificate(pem) !== null
  } catch {
    return false
  }
}

function wrong(
  file: string,
  key: 'tlsKey' | 'tlsCert' | 'tlsClientCa',
  expected: string,
  cause?: unknown,
): ConfigError {
  const { flag, variable } = GATEWAY_SETTINGS[key]
  return new ConfigError(`${file}: expected ${expected}. Correct --${flag} (${variable}).`, { cause })
}

import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { ConfigError } from '../../service/config-error.ts'
import type { TlsMaterial } from '../../service/http/http-server.ts'
import type { TlsFiles } from './config.ts'
import { GATEWAY_SETTINGS } from './settings.ts'

/**
 * Reads the key and the certificates for TLS.
 * @throws {ConfigError} if a file cannot be read or is not PEM, or if key and certificate do not match. The message names the file and the
 * setting.
 */
export async function readTlsFiles(files: TlsFiles): Promise<TlsMaterial> {
  const key = await readPem(files.key, 'tlsKey')
  const cert = await readPem(files.cert, 'tlsCert')
  const clientCa = files.clientCa === null ? null : await readPem(files.clientCa, 'tlsClientCa')
  // Node would read a file without a certificate as an empty list, and silently reject every caller.
  if (files.clientCa !== null && !isCertificate(clientCa))
    throw createError(files.clientCa, 'tlsClientCa', 'certificates in PEM')
  try {
    createSecureContext({ key, cert })
  } catch (cause) {
    throw createError(files.cert, 'tlsCert', `a certificate for the key in ${files.key}, both in PEM`, cause)
  }
  return { key, cert, clientCa }
}

async function readPem(file: string, setting: 'tlsKey' | 'tlsCert' | 'tlsClientCa'): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw createError(file, setting, 'a readable file', cause)
  }
}

function isCertificate(pem: Buffer | null): boolean {
  try {
    return pem !== null && new X509Certificate(pem) !== null
  } catch {
    return false
  }
}

function createError(
  file: string,
  key: 'tlsKey' | 'tlsCert' | 'tlsClientCa',
  expected: string,
  cause?: unknown,
): ConfigError {
  const { flag, variable } = GATEWAY_SETTINGS[key]
  return new ConfigError(`${file}: expected ${expected}. Correct --${flag} (${variable}).`, { cause })
}

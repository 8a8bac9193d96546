import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { ConfigError } from '../config-error.ts'
import { describeFileError } from '../describe-error.ts'
import type { TlsMaterial } from '../http/http-server.ts'
import type { ClientCertificate } from '../http/tls-connector.ts'
import { describeOpenSecret, isSecretOpen } from '../private-files.ts'
import { certificateHash, readCertificates } from './read-certificates.ts'

/** A file, and how the operator sets it: `--tls-key (TLS_KEY_FILE)`. */
export interface NamedFile {
  readonly file: string
  readonly setting: string
}

/** The files of a certificate with its chain, and of its key. */
export interface KeyedFiles {
  readonly cert: NamedFile
  readonly key: NamedFile
}

/** The files of a server. `clientCa`: the authorities of its clients' certificates; null: it asks for no client certificate. */
export interface ServerFiles extends KeyedFiles {
  readonly clientCa: NamedFile | null
}

/**
 * Reads what a server needs for TLS.
 * @param now milliseconds since the epoch.
 * @throws {ConfigError} if a file cannot be read or is not PEM, if key and certificate do not match, if the certificate does not hold now, or
 * if an authority is none. The message names the file, the setting and the remedy.
 */
export async function readServerFiles(files: ServerFiles, now: number): Promise<TlsMaterial> {
  const { cert, key } = await readKeyedFiles(files, now)
  const clientCa = files.clientCa === null ? null : await readAuthorities(files.clientCa)
  return { cert: Buffer.from(cert), key: Buffer.from(key), clientCa: clientCa === null ? null : Buffer.from(clientCa) }
}

/**
 * Reads the certificate that a client shows, and its key.
 * @throws {ConfigError} for the same causes as {@link readServerFiles}.
 */
export async function readClientFiles(files: KeyedFiles, now: number): Promise<ClientCertificate> {
  const { cert, key, leaf } = await readKeyedFiles(files, now)
  return { cert, key, hash: certificateHash(leaf) }
}

/**
 * Reads the certificates of authorities. Several may stand in the file, so that one can replace another.
 * @returns the text of the file, in PEM.
 * @throws {ConfigError} if the file cannot be read, or if one of its certificates is not that of an authority.
 */
export async function readAuthorities(named: NamedFile): Promise<string> {
  const pem = await readText(named)
  const certificates = parse(named, 'certificates of authorities in PEM', () => readCertificates(pem), pem)
  const other = certificates.find(({ ca }) => !ca)
  // A server’s own certificate in this place would let nobody else in, and seem to work.
  if (other !== undefined) {
    const came = `the certificate ${other.serialNumber}, which is not one`
    throw wrongFile(named, `certificates of authorities (\`ca.cert.pem\` of \`istmo ca init\`); came ${came}`)
  }
  return pem
}

/** Checks that nobody but the owner can use a file with a secret. @throws {ConfigError} with the remedy if others can. */
export async function rejectOpenSecret({ file, setting }: NamedFile): Promise<void> {
  if (!isSecretOpen(await stat(file))) return
  const { danger, remedy } = describeOpenSecret(setting, file)
  throw new ConfigError(`${danger}. ${remedy}`)
}

async function readKeyedFiles(
  files: KeyedFiles,
  now: number,
): Promise<{ readonly cert: string; readonly key: string; readonly leaf: X509Certificate }> {
  const key = await readText(files.key)
  const cert = await readText(files.cert)
  const privateKey = parse(files.key, 'a private key in PEM', () => createPrivateKey(key), key)
  const [leaf] = parse(files.cert, 'certificates in PEM', () => readCertificates(cert), cert)
  if (leaf === undefined || !leaf.checkPrivateKey(privateKey as KeyObject))
    throw wrongFile(files.cert, `a certificate for the key in ${files.key.file}; came one for another key`)
  const [from, until] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)]
  if (now > until)
    throw wrongFile(
      files.cert,
      `a certificate that holds now; came one until ${leaf.validTo}. Renew it: \`istmo ca renew\``,
    )
  if (now < from)
    throw wrongFile(files.cert, `a certificate that holds now; came one from ${leaf.validFrom} on. Compare the clocks`)
  return { cert, key, leaf }
}

async function readText(named: NamedFile): Promise<string> {
  try {
    return await readFile(named.file, 'utf8')
  } catch (cause) {
    throw wrongFile(named, `a readable file; ${describeFileError(cause)}`, cause)
  }
}

function parse<Value>(named: NamedFile, expected: string, read: () => Value, text: string): Value {
  try {
    return read()
  } catch (cause) {
    throw wrongFile(named, `${expected}; came ${describePem(text)}`, cause)
  }
}

/** Says what a file has, by the first line of its PEM. */
function describePem(text: string): string {
  if (text.trim() === '') return 'an empty file'
  const label = /^-----BEGIN ([A-Z0-9 ]{1,40})-----/m.exec(text)?.[1]
  if (label === undefined) return 'a file without PEM'
  return text.includes(`-----END ${label}-----`) ? `«${label}»` : `a part of «${label}»: the file may be cut off`
}

function wrongFile({ file, setting }: NamedFile, expected: string, cause?: unknown): ConfigError {
  return new ConfigError(`${file}: expected ${expected}. Correct ${setting}.`, { cause })
}

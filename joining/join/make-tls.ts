/** The certificate of a country's node, and what stands for the gateway until its operator has sent it. */
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import {
  AUTHORITY_DAYS,
  CERTIFICATE_DAYS,
  initAuthority,
  issueInto,
} from '../../service/certificates/authority-folder.ts'
import { readCertificates } from '../../service/certificates/read-certificates.ts'
import { createServerRequest, pinOfKey } from '../../service/certificates/request.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { replaceFile } from '../../service/replace-file.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { Answers, GivenAnswers } from './answers.ts'
import type { CountryFolder } from './folder.ts'

/** Where the files of TLS and of the gateway are, relative to the folder. */
export const TLS_FILES = {
  authority: 'tls/ca',
  authorityCert: 'tls/ca/ca.cert.pem',
  authorityKey: 'tls/ca/ca.key.pem',
  key: 'tls/node.key.pem',
  cert: 'tls/node.cert.pem',
  request: 'tls/node.csr.pem',
  gatewayCa: 'gateway/ca.cert.pem',
  gatewayKeys: 'gateway/leg.jwks.json',
} as const

/** By what the gateway knows the node: an authority's certificate in PEM, or the pin of a key. */
export type NodeTrust = { readonly ca: string } | { readonly pin: string }

/** Makes what is missing of the node's TLS files. @param now milliseconds since the epoch. */
export async function makeTls(folder: CountryFolder, { host, country, tls }: Answers, now: number): Promise<NodeTrust> {
  const names = isIP(host) === 0 ? { dnsNames: [host], ipAddresses: [] } : { dnsNames: [], ipAddresses: [host] }
  await folder.folder('tls')
  if (tls === 'csr') return makeRequest(folder, names)
  const hasAuthority = await folder.has(TLS_FILES.authorityKey)
  if (!hasAuthority) await initAuthority(folder.at(TLS_FILES.authority), `Istmo ${country}`, AUTHORITY_DAYS, now)
  folder.note(TLS_FILES.authorityKey, hasAuthority ? 'KEPT' : 'MADE')
  const hasCertificate = (await folder.has(TLS_FILES.key)) && (await folder.has(TLS_FILES.cert))
  if (!hasCertificate) {
    const request = { name: 'node', use: 'server' as const, ...names }
    const order = { folder: folder.at(TLS_FILES.authority), out: folder.at('tls'), request, days: CERTIFICATE_DAYS }
    await issueInto(order, now)
  }
  folder.note(TLS_FILES.cert, hasCertificate ? 'KEPT' : 'MADE')
  return { ca: await readFile(folder.at(TLS_FILES.authorityCert), 'utf8') }
}

async function makeRequest(
  folder: CountryFolder,
  names: { readonly dnsNames: readonly string[]; readonly ipAddresses: readonly string[] },
): Promise<NodeTrust> {
  if (!(await folder.has(TLS_FILES.key))) {
    const { request, key, pin } = await createServerRequest('node', names)
    await folder.write(TLS_FILES.key, key, { isSecret: true })
    await folder.write(TLS_FILES.request, request)
    return { pin }
  }
  folder.note(TLS_FILES.key, 'KEPT')
  return { pin: pinOfKey(await readFile(folder.at(TLS_FILES.key), 'utf8')) }
}

/** A key set without keys: the node starts with it and takes no leg. */
const NO_KEYS = '{"keys":[]}\n'

/** What is there of the gateway. */
export interface GatewayFiles {
  /** Whether the gateway's own files are there, or only what stands for them. */
  readonly hasKeys: boolean
  readonly hasCa: boolean
}

/** What the gateway's operator has sent, as texts; null for what did not come. `hasKeyAddress`: the key set is at a URL. */
export interface SentByGateway {
  readonly keys: string | null
  readonly ca: string | null
  readonly hasKeyAddress: boolean
  /** Which of both came now. What came in a run before was put into its place then, and may have been replaced since. */
  readonly isNew: { readonly keys: boolean; readonly ca: boolean }
}

/**
 * Reads what the gateway's operator has sent, before anything is written.
 * @throws {UsageError} if a given file is not what it must be.
 */
export async function readSentByGateway(
  { gatewayKeys, gatewayCa }: Answers,
  given: Pick<GivenAnswers, 'gatewayKeys' | 'gatewayCa'>,
): Promise<SentByGateway> {
  const hasKeyAddress = /^https:/i.test(gatewayKeys)
  const isNew = { keys: given.gatewayKeys !== undefined, ca: given.gatewayCa !== undefined }
  // A file of a run before need not be there any more.
  const read = (text: Promise<string>, isGiven: boolean) => (isGiven ? text : text.catch(() => null))
  return {
    keys: gatewayKeys === '' || hasKeyAddress ? null : await read(readKeySet(gatewayKeys), isNew.keys),
    ca: gatewayCa === '' ? null : await read(readAuthority(gatewayCa), isNew.ca),
    hasKeyAddress,
    isNew,
  }
}

/**
 * Puts what the gateway's operator has sent into its place. Until it is there, a key set without keys and the country's own authority stand for it, so
 * that the node starts and nobody can ask it.
 * @throws {UsageError} if there is another file already.
 */
export async function takeGatewayFiles(
  folder: CountryFolder,
  { keys, ca, hasKeyAddress, isNew }: SentByGateway,
  trust: NodeTrust,
): Promise<GatewayFiles> {
  const ownCa = 'ca' in trust ? trust.ca : null
  const hasKeys = await place(folder, TLS_FILES.gatewayKeys, { text: keys, standIn: NO_KEYS, isNew: isNew.keys })
  const hasCa = await place(folder, TLS_FILES.gatewayCa, { text: ca, standIn: ownCa, isNew: isNew.ca })
  return { hasKeys: hasKeys || hasKeyAddress, hasCa }
}

/** Puts a file into its place, or what stands for it. A file that came before stays. @returns whether the file itself is there. */
async function place(
  folder: CountryFolder,
  path: string,
  { text, standIn, isNew }: { readonly text: string | null; readonly standIn: string | null; readonly isNew: boolean },
): Promise<boolean> {
  const old = (await folder.has(path)) ? await readFile(folder.at(path), 'utf8') : null
  const isStandIn = old === standIn
  if (old !== null && !isStandIn) {
    if (isNew && text !== null && text !== old)
      throw new UsageError(
        `${folder.at(path)}: expected the file that is there, or none; came another one. Replace it yourself, if that is meant`,
      )
    folder.note(path, 'KEPT')
    return true
  }
  if (text !== null && isStandIn && old !== null) {
    await replaceFile(folder.at(path), text, 0o644)
    folder.note(path, 'MADE')
    return true
  }
  const first = text ?? standIn
  if (first !== null) await folder.write(path, first)
  return text !== null
}

async function readKeySet(file: string): Promise<string> {
  const text = await readGiven('--gateway-keys', file)
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown }
    if (!Array.isArray(keys) || keys.length === 0) throw new Error('no keys')
    if (keys.some((key) => typeof key === 'object' && key !== null && 'd' in key)) throw new Error('a private key')
  } catch (cause) {
    const message = `--gateway-keys: expected a public key set, leg.jwks.json of the gateway; came something else: ${file}`
    throw new UsageError(message, { cause })
  }
  return text
}

async function readAuthority(file: string): Promise<string> {
  const text = await readGiven('--gateway-ca', file)
  try {
    if (readCertificates(text).some(({ ca }) => !ca)) throw new Error('a certificate of a server or a client')
  } catch (cause) {
    throw new UsageError(
      `--gateway-ca: expected the certificate of an authority in PEM, ca.cert.pem of the gateway; came something else: ${file}`,
      { cause },
    )
  }
  return text
}

async function readGiven(flag: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${flag}: expected a file that can be read; ${file}: ${describeFileError(error)}`)
  }
}

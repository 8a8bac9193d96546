import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { dirname, join } from 'node:path'
import { exists } from '../../audit/if-there.ts'
import { generateSignerKey, parseSignerFile, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import { isObject, parseJson } from '../../contract/json-value.ts'
import { thumbprintOf } from '../../contract/trust/session-key.ts'
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
import { makeEd25519 } from '../running/rotate-command.ts'
import type { Answers, GivenAnswers } from './answers.ts'

/** Writes the files of a country's folder. Nothing that is there is ever replaced, unless it is made of the other files each time. */

/** What happened to one file. Paths are relative to the folder. */
export interface WrittenFile {
  readonly path: string
  readonly state: 'MADE' | 'KEPT' | 'RENEWED'
}

/** A country's folder while it is made. Paths are relative to it. */
export type CountryFolder = ReturnType<typeof openCountryFolder>

/** Opens a country's folder, which need not exist yet. @param root its absolute path. */
export function openCountryFolder(root: string) {
  const written: WrittenFile[] = []
  const at = (path: string): string => join(root, path)
  const has = (path: string): Promise<boolean> => exists(at(path))
  const folder = async (path: string): Promise<void> => {
    await mkdir(at(path), { recursive: true, mode: 0o700 })
  }
  return {
    /** Returns the absolute path of a file. */
    at,
    has,
    /** Makes a folder that only its owner can enter. */
    folder,
    /** What happened so far, in this order. */
    written: written as readonly WrittenFile[],
    /** Writes a file that is not there yet. A secret one is 0600, each other one 0644. */
    async write(path: string, text: string, { isSecret = false } = {}): Promise<void> {
      await mkdir(dirname(at(path)), { recursive: true, mode: 0o700 })
      if (await has(path)) {
        written.push({ path, state: 'KEPT' })
        return
      }
      await writeFile(at(path), text, { mode: isSecret ? 0o600 : 0o644, flag: 'wx' })
      written.push({ path, state: 'MADE' })
    },
    /** Writes a file that is made of the other files, each time. */
    async renew(path: string, text: string): Promise<void> {
      await mkdir(dirname(at(path)), { recursive: true, mode: 0o700 })
      const state = (await has(path)) ? 'RENEWED' : 'MADE'
      await replaceFile(at(path), text, 0o644)
      written.push({ path, state })
    },
    /** Notes a file that somebody else made, or that was there. */
    note: (path: string, state: WrittenFile['state']) => void written.push({ path, state }),
  }
}

/** The keys of a country's node. None is ever replaced. */

/** Where the keys are, relative to the folder. */
export const KEY_FILES = {
  auditLog: 'keys/audit-log.key',
  refs: 'keys/audit-log-refs.json',
  node: 'keys/node.jwk.json',
  witness: 'keys/witness.key',
  suspender: (country: string) => `keys/suspenders/${country}.jwk.json`,
} as const

/** The public parts of the keys. */
export interface PublicKeys {
  /** The verifier key of the audit log (C2SP signed note). */
  readonly vkey: string
  /** The thumbprint of the node's key (RFC 7638), for the `partners` of other countries. */
  readonly nodeKey: string
  /** The verifier key of the country's witness, for the trust policies of other countries' authorities. */
  readonly witness: string
  /** The member `x` of the public key of whoever may suspend (RFC 8037); empty if the key was taken away. */
  readonly suspender: string
}

/**
 * Makes the keys that are missing: of the audit log and of its refs, of the node, of the witness, and of the country's security officer.
 * @param now milliseconds since the epoch.
 * @throws {Error} if a key that is there cannot be read.
 */
export async function makeKeys(
  folder: CountryFolder,
  { country, logName }: { readonly country: string; readonly logName: string },
  now: number,
): Promise<PublicKeys> {
  await folder.write(KEY_FILES.auditLog, `${generateSignerKey(logName, SIGNATURE_TYPES.ed25519)}\n`, { isSecret: true })
  const hasRefs = await folder.has(KEY_FILES.refs)
  await mkdir(folder.at('keys'), { recursive: true, mode: 0o700 })
  if (!hasRefs) await rotateKeyFile(folder.at(KEY_FILES.refs), now)
  folder.note(KEY_FILES.refs, hasRefs ? 'KEPT' : 'MADE')
  await folder.write(KEY_FILES.node, `${JSON.stringify(makeEd25519())}\n`, { isSecret: true })
  const witness = generateSignerKey(`${logName}/witness`, SIGNATURE_TYPES.cosignature)
  await folder.write(KEY_FILES.witness, `${witness}\n`, { isSecret: true })
  const suspender = KEY_FILES.suspender(country)
  // It moves to the security officer, and its public part stays in the country's file.
  if ((await folder.has(suspender)) || !(await folder.has(`rules/${country}.yaml`)))
    await folder.write(suspender, `${JSON.stringify({ ...makeEd25519(), name: country })}\n`, { isSecret: true })
  return readPublicKeys(folder, country)
}

async function readPublicKeys(folder: CountryFolder, country: string): Promise<PublicKeys> {
  const { verifier } = parseSignerFile(await readFile(folder.at(KEY_FILES.auditLog), 'utf8'))
  const suspender = await readJwk(folder, KEY_FILES.suspender(country)).catch(() => null)
  const nodeKey = thumbprintOf(await readJwk(folder, KEY_FILES.node))
  const witness = parseSignerFile(await readFile(folder.at(KEY_FILES.witness), 'utf8')).verifier.vkey
  return { vkey: verifier.vkey, nodeKey, witness, suspender: suspender?.x ?? '' }
}

async function readJwk(
  folder: CountryFolder,
  path: string,
): Promise<{ readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string }> {
  const { kty, crv, x } = Object(parseJson(await readFile(folder.at(path), 'utf8'))) as Record<string, unknown>
  if (kty === 'OKP' && crv === 'Ed25519' && typeof x === 'string') return { kty, crv, x }
  throw new Error(
    `${folder.at(path)}: expected a private Ed25519 key as a JWK; came something else. Restore it from a backup`,
  )
}

/** The certificate of a country's node, and what stands for the gateway until its operator has sent it. */

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

/** What the gateway's operator sends, and what it must be. */
const SENT = {
  gatewayKeys: {
    flag: '--gateway-keys',
    expected: 'a public key set, leg.jwks.json of the gateway',
    isRight(text: string): boolean {
      const { keys } = Object(parseJson(text)) as { readonly keys?: unknown }
      return Array.isArray(keys) && keys.length > 0 && !keys.some((key) => isObject(key) && 'd' in key)
    },
  },
  gatewayCa: {
    flag: '--gateway-ca',
    expected: 'the certificate of an authority in PEM, ca.cert.pem of the gateway',
    isRight: (text: string): boolean => readCertificates(text).every(({ ca }) => ca),
  },
} as const

type SentKey = keyof typeof SENT

/** A text that the gateway's operator has sent, null if it did not come; and whether it came now: what came before may have been replaced since. */
interface SentText {
  readonly text: string | null
  readonly isNew: boolean
}

/** What the gateway's operator has sent. The key set may be at an address instead. */
export type SentByGateway = Readonly<Record<SentKey, SentText>> & { readonly hasKeyAddress: boolean }

/**
 * Reads what the gateway's operator has sent, before anything is written.
 * @param given what was answered now.
 * @throws {UsageError} if a file that was given now is not what it must be. A file of a run before need not be there any more.
 */
export async function readSentByGateway(answers: Answers, given: GivenAnswers): Promise<SentByGateway> {
  const read = async (key: SentKey): Promise<SentText> => {
    const isNew = given[key] !== undefined
    const file = answers[key]
    if (file === '' || /^https:/i.test(file)) return { text: null, isNew }
    return { text: await readSent(key, file).catch((error: unknown) => (isNew ? Promise.reject(error) : null)), isNew }
  }
  const hasKeyAddress = /^https:/i.test(answers.gatewayKeys)
  return { gatewayKeys: await read('gatewayKeys'), gatewayCa: await read('gatewayCa'), hasKeyAddress }
}

async function readSent(key: SentKey, file: string): Promise<string> {
  const { flag, expected, isRight } = SENT[key]
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${flag}: expected a file that can be read; ${file}: ${describeFileError(error)}`)
  })
  let cause: unknown
  try {
    if (isRight(text)) return text
  } catch (error) {
    cause = error
  }
  throw new UsageError(`${flag}: expected ${expected}; came something else: ${file}`, { cause })
}

/** Whether the gateway's own files are there, or only what stands for them. */
export interface GatewayFiles {
  readonly hasKeys: boolean
  readonly hasCa: boolean
}

/**
 * Puts what the gateway's operator has sent into its place. Until it is there, a key set without keys and the country's own authority stand for it, so
 * that the node starts and nobody can ask it.
 * @throws {UsageError} if there is another file already.
 */
export async function takeGatewayFiles(
  folder: CountryFolder,
  { gatewayKeys, gatewayCa, hasKeyAddress }: SentByGateway,
  trust: NodeTrust,
): Promise<GatewayFiles> {
  const hasKeys = await place(folder, TLS_FILES.gatewayKeys, gatewayKeys, NO_KEYS)
  const hasCa = await place(folder, TLS_FILES.gatewayCa, gatewayCa, 'ca' in trust ? trust.ca : null)
  return { hasKeys: hasKeys || hasKeyAddress, hasCa }
}

/** Puts a file into its place, or what stands for it. A file that came before stays. @returns whether the file itself is there. */
async function place(
  folder: CountryFolder,
  path: string,
  { text, isNew }: SentText,
  standIn: string | null,
): Promise<boolean> {
  const old = (await folder.has(path)) ? await readFile(folder.at(path), 'utf8') : null
  if (old !== null && old !== standIn) {
    if (isNew && text !== null && text !== old)
      throw new UsageError(
        `${folder.at(path)}: expected the file that is there, or none; came another one. Replace it yourself, if that is meant`,
      )
    folder.note(path, 'KEPT')
    return true
  }
  if (text !== null && old !== null) {
    await replaceFile(folder.at(path), text, 0o644)
    folder.note(path, 'MADE')
    return true
  }
  const first = text ?? standIn
  if (first !== null) await folder.write(path, first)
  return text !== null
}

/** The files of a small certificate authority, and those of the certificates that it issues. Nothing here replaces a key of an authority. */
import { X509Certificate } from 'node:crypto'
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../config-error.ts'
import { describeFileError } from '../describe-error.ts'
import { replaceFile } from '../replace-file.ts'
import type { Authority, CertificateRequest, KeyedCertificate } from './authority.ts'
import { describeCertificate, readCertificates } from './read-certificates.ts'

/** For how many days an authority holds. */
export const AUTHORITY_DAYS = 1_825

/** For how many days a certificate holds. */
export const CERTIFICATE_DAYS = 30

/** How many days before its end a certificate is renewed. The log begins to warn on the same day. */
export const RENEW_BEFORE_DAYS = 10

const DAY_MS = 86_400_000

/** How long before now a certificate begins to hold, in milliseconds, because the clocks of others may be behind. */
const BACKDATED_MS = 300_000

const AUTHORITY_CERT = 'ca.cert.pem'
const AUTHORITY_KEY = 'ca.key.pem'

/** The copies of all certificates that the authority issued, by serial number. */
const ISSUED = 'issued'

const CERT_SUFFIX = '.cert.pem'

/** A certificate of a folder, and what was done with it. */
export interface RenewedCertificate {
  /** The path of its file. */
  readonly file: string
  /** In milliseconds since the epoch. */
  readonly notAfter: number
  readonly isRenewed: boolean
}

/**
 * Makes an authority in a folder: `ca.cert.pem`, which others trust, and `ca.key.pem` (0600), which never leaves the folder.
 * @param now milliseconds since the epoch.
 * @returns the path of the certificate.
 * @throws {ConfigError} if the folder has an authority already.
 */
export async function initAuthority(folder: string, name: string, days: number, now: number): Promise<string> {
  await mkdir(join(folder, ISSUED), { recursive: true, mode: 0o700 })
  await rejectExisting(
    join(folder, AUTHORITY_KEY),
    'An authority is never replaced. Make the next one in another folder.',
  )
  const { createAuthority } = await makingCertificates()
  const authority = await createAuthority(name, { notBefore: now - BACKDATED_MS, notAfter: now + days * DAY_MS })
  await writeFile(join(folder, AUTHORITY_KEY), authority.key, { mode: 0o600, flag: 'wx' })
  await writeFile(join(folder, AUTHORITY_CERT), authority.cert, { mode: 0o644, flag: 'wx' })
  return join(folder, AUTHORITY_CERT)
}

/** What {@link issueInto} issues, and where it writes it. */
export interface IssueOrder {
  /** The folder of the authority. */
  readonly folder: string
  /** The folder of the new certificate. */
  readonly out: string
  readonly request: CertificateRequest
  readonly days: number
}

/**
 * Issues a certificate: `<name>.cert.pem`, and `<name>.key.pem` (0600) with its private key.
 * @param now milliseconds since the epoch.
 * @returns the path of the certificate.
 * @throws {ConfigError} if the authority cannot be read or has ended, or if there is a certificate of that name.
 */
export async function issueInto({ folder, out, request, days }: IssueOrder, now: number): Promise<string> {
  const authority = await readAuthority(folder)
  const cert = join(out, `${request.name}${CERT_SUFFIX}`)
  await mkdir(out, { recursive: true, mode: 0o700 })
  const remedy = 'A key is never replaced. Renew it with `istmo ca renew`, or choose another name.'
  await rejectExisting(keyFileOf(cert), remedy)
  await rejectExisting(cert, remedy)
  const issued = await issue(folder, authority, request, days, now)
  await writeFile(keyFileOf(cert), issued.key, { mode: 0o600, flag: 'wx' })
  await writeFile(cert, issued.cert, { mode: 0o644, flag: 'wx' })
  return cert
}

/** What {@link renewIn} renews. */
export interface RenewOrder {
  /** The folder of the authority. */
  readonly folder: string
  /** The folder of the certificates. */
  readonly certificates: string
  readonly days: number
  /** Certificates that end within so many days are renewed. */
  readonly withinDays: number
  /** Whether the new certificates are for new keys. Pins of partners then no longer hold. */
  readonly hasNewKey: boolean
}

/**
 * Renews the certificates of a folder (`*.cert.pem`) that the authority issued and that end soon. Each new one has the names, addresses
 * and use of the old one, and its key, and replaces it in one step. Certificates of other authorities stay.
 * @param now milliseconds since the epoch.
 * @returns each certificate of the authority, with its end now.
 * @throws {ConfigError} if the authority or a certificate cannot be read, or if the authority has ended.
 */
export async function renewIn(order: RenewOrder, now: number): Promise<readonly RenewedCertificate[]> {
  const authority = await readAuthority(order.folder)
  const [root] = readCertificates(authority.cert)
  const names = (await readdir(order.certificates)).filter((name) => name.endsWith(CERT_SUFFIX)).sort()
  const results: RenewedCertificate[] = []
  for (const name of names) {
    const file = join(order.certificates, name)
    const old = await readCertificate(file)
    if (root === undefined || old.ca || !old.verify(root.publicKey)) continue
    results.push(await renewIfDue(file, old, authority, order, now))
  }
  return results
}

async function renewIfDue(
  file: string,
  old: X509Certificate,
  authority: Authority,
  { folder, days, withinDays, hasNewKey }: RenewOrder,
  now: number,
): Promise<RenewedCertificate> {
  const { notAfter } = describeCertificate(old)
  if (notAfter - now > withinDays * DAY_MS) return { file, notAfter, isRenewed: false }
  const request = { ...toRequest(old), ...(!hasNewKey && { key: await readFile(keyFileOf(file), 'utf8') }) }
  const renewed = await issue(folder, authority, request, days, now)
  // A reader that meets the new key with the old certificate keeps what it has until it sees both.
  if (hasNewKey) await replaceFile(keyFileOf(file), renewed.key)
  await replaceFile(file, renewed.cert, 0o644)
  return { file, notAfter: describeCertificate(new X509Certificate(renewed.cert)).notAfter, isRenewed: true }
}

/** Returns what a certificate was issued for. */
function toRequest(certificate: X509Certificate): CertificateRequest {
  const { subject, uses, names } = describeCertificate(certificate)
  const listed = (prefix: string) =>
    names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
  return {
    name: subject,
    use: uses.includes('server') ? 'server' : 'client',
    dnsNames: listed('DNS:'),
    ipAddresses: listed('IP Address:'),
  }
}

async function issue(
  folder: string,
  authority: Authority,
  request: CertificateRequest,
  days: number,
  now: number,
): Promise<KeyedCertificate> {
  const { notAfter: end } = describeCertificate(new X509Certificate(authority.cert))
  if (end <= now) {
    const remedy =
      'Make a new one with `istmo ca init` in another folder, and let partners trust both until all certificates are renewed.'
    throw new ConfigError(
      `${join(folder, AUTHORITY_CERT)}: expected an authority that holds now; came one that has ended. ${remedy}`,
    )
  }
  // A certificate is worth nothing after the end of its authority.
  const validity = { notBefore: now - BACKDATED_MS, notAfter: Math.min(now + days * DAY_MS, end) }
  const { issueCertificate } = await makingCertificates()
  const issued = await issueCertificate(authority, request, validity)
  const { serialNumber } = new X509Certificate(issued.cert)
  await writeFile(join(folder, ISSUED, `${serialNumber}.pem`), issued.cert, { mode: 0o644, flag: 'wx' })
  return issued
}

async function readAuthority(folder: string): Promise<Authority> {
  try {
    const [cert, key] = await Promise.all(
      [AUTHORITY_CERT, AUTHORITY_KEY].map((name) => readFile(join(folder, name), 'utf8')),
    )
    return { cert: cert ?? '', key: key ?? '' }
  } catch (cause) {
    throw new ConfigError(
      `${folder}: expected a folder of \`istmo ca init\`; ${describeFileError(cause)}. Correct the path, or make one.`,
      { cause },
    )
  }
}

async function readCertificate(file: string): Promise<X509Certificate> {
  try {
    return new X509Certificate(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new ConfigError(`${file}: expected a certificate in PEM. Remove the file, or issue it again.`, { cause })
  }
}

function keyFileOf(cert: string): string {
  return `${cert.slice(0, -CERT_SUFFIX.length)}.key.pem`
}

async function rejectExisting(file: string, remedy: string): Promise<void> {
  const exists = await access(file).then(
    () => true,
    () => false,
  )
  if (exists) throw new ConfigError(`${file}: expected no such file; it exists. ${remedy}`)
}

/** Loads what makes certificates: 200 modules, which commands that only read certificates do not need. */
const makingCertificates = () => import('./authority.ts')

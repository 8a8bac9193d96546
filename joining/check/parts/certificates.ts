import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { sayBoth } from '../../../contract/said.ts'
import { isNamed, leastDaysOf } from '../../../service/certificates/judge.ts'
import { describeCertificate, pinOf, readCertificates } from '../../../service/certificates/read-certificates.ts'
import { readAuthorities } from '../../../service/certificates/tls-files.ts'
import { ConfigError } from '../../../service/config-error.ts'
import type { CountryFile } from '../../../service/country-file.ts'
import { describeError } from '../../../service/describe-error.ts'
import { isSecretOpen } from '../../../service/private-files.ts'
import type { CheckContext } from '../context.ts'
import { type Finding, isFault, NotChecked } from '../finding.ts'
import { checkWords } from '../words.ts'

const DAY_MS = 86_400_000

/** The files of a node's server. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
  readonly clientCa?: string | undefined
}

/** @throws {NotChecked} without the files. */
export async function checkCertificates({ options, rules, now }: CheckContext): Promise<readonly Finding[]> {
  const { tlsCert: cert, tlsKey: key, tlsClientCa: clientCa } = options
  if (cert === undefined || key === undefined) throw new NotChecked('--tls-cert FILE, --tls-key FILE')
  const found = await judgeCertificates({ cert, key, clientCa }, rules?.file ?? null, now)
  return [...(await checkSecret(key)), ...found].filter(isFault)
}

/**
 * Judges the certificate of a node: whether it holds now and for a while, whether its chain is whole and its key fits, and whether the gateway
 * would know the node by it, as the country's file says. The permissions of the key are not looked at.
 * @returns also what is well: one finding for each certificate that holds for long enough.
 */
export async function judgeCertificates(
  { cert, key, clientCa }: CertificateFiles,
  file: CountryFile | null,
  now: number,
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const chain = await orFinding(findings, '--tls-cert', async () => readCertificates(await readFile(cert, 'utf8')))
  const secret = await orFinding(findings, '--tls-key', async () => createPrivateKey(await readFile(key, 'utf8')))
  if (clientCa !== undefined) {
    const named = { file: clientCa, setting: '--tls-client-ca' }
    const pem = await orFinding(findings, '--tls-client-ca', () => readAuthorities(named))
    if (pem !== null)
      findings.push(...readCertificates(pem).map((one) => checkTime(one, 'clientAuthority', '--tls-client-ca', now)))
  }
  const leaf = chain?.[0]
  if (chain === null || leaf === undefined) return findings
  if (secret !== null && !leaf.checkPrivateKey(secret as KeyObject)) {
    const reason = sayBoth((language) => checkWords(language)('details.keyOfOther', { key }))
    findings.push({ id: 'CERTIFICATE_WRONG', place: '--tls-cert', details: { reason } })
  }
  const times = chain.map((one) =>
    checkTime(one, one === leaf ? 'serverCertificate' : 'authorityCertificate', '--tls-cert', now),
  )
  const { uses, subject } = describeCertificate(leaf)
  if (uses.length > 0 && !uses.includes('server'))
    findings.push({ id: 'CERTIFICATE_USE', place: '--tls-cert', details: { subject } })
  return [...findings, ...times, ...checkChain(chain), ...checkKnown(file, chain, leaf)]
}

async function checkSecret(file: string): Promise<readonly Finding[]> {
  const facts = await stat(file).catch(() => null)
  if (facts === null || !isSecretOpen(facts)) return []
  return [{ id: 'SECRET_OPEN', place: file, details: { setting: '--tls-key', file } }]
}

async function orFinding<Value>(findings: Finding[], place: string, read: () => Promise<Value>): Promise<Value | null> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof Error || error instanceof ConfigError)) throw error
    findings.push({ id: 'CERTIFICATE_WRONG', place, details: { reason: describeError(error) } })
    return null
  }
}

function checkTime(certificate: X509Certificate, use: string, place: string, now: number): Finding {
  const { subject, notBefore, notAfter } = describeCertificate(certificate)
  const ends = `${subject}: ${new Date(notBefore).toISOString()} – ${new Date(notAfter).toISOString()}`
  if (now < notBefore || now > notAfter) return { id: 'CERTIFICATE_ENDED', place, details: { ends } }
  const least = leastDaysOf(certificate)
  if (notAfter - now <= least * DAY_MS) return { id: 'CERTIFICATE_ENDS', place, details: { ends, most: least } }
  const details = {
    subject,
    use,
    day: new Date(notAfter).toISOString().slice(0, 10),
    days: Math.floor((notAfter - now) / DAY_MS),
  }
  return { id: 'CERTIFICATE_READ', place, details }
}

function checkChain(chain: readonly X509Certificate[]): readonly Finding[] {
  return chain.flatMap((certificate, at): readonly Finding[] => {
    const issuer = chain[at + 1]
    if (issuer === undefined || isIssuedBy(certificate, issuer)) return []
    const { subject } = describeCertificate(certificate)
    return [{ id: 'CERTIFICATE_CHAIN', place: '--tls-cert', details: { subject } }]
  })
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
}

/** Finds why the gateway would not know the node at an https address of the country's file. A chain that is broken was said already. */
function checkKnown(
  file: CountryFile | null,
  chain: readonly X509Certificate[],
  leaf: X509Certificate,
): readonly Finding[] {
  const [last, pin] = [chain.at(-1) ?? leaf, pinOf(leaf)]
  const isWhole = checkChain(chain).length === 0
  const found = new Map<string, Finding>()
  for (const [domain, { url, tls = {} }] of file?.domains ?? []) {
    if (!url.startsWith('https:')) continue
    // What is wrong at several addresses in the same way is said once.
    const add = (id: string, details: Readonly<Record<string, string>>) =>
      found.set(`${id} ${JSON.stringify(details)}`, { id, place: `domains.${domain}`, details })
    const host = new URL(url).hostname
    if (tls.pins?.includes(pin) === false) add('CERTIFICATE_PIN', { pin })
    if (!isNamed(leaf, host, tls))
      add('CERTIFICATE_NAME', { host, names: describeCertificate(leaf).names.join(', ') || '-' })
    const roots = tls.ca === undefined ? null : readCertificates(tls.ca)
    const isRooted = roots?.some((root) => root.raw.equals(last.raw) || isIssuedBy(last, root)) ?? true
    if (isWhole && !isRooted) add('CERTIFICATE_CHAIN', { subject: describeCertificate(last).subject })
  }
  return [...found.values()]
}

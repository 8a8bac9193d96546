import type { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isNamed, leastDaysOf } from '../../service/certificates/judge.ts'
import { describeCertificate, readCertificates } from '../../service/certificates/read-certificates.ts'
import { readServerFiles } from '../../service/certificates/tls-files.ts'
import { type CountryFile, readCountryFile } from '../../service/country-file.ts'
import { settingName } from '../../subgraphs/kit/settings.ts'
import { type Finding, noteOf, reasonOf } from './finding.ts'
import type { NodePlace } from './node-place.ts'

const note = noteOf('certificates')

const DAY_MS = 86_400_000

/** Looks at the certificates of a node: that they hold, for how long, their chain, and whether the names are those that the gateway asks for. */
export async function checkCertificates({ config }: NodePlace, now: number): Promise<readonly Finding[]> {
  const { tlsKey, tlsCert, tlsClientCa, rules } = config
  if (tlsKey === undefined || tlsCert === undefined || tlsClientCa === undefined) return [note('well', 'TLS_NONE')]
  try {
    await readServerFiles(
      {
        key: { file: tlsKey, setting: settingName('tlsKey') },
        cert: { file: tlsCert, setting: settingName('tlsCert') },
        clientCa: { file: tlsClientCa, setting: settingName('tlsClientCa') },
      },
      now,
    )
  } catch (error) {
    return [note('wrong', 'CERTIFICATE_WRONG', reasonOf(error))]
  }
  const chain = readCertificates(await readFile(tlsCert, 'utf8'))
  const authorities = readCertificates(await readFile(tlsClientCa, 'utf8'))
  // A country’s file that is wrong has its own finding.
  const file = rules === undefined ? null : await readCountryFile(rules).catch(() => null)
  return [
    ...chain.map((each, at) => tellEnd(each, at === 0 ? 'serverCertificate' : 'authorityCertificate', now)),
    ...authorities.map((each) => tellEnd(each, 'clientAuthority', now)),
    ...checkChain(chain),
    ...checkLeaf(chain[0], file),
  ]
}

function tellEnd(certificate: X509Certificate, use: string, now: number): Finding {
  const { subject, notAfter } = describeCertificate(certificate)
  const left = notAfter - now
  const values = [subject, use, new Date(notAfter).toISOString().slice(0, 10), Math.floor(left / DAY_MS)] as const
  if (left <= 0) return note('wrong', 'CERTIFICATE_SOON', ...values)
  return left <= leastDaysOf(certificate) * DAY_MS
    ? note('warning', 'CERTIFICATE_SOON', ...values)
    : note('well', 'CERTIFICATE_READ', ...values)
}

/** Each certificate is followed by the one that issued it (RFC 8446, section 4.4.2). */
function checkChain(chain: readonly X509Certificate[]): readonly Finding[] {
  return chain.slice(0, -1).flatMap((each, at) => {
    const next = chain[at + 1]
    if (next === undefined || (each.checkIssued(next) && each.verify(next.publicKey))) return []
    return [note('wrong', 'CERTIFICATE_CHAIN', describeCertificate(each).subject, describeCertificate(next).subject)]
  })
}

function checkLeaf(leaf: X509Certificate | undefined, file: CountryFile | null): readonly Finding[] {
  if (leaf === undefined) return []
  const { uses, names, subject } = describeCertificate(leaf)
  const wrongNames = new Set(listUnnamed(leaf, file))
  return [
    ...(uses.length > 0 && !uses.includes('server') ? [note('wrong', 'CERTIFICATE_USE', subject)] : []),
    ...[...wrongNames].map((host) => note('wrong', 'CERTIFICATE_NAME', host, names.join(', ') || 'no name')),
  ]
}

/** Lists the names under which the gateway asks the node for its domains over TLS, and that the certificate is not for. */
function listUnnamed(leaf: X509Certificate, file: CountryFile | null): readonly string[] {
  return [...(file?.domains.values() ?? [])].flatMap(({ url, tls = {} }) => {
    const text = String(url)
    if (!text.startsWith('https:') || !URL.canParse(text)) return []
    const { hostname } = new URL(text)
    return isNamed(leaf, hostname, tls) ? [] : [hostname]
  })
}

/** The certificates by which the demo's gateway, nodes and authorities know one another: from an authority of its own. */
import { existsSync } from 'node:fs'
import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { CertificateRequest } from '../service/certificates/authority.ts'
import {
  AUTHORITY_DAYS,
  CERTIFICATE_DAYS,
  initAuthority,
  issueInto,
  RENEW_BEFORE_DAYS,
  renewIn,
} from '../service/certificates/authority-folder.ts'
import { describeCertificate, readCertificates } from '../service/certificates/read-certificates.ts'
import { AUTHORITIES } from './authority/authorities.ts'
import { DEMO_COUNTRIES } from './countries.ts'
import type { Home } from './home.ts'

const SENDING_COUNTRIES = AUTHORITIES.map(({ country }) => country)

/** The folder of the authority, below that of the certificates. */
const AUTHORITY = 'ca'

/** The name of the gateway's certificate. */
const GATEWAY = 'gateway'

/** The names and addresses of all the demo's servers. */
const THIS_MACHINE = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1', '::1'] }

const DAY_MS = 86_400_000

/** The paths of the demo's certificates. */
export type DemoCertificates = ReturnType<typeof demoCertificatesIn>

/**
 * Makes the demo's authority and certificates, if they are not there, and renews those that end within 10 days. An authority that ends too
 * soon for a whole certificate is replaced with all that it issued, because nobody outside the demo trusts it. A folder that a killed start left
 * half made never counts.
 * @param now milliseconds since the epoch.
 */
export async function makeDemoCertificates(
  { tls, ca }: Pick<Home, 'tls' | 'ca'>,
  now: number,
): Promise<DemoCertificates> {
  const isUsable = existsSync(ca) && (await holdsUntil(ca, now + CERTIFICATE_DAYS * DAY_MS))
  if (!isUsable) {
    const draft = `${tls}.draft`
    await rm(draft, { recursive: true, force: true })
    await initAuthority(join(draft, AUTHORITY), 'Istmo demo', AUTHORITY_DAYS, now)
    await issueMissing(draft, now)
    await rm(tls, { recursive: true, force: true })
    await rename(draft, tls)
  }
  await issueMissing(tls, now)
  const order = { folder: join(tls, AUTHORITY), certificates: tls, days: CERTIFICATE_DAYS }
  await renewIn({ ...order, withinDays: RENEW_BEFORE_DAYS, hasNewKey: false }, now)
  return demoCertificatesIn({ tls, ca })
}

/**
 * Returns where the demo's certificates are, each with its key: the authority that all trust, what the gateway shows to nodes and authorities, and those of nodes and
 * authorities by country. Makes no files.
 */
export function demoCertificatesIn({ tls, ca }: Pick<Home, 'tls' | 'ca'>) {
  const filesOf = (name: string) => ({ cert: join(tls, `${name}.cert.pem`), key: join(tls, `${name}.key.pem`) })
  const byCountry = (kind: string, countries: readonly string[]) =>
    Object.fromEntries(countries.map((country) => [country, filesOf(`${kind}-${country}`)]))
  return {
    ca,
    gateway: filesOf(GATEWAY),
    nodes: byCountry('node', DEMO_COUNTRIES),
    authorities: byCountry('authority', SENDING_COUNTRIES),
  }
}

/** Issues the certificates that a folder does not have. A key without a certificate is what a killed start left of it. */
async function issueMissing(tls: string, now: number): Promise<void> {
  const servers = [
    ...DEMO_COUNTRIES.map((country) => `node-${country}`),
    ...SENDING_COUNTRIES.map((country) => `authority-${country}`),
  ]
  const requests: readonly CertificateRequest[] = [
    { name: GATEWAY, use: 'client' },
    ...servers.map((name) => ({ name, use: 'server' as const, ...THIS_MACHINE })),
  ]
  await Promise.all(
    requests.map(async (request) => {
      if (existsSync(join(tls, `${request.name}.cert.pem`))) return
      await rm(join(tls, `${request.name}.key.pem`), { force: true })
      await issueInto({ folder: join(tls, AUTHORITY), out: tls, request, days: CERTIFICATE_DAYS }, now)
    }),
  )
}

async function holdsUntil(file: string, time: number): Promise<boolean> {
  return readCertificates(await readFile(file, 'utf8')).every((each) => describeCertificate(each).notAfter >= time)
}

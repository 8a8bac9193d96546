/** The certificates by which the demo's gateway, nodes and authorities know one another: from an authority of its own. */
import { access, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  AUTHORITY_DAYS,
  CERTIFICATE_DAYS,
  initAuthority,
  issueInto,
  RENEW_BEFORE_DAYS,
  renewIn,
} from '../service/certificates/authority-folder.ts'
import { describeCertificate, readCertificates } from '../service/certificates/read-certificates.ts'
import type { Home } from './home.ts'
import { DEMO_COUNTRIES } from './ports.ts'

/** The countries whose officers the demo knows, each with an authority. */
const SENDING_COUNTRIES = ['GT', 'HN'] as const

/** The names and addresses of all the demo's servers. */
const THIS_MACHINE = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1', '::1'] }

const DAY_MS = 86_400_000

/** The paths of a certificate and of its key. */
export interface DemoCertificate {
  readonly cert: string
  readonly key: string
}

/** The paths of the demo's certificates. */
export interface DemoCertificates {
  /** The authority that all trust. */
  readonly ca: string
  /** What the gateway shows to nodes and authorities. */
  readonly gateway: DemoCertificate
  /** By country. */
  readonly nodes: Readonly<Record<string, DemoCertificate>>
  /** By country. */
  readonly authorities: Readonly<Record<string, DemoCertificate>>
}

/**
 * Makes the demo's authority and certificates, if they are not there, and renews those that end within 10 days. An authority that ends too
 * soon for a whole certificate is replaced with all that it issued, because nobody outside the demo trusts it.
 * @param now milliseconds since the epoch.
 */
export async function makeDemoCertificates({ tls }: Pick<Home, 'tls'>, now: number): Promise<DemoCertificates> {
  const folder = join(tls, 'ca')
  const ca = join(folder, 'ca.cert.pem')
  if ((await exists(ca)) && !(await holdsUntil(ca, now + CERTIFICATE_DAYS * DAY_MS))) await rm(tls, { recursive: true })
  if (!(await exists(ca))) await initAuthority(folder, 'Istmo demo', AUTHORITY_DAYS, now)

  const make = async (name: string, use: 'server' | 'client'): Promise<DemoCertificate> => {
    const files = { cert: join(tls, `${name}.cert.pem`), key: join(tls, `${name}.key.pem`) }
    const request = { name, use, ...(use === 'server' && THIS_MACHINE) }
    if (!(await exists(files.cert))) await issueInto({ folder, out: tls, request, days: CERTIFICATE_DAYS }, now)
    return files
  }
  const makeEach = async (kind: string, countries: readonly string[]) =>
    Object.fromEntries(
      await Promise.all(
        countries.map(async (country) => [country, await make(`${kind}-${country}`, 'server')] as const),
      ),
    )
  const certificates = {
    ca,
    gateway: await make('gateway', 'client'),
    nodes: await makeEach('node', DEMO_COUNTRIES),
    authorities: await makeEach('authority', SENDING_COUNTRIES),
  }
  const order = { folder, certificates: tls, days: CERTIFICATE_DAYS, withinDays: RENEW_BEFORE_DAYS, hasNewKey: false }
  await renewIn(order, now)
  return certificates
}

async function holdsUntil(file: string, time: number): Promise<boolean> {
  return readCertificates(await readFile(file, 'utf8')).every((each) => describeCertificate(each).notAfter >= time)
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}

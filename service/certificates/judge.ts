import type { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { ServerTrust } from '../http/server-trust.ts'
import { RENEW_BEFORE_DAYS } from './authority-folder.ts'
import { describeCertificate } from './read-certificates.ts'

/** How a certificate is judged, by `istmo check` and by `istmo doctor`. */

const DAY_MS = 86_400_000

/** How long before its end a certificate is a finding, in days: an office needs weeks to sign a new one. */
const LEAST_DAYS = 30

/** A certificate that holds for less than this, in days, is renewed by a machine in its last {@link RENEW_BEFORE_DAYS}. */
const SHORT_LIFE_DAYS = 60

/** Returns how many days a certificate should hold at least from now on. */
export function leastDaysOf(certificate: X509Certificate): number {
  const { notBefore, notAfter } = describeCertificate(certificate)
  return notAfter - notBefore < SHORT_LIFE_DAYS * DAY_MS ? RENEW_BEFORE_DAYS - 1 : LEAST_DAYS
}

/**
 * Whether a server with this certificate is believed to be a host. A pin without an authority says nothing about names (service/http/server-trust.ts).
 * @param host as in a URL
 */
export function isNamed(certificate: X509Certificate, host: string, { ca, pins }: ServerTrust): boolean {
  if (ca === undefined && pins !== undefined) return true
  const address = host.replace(/^\[|\]$/g, '')
  return (isIP(address) === 0 ? certificate.checkHost(address) : certificate.checkIP(address)) !== undefined
}

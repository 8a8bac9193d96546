import type { Logger } from 'pino'
import { describeCertificate, readCertificates } from './read-certificates.ts'

/** When a certificate ends. */
export interface CertificateEnd {
  /** What it is for: `server`, `client`, `authority of clients`, `authority of HN, cases`, `node of HN, cases`. */
  readonly use: string
  /** The common name of its subject. */
  readonly subject: string
  /** In milliseconds since the epoch. */
  readonly notAfter: number
}

/** How long before the end of a certificate the log begins to warn, in milliseconds: 10 days. */
export const WARN_BEFORE_MS = 864_000_000

/** How often the log warns of the same certificate, in milliseconds. */
const WARN_EVERY_MS = 86_400_000

/** Lists when the certificates of a PEM text end. */
export function listEnds(use: string, pem: string): readonly CertificateEnd[] {
  return readCertificates(pem)
    .map(describeCertificate)
    .map(({ subject, notAfter }) => ({ use, subject, notAfter }))
}

/** Shows the ends of certificates for `/status`: the time in ISO 8601, and the whole days that are left. */
export function showEnds(ends: readonly CertificateEnd[], now: number): readonly object[] {
  return ends.map(({ use, subject, notAfter }) => ({
    use,
    subject,
    ends: new Date(notAfter).toISOString(),
    daysLeft: Math.floor((notAfter - now) / WARN_EVERY_MS),
  }))
}

/**
 * Warns in the log of each certificate that ends within 10 days: now, and once a day.
 * @param list returns the certificates in use.
 * @param now returns milliseconds since the epoch.
 * @returns a function that ends the warnings.
 */
export function warnOfEnds(
  list: () => readonly CertificateEnd[],
  log: Pick<Logger, 'warn'>,
  now: () => number = Date.now,
): () => void {
  const warn = (): void => {
    for (const end of list()) {
      if (end.notAfter - now() > WARN_BEFORE_MS) continue
      const [shown] = showEnds([end], now())
      log.warn({ ...shown, remedy: 'Renew it: `istmo ca renew`.' }, 'a certificate ends soon')
    }
  }
  warn()
  const timer = setInterval(warn, WARN_EVERY_MS).unref()
  return () => clearInterval(timer)
}

import { X509Certificate } from 'node:crypto'
import { sha256Url } from '../../contract/trust/digest.ts'

/** What people and programs need to know of a certificate. */
export interface CertificateFacts {
  /** The common name of its subject. */
  readonly subject: string
  /** The common name of its issuer. */
  readonly issuer: string
  /** The names and addresses of a server, as `DNS:gw.example` and `IP Address:127.0.0.1`. */
  readonly names: readonly string[]
  readonly isAuthority: boolean
  /** Whether it is for servers, for clients, or both; an authority's is for neither. */
  readonly uses: readonly ('server' | 'client')[]
  /** In hexadecimal digits. */
  readonly serial: string
  /** In milliseconds since the epoch. */
  readonly notBefore: number
  /** In milliseconds since the epoch. */
  readonly notAfter: number
  /** SHA-256 of its DER, base64url: the `x5t#S256` of a token (RFC 8705, section 3.1). */
  readonly hash: string
  /** SHA-256 of its SubjectPublicKeyInfo, base64url: the pin of a country's file (RFC 7469, section 2.4). */
  readonly pin: string
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** The usages of RFC 5280, section 4.2.1.12, as Node names them. */
const USAGES = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const

/**
 * Reads the certificates of a PEM file in their order.
 * @throws {Error} if there is none, or if one cannot be read.
 */
export function readCertificates(pem: string): readonly X509Certificate[] {
  const certificates = [...pem.matchAll(PEM_CERTIFICATE)].map(([text]) => new X509Certificate(text))
  if (certificates.length === 0) throw new Error('expected certificates in PEM; came none')
  return certificates
}

/** Returns the facts of a certificate. */
export function describeCertificate(certificate: X509Certificate): CertificateFacts {
  // It is undefined if the certificate names no usage, although its type says otherwise.
  const usages: readonly string[] = certificate.keyUsage ?? []
  return {
    subject: commonName(certificate.subject),
    issuer: commonName(certificate.issuer),
    names: certificate.subjectAltName?.split(', ') ?? [],
    isAuthority: certificate.ca,
    uses: (['server', 'client'] as const).filter((use) => usages.includes(USAGES[use])),
    serial: certificate.serialNumber,
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
    hash: certificateHash(certificate),
    pin: pinOf(certificate),
  }
}

/** Returns the base64url SHA-256 of a certificate's DER: the `x5t#S256` of a token (RFC 8705, section 3.1). */
export function certificateHash({ raw }: Pick<X509Certificate, 'raw'>): string {
  return sha256Url(raw)
}

/** Returns the base64url SHA-256 of a certificate's SubjectPublicKeyInfo, which stays the same as long as the key does. */
export function pinOf({ publicKey }: Pick<X509Certificate, 'publicKey'>): string {
  return sha256Url(publicKey.export({ type: 'spki', format: 'der' }))
}

function commonName(name: string): string {
  return /^CN=(.*)$/m.exec(name)?.[1] ?? name.replaceAll('\n', ', ')
}

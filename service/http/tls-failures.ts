/** What an operator does about a TLS connection that failed: by the code of the error. */

/** The server showed no certificate that our settings trust: errors of {@link ServerNotTrusted}. */
export const PIN_CODES = [
  'SERVER_KEY_NOT_PINNED',
  'SERVER_CERTIFICATE_EXPIRED',
  'SERVER_CERTIFICATE_SUSPENDED',
] as const

/** A connection whose handshake succeeded, but whose server is not the one that our settings name. */
export class ServerNotTrusted extends Error {
  override readonly name = 'ServerNotTrusted'
  readonly code: (typeof PIN_CODES)[number]

  constructor(code: (typeof PIN_CODES)[number]) {
    super(REMEDIES[code])
    this.code = code
  }
}

const WRONG_AUTHORITY =
  'None of the authorities that the settings name issued the certificate of the other side. Compare the `ca` of the country’s file with `istmo ca show`; while an authority is replaced, the file names both.'
const NO_CERTIFICATE =
  'The other side demands a certificate, and got none that it trusts. Set --client-cert and --client-key, and give the other side the authority that issued it (--tls-client-ca).'
const NO_TLS =
  'The other side does not speak TLS 1.3 at this address. Set --tls-cert, --tls-key and --tls-client-ca there, or write an http URL on loopback. A proxy that ends TLS must not stand between.'

const REMEDIES: Readonly<Record<string, string>> = {
  SERVER_KEY_NOT_PINNED:
    'The server’s key is none of the `pins` in the country’s file. Ask the country for the pin of its certificate (`istmo ca show`).',
  SERVER_CERTIFICATE_EXPIRED:
    'The server’s certificate does not hold now. Renew it (`istmo ca renew`), and compare the clocks.',
  SERVER_CERTIFICATE_SUSPENDED:
    'The server’s certificate is suspended. Whoever suspended it resumes it (`istmo resume`).',
  DEPTH_ZERO_SELF_SIGNED_CERT: WRONG_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: WRONG_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: WRONG_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: WRONG_AUTHORITY,
  CERT_SIGNATURE_FAILURE: WRONG_AUTHORITY,
  CERT_HAS_EXPIRED:
    'The certificate of the other side has expired. Renew it (`istmo ca renew`), and compare the clocks.',
  CERT_NOT_YET_VALID: 'The certificate of the other side does not hold yet. Compare the clocks.',
  INVALID_PURPOSE:
    'The certificate is for another use. Issue one with `--use server` for a server, `--use client` for a client.',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'The certificate does not name the host of the URL. Issue it with --dns or --ip for that host, or correct the URL.',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: NO_CERTIFICATE,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: NO_CERTIFICATE,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: NO_TLS,
  ERR_SSL_UNSUPPORTED_PROTOCOL: NO_TLS,
}

/** Returns what the operator can do about an error of a TLS connection; undefined if its code is not one of TLS. */
export function remedyForTls(code: string | undefined): string | undefined {
  return code !== undefined && Object.hasOwn(REMEDIES, code) ? REMEDIES[code] : undefined
}

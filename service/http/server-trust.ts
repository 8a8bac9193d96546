/**
 * By what a client knows a server. With `ca`, a chain of certificates must lead to one of these authorities and must name the server. With
 * `pins`, the server's key must be one of them. With both, both must hold. With neither, the authorities of the operating system decide.
 */
export interface ServerTrust {
  /** Certificates of authorities, in PEM. */
  readonly ca?: string
  /** SHA-256 of a SubjectPublicKeyInfo each, base64url without padding (RFC 7469, section 2.4). */
  readonly pins?: readonly string[]
}

import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { certificateHash } from '../certificates/read-certificates.ts'

/** Hashes by connection, because the certificate is the same for all its requests. */
const hashes = new WeakMap<Socket, string | null>()

/**
 * Returns the hash of the certificate that the other side of a connection showed: the base64url SHA-256 of its DER, as `x5t#S256` names it
 * (RFC 8705, section 3.1). It is computed once for each connection.
 * @returns null over plain HTTP, without a certificate, and for a certificate that none of our authorities issued: it proves nothing.
 */
export function peerCertificateHash(socket: Socket): string | null {
  if (!(socket instanceof TLSSocket)) return null
  const known = hashes.get(socket)
  if (known !== undefined) return known
  const hash = socket.authorized ? hashPeer(socket) : null
  hashes.set(socket, hash)
  return hash
}

function hashPeer(socket: TLSSocket): string | null {
  const certificate = socket.getPeerX509Certificate()
  return certificate === undefined ? null : certificateHash(certificate)
}

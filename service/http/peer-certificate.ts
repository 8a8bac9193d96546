import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { rememberByObject } from '../../contract/remember-by-object.ts'
import { certificateHash } from '../certificates/read-certificates.ts'

/**
 * Returns the hash of the certificate that the other side of a connection showed: the base64url SHA-256 of its DER, as `x5t#S256` names it
 * (RFC 8705, section 3.1). It is computed once for each connection.
 * @returns null over plain HTTP, without a certificate, and for a certificate that none of our authorities issued: it proves nothing.
 */
export function peerCertificateHash(socket: Socket): string | null {
  return socket instanceof TLSSocket ? hashOfPeer(socket) : null
}

const hashOfPeer = rememberByObject((socket: TLSSocket): string | null => {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined
  return certificate === undefined ? null : certificateHash(certificate)
})

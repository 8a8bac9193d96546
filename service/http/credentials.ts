import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Credentials } from '../authenticate/credentials.ts'

/** Thumbprints by connection, because the certificate is the same for all its requests. */
const thumbprints = new WeakMap<Socket, string | null>()

/** Reads what a request shows about its sender. */
export function credentialsOf(request: IncomingMessage): Credentials {
  const headers = request.headersDistinct
  return {
    authorization: headers.authorization ?? [],
    proofs: headers.dpop ?? [],
    mandate: headers['istmo-mandate'] ?? [],
    method: request.method ?? '',
    path: (request.url ?? '').split('?', 1)[0] ?? '',
    clientCertificate: readClientCertificate(request.socket),
  }
}

function readClientCertificate(socket: Socket): string | null {
  const cached = thumbprints.get(socket)
  if (cached !== undefined) return cached
  // A certificate that does not chain to --tls-client-ca counts as none.
  const certificate = socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate() : undefined
  const thumbprint = certificate === undefined ? null : createHash('sha256').update(certificate.raw).digest('base64url')
  thumbprints.set(socket, thumbprint)
  return thumbprint
}

import type { IncomingMessage } from 'node:http'
import type { Credentials } from '../authenticate/credentials.ts'
import { peerCertificateHash } from './peer-certificate.ts'

/** Reads what a request shows about its sender. */
export function credentialsOf(request: IncomingMessage): Credentials {
  const headers = request.headersDistinct
  return {
    authorization: headers.authorization ?? [],
    proofs: headers.dpop ?? [],
    mandate: headers['istmo-mandate'] ?? [],
    method: request.method ?? '',
    path: (request.url ?? '').split('?', 1)[0] ?? '',
    clientCertificate: peerCertificateHash(request.socket),
  }
}

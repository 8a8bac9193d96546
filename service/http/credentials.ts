import type { IncomingMessage } from 'node:http'
import type { Credentials } from '../authenticate/credentials.ts'
import { headerLines } from './header-lines.ts'
import { peerCertificateHash } from './peer-certificate.ts'

/** Reads what a request shows about its sender. */
export function credentialsOf(request: IncomingMessage): Credentials {
  return {
    authorization: headerLines(request, 'authorization'),
    proofs: headerLines(request, 'dpop'),
    mandate: headerLines(request, 'istmo-mandate'),
    method: request.method ?? '',
    path: pathOf(request),
    clientCertificate: peerCertificateHash(request.socket),
  }
}

/** Returns the path of a request, without its query. */
export function pathOf({ url = '' }: Pick<IncomingMessage, 'url'>): string {
  const end = url.indexOf('?')
  return end === -1 ? url : url.slice(0, end)
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { ISSUER_ALGORITHM, type Issuer, publicJwk } from './issuer.ts'

/** The path of an issuer's key set, below its address. */
export const JWKS_PATH = '/.well-known/jwks.json'

/** The path of an issuer's description of itself (OpenID Connect Discovery). */
const DISCOVERY_PATH = '/.well-known/openid-configuration'

/**
 * Creates an HTTP server that serves an issuer's public keys (RFC 7517) and its description. The server does not listen yet. It
 * issues no tokens: `npm run token` makes them, for whoever can read the key.
 * @param address the server's own URL, without a path.
 */
export function createIssuerServer(issuer: Issuer, address: string): Server {
  const documents: Readonly<Record<string, string>> = {
    [JWKS_PATH]: JSON.stringify({ keys: [publicJwk(issuer.key)] }),
    [DISCOVERY_PATH]: JSON.stringify({
      issuer: issuer.iss,
      jwks_uri: `${address}${JWKS_PATH}`,
      subject_types_supported: ['pairwise'],
      response_types_supported: [],
      id_token_signing_alg_values_supported: [ISSUER_ALGORITHM],
    }),
  }
  return createServer((request, response) => answer(documents, request, response))
}

function answer(documents: Readonly<Record<string, string>>, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url?.split('?', 1)[0] ?? ''
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end()
  } else if (!Object.hasOwn(documents, path)) {
    response.writeHead(404).end()
  } else {
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=300' })
    response.end(documents[path])
  }
}

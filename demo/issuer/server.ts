import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { ISSUER_ALGORITHM, type Issuer, publicJwk } from './issuer.ts'

/** Where an issuer's key set is, below its address. */
export const JWKS_PATH = '/.well-known/jwks.json'

/** Where an issuer describes itself (OpenID Connect Discovery). */
const DISCOVERY_PATH = '/.well-known/openid-configuration'

/**
 * An HTTP server, not yet listening, that gives out an issuer's public keys (RFC 7517) and its description. It gives out no
 * tokens: those are made by `npm run token`, by whoever can read the key. `address` is its own URL without a path.
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

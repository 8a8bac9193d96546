/** A real OpenID provider (oidc-provider) of Honduras, which writes what it knows about a caller into its own claims. */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'

/** The gateway, as the provider's clients name it (RFC 8707). */
export const RESOURCE = 'https://istmo.example'

/** The claims that the provider adds to each token. */
const EXTRA = {
  'https://id.hn.example/country': 'HN',
  groups: ['HN-MP-ATIC'],
  istmo_mandate: {
    ...{ task_force: 'jtf-2026-03', purposes: ['INVESTIGATION', 'PROSECUTION'], countries: ['GT', 'HN'] },
    not_after: '2099-12-31',
  },
}

/** Pointers to the values in {@link EXTRA} that the gateway reads, for its file of issuers. */
export const POINTERS = {
  country: '/https:~1~1id.hn.example~1country',
  agency: '/groups/0',
  mandate: '/istmo_mandate',
}

/** The parameters of a token request, besides its client. */
export interface TokenOptions {
  readonly proof?: string
  readonly resource?: string
}

/** A provider that listens. */
export interface RunningProvider {
  /** Its `iss`, and the address of all its endpoints. */
  readonly issuer: string
  /**
   * Asks the token endpoint for an access token by the grant client_credentials. `client`: `tool`, or `bound-tool`, whose tokens are
   * bound to the key of the DPoP proof in the request. `resource`: the audience of the token, by default {@link RESOURCE}.
   */
  token(client: 'tool' | 'bound-tool', more?: TokenOptions): Promise<string>
  close(): Promise<void>
}

/** Starts the provider on a free port. */
export async function startProvider(): Promise<RunningProvider> {
  let handle: RequestListener = () => undefined
  const server = createServer((request, response) => handle(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  handle = (await createProvider(issuer)).callback()
  return {
    issuer,
    token: (client, more) => requestToken(issuer, client, more),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function createProvider(issuer: string): Promise<Provider> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const client = {
    ...{ client_secret: 'a secret for one test', token_endpoint_auth_method: 'client_secret_post' as const },
    ...{ grant_types: ['client_credentials'], response_types: [], redirect_uris: [] },
    id_token_signed_response_alg: 'ES256' as const,
  }
  return new Provider(issuer, {
    clients: [
      { ...client, client_id: 'tool' },
      { ...client, client_id: 'bound-tool', dpop_bound_access_tokens: true },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'hn-1' }] },
    extraTokenClaims: () => EXTRA,
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource) => ({
          ...{ scope: 'case:read person:hit', audience: resource, accessTokenTTL: 600 },
          ...{ accessTokenFormat: 'jwt' as const, jwt: { sign: { alg: 'ES256' as const } } },
        }),
      },
    },
  })
}

async function requestToken(issuer: string, client: string, more: TokenOptions = {}): Promise<string> {
  const { proof, resource = RESOURCE } = more
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: proof === undefined ? {} : { dpop: proof },
    body: new URLSearchParams({
      ...{ grant_type: 'client_credentials', client_id: client, client_secret: 'a secret for one test' },
      ...{ scope: 'case:read person:hit', resource },
    }),
  })
  const body = (await response.json()) as { access_token?: string }
  if (body.access_token === undefined) throw new Error(`expected an access token; came ${JSON.stringify(body)}`)
  return body.access_token
}

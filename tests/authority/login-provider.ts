/** A login provider (OpenID Connect with authorization code and PKCE), in the place of a country's own: `oidc-provider`. */
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import Provider, { type Configuration } from 'oidc-provider'
import { formatOrigin, listen, stopServer } from '../../service/http/listen.ts'

const REDIRECT = 'https://console.gt.example/callback'

/** A running login provider. */
export interface LoginProvider {
  /** Its issuer, which is its address. */
  readonly issuer: string
  readonly jwks: string
  /** Logs an officer in, as a browser does, and returns the ID token. */
  readonly logIn: (subject: string) => Promise<string>
  readonly close: () => Promise<void>
}

/** Starts a login provider with the client `console`, whose ID tokens name agency, role and level of the login. */
export async function startLoginProvider(): Promise<LoginProvider> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const configuration: Configuration = {
    clients: [
      {
        ...{ client_id: 'console', redirect_uris: [REDIRECT], token_endpoint_auth_method: 'none' },
        ...{ id_token_signed_response_alg: 'ES256', grant_types: ['authorization_code'], response_types: ['code'] },
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'login-1' } as never] },
    claims: { openid: ['sub', 'agency', 'role', 'level'] },
    conformIdTokenClaims: false,
    cookies: { keys: [randomBytes(16).toString('hex')] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, AuthorizationCode: 60, IdToken: 600 },
    pkce: { required: () => true },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: async () => ({ sub, agency: 'GT-MP-FECO', role: 'prosecutor', level: '2' }),
    }),
  }
  const server = createServer()
  const { port } = await listen(server, '127.0.0.1', 0)
  const issuer = formatOrigin('http', '127.0.0.1', port)
  const provider = new Provider(issuer, configuration)
  server.on('request', provider.callback())
  return {
    ...{ issuer, jwks: `${issuer}/jwks` },
    logIn: (subject) => logIn(issuer, subject),
    close: () => stopServer(server, 100),
  }
}

/** Follows the pages of the provider: authorization request, login, consent, code. */
async function logIn(issuer: string, subject: string): Promise<string> {
  const verifier = randomBytes(32).toString('base64url')
  const cookies = new Map<string, string>()
  const visit = async (url: string, body?: Readonly<Record<string, string>>): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const form = body === undefined ? {} : { method: 'POST', body: new URLSearchParams(body) }
    const response = await fetch(new URL(url, issuer), { ...form, redirect: 'manual', headers: { cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    return response
  }
  const query = new URLSearchParams({
    ...{ client_id: 'console', response_type: 'code', scope: 'openid', redirect_uri: REDIRECT },
    ...{ code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256' },
  })
  let next = `${issuer}/auth?${query}`
  for (const prompt of ['login', 'consent']) {
    while (!/\/interaction\/[^/]+$/.test(next)) next = locationOf(await visit(next))
    next = locationOf(await visit(next, { prompt, login: subject, password: 'any' }))
  }
  while (!next.startsWith(REDIRECT)) next = locationOf(await visit(next))
  const code = new URL(next).searchParams.get('code') ?? ''
  const answer = await visit(`${issuer}/token`, {
    ...{
      grant_type: 'authorization_code',
      client_id: 'console',
      code,
      redirect_uri: REDIRECT,
      code_verifier: verifier,
    },
  })
  const { id_token } = (await answer.json()) as { readonly id_token?: string }
  if (id_token === undefined) throw new Error('expected an ID token')
  return id_token
}

function locationOf(response: Response): string {
  const location = response.headers.get('location')
  if (location === null) throw new Error(`expected a redirect; came ${response.status}`)
  return location
}
